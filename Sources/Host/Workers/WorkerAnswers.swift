import Glibc
import Platform
import PluginABI
import Wire

/// What a worker's region says. A plugin may write anything there at any time, so every word is read once and then
/// checked, and what leaves is a copy.
package struct WorkerAnswers {
    // Not Sendable on purpose: it belongs to the holder of the lane.
    let region: SharedRegion
    private var logLines: UInt32 = 0

    package init(_ region: SharedRegion) { self.region = region }

    private var page: UnsafeMutablePointer<mneme_worker_page> { region.workerPage }

    var rowsDone: UInt32 { page.pointee.rows_done }
    var changedFloatMode: Bool { page.pointee.changed_float_mode != 0 }

    /// The message behind a negative status: bounded, whatever was written.
    package var errorMessage: String {
        // Force unwrap: a stored field of an imported C struct has an offset.
        let place = MemoryLayout<mneme_worker_page>.offset(of: \.error)!
        // Copied before it is read as UTF-8: bytes that change after they were found valid would make a broken String.
        let bytes = copy(place, MemoryLayout.size(ofValue: page.pointee.error))
        let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        return text.isEmpty ? "no message" : text
    }

    /// What the last operation answered with; nil if it claims more than its region holds.
    package var payload: UnsafeRawBufferPointer? {
        let count = page.pointee.payload_bytes
        guard count <= UInt64(region.byteCount) - UInt64(MNEME_LANE_PAGE) else { return nil }
        return UnsafeRawBufferPointer(start: region.base + Int(MNEME_LANE_PAGE), count: Int(count))
    }

    /// Lines that the plugin logged since the last look.
    package mutating func takeLog(_ body: (_ level: Int32, _ text: String) -> Void) {
        let count = page.pointee.log_count
        guard count != logLines else { return }
        if count &- logLines > MNEME_LOG_LINES { logLines = count &- MNEME_LOG_LINES }
        while logLines != count {
            if let line = lane_log(page, logLines)?.pointee {
                let text = withUnsafeBytes(of: line.text) {
                    String(decoding: $0.prefix(Int(min(line.bytes, UInt32($0.count)))), as: UTF8.self)
                }
                body(line.level, text)
            }
            logLines &+= 1
        }
    }

    /// The outputs of `score`, as if the plugin had written them here.
    package func copyOutputs(_ layout: OutputLayout, into scores: UnsafeMutablePointer<mneme_scores>) {
        copy(layout.values, 4, into: scores.pointee.values)
        copy(layout.confidence, 4, into: scores.pointee.confidence)
        copy(layout.statuses, 1, into: scores.pointee.row_status)
        copy(layout.parts, 4, into: scores.pointee.parts)
        copy(layout.pathValues, 4, into: scores.pointee.path_values)
        scores.pointee.rows_done = rowsDone
    }

    private func copy(_ offset: Int, _ size: Int, into array: mneme_array) {
        guard let target = array.data else { return }
        let width = Int(array.cols) * size
        for row in 0..<Int(array.rows) {
            memcpy(target + row * Int(array.stride), region.base + offset + row * width, width)
        }
    }

    private func copy(_ offset: Int, _ count: Int) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: region.base + offset, count: count))
    }
}

// Answers to loading and making.
extension WorkerAnswers {
    /// The table as the worker's process has it, and whose it says it is.
    package struct LoadedLibrary {
        let table: mneme_plugin_table
        let id: String
        let version: String
        /// The file that the entry function lies in.
        package let file: String
    }

    package func loadedLibrary() throws(LoadError) -> LoadedLibrary {
        guard let payload else { throw Self.damaged(.table) }
        var input = ByteReader(payload)
        do {
            let bytes = try input.raw()
            guard bytes.count == MemoryLayout<mneme_plugin_table>.size else { throw Self.damaged(.table) }
            var table = mneme_plugin_table()
            withUnsafeMutableBytes(of: &table) { $0.copyBytes(from: bytes) }
            return LoadedLibrary(
                table: table, id: try input.text(), version: try input.text(), file: try input.text())
        } catch {
            throw Self.damaged(.table)
        }
    }

    package func madeInfo() throws(LoadError) -> mneme_info {
        guard let payload, payload.count == MemoryLayout<mneme_info>.size else { throw Self.damaged(.create) }
        var info = mneme_info()
        withUnsafeMutableBytes(of: &info) { $0.copyBytes(from: payload) }
        return info
    }

    private static func damaged(_ step: LoadStep) -> LoadError {
        LoadError(step, "the worker's answer is damaged")
    }
}

// What a call makes of the outputs, without a model: for the fuzzer and the replay of its corpus.
extension WorkerAnswers {
    package func judgedSheet(_ layout: OutputLayout, rows: Int, heads: Int, parts: Int) -> (
        sheet: ScoreSheet, good: Int
    ) {
        let sheet = ScoreSheet()
        let place = sheet.prepare(rows: rows, heads: heads, parts: parts, paths: 0)
        var scores = mneme_scores()
        scores.values = .matrix(
            place.values, MNEME_F32, rows: heads, columns: rows, stride: rows * 4, size: 4)
        scores.confidence = .matrix(
            place.confidences, MNEME_F32, rows: 1, columns: rows, stride: rows * 4, size: 4)
        scores.row_status = .matrix(place.statuses, MNEME_U8, rows: 1, columns: rows, stride: rows, size: 1)
        scores.parts =
            parts == 0
            ? mneme_array()
            : .matrix(place.parts, MNEME_F32, rows: rows, columns: parts, stride: parts * 4, size: 4)
        copyOutputs(layout, into: &scores)
        var faults = OutputFaults()
        guard scores.rows_done <= rows else { return (sheet, 0) }
        let good = place.judge(start: 0, rows: rows, done: Int(scores.rows_done), isComplete: false, &faults)
        if parts > 0 && good > 0 { place.judgeParts(&faults) }
        return (sheet, good)
    }
}

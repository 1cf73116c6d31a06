import Storage

/// Memories from JSON lines; `docs/import.md` has the schema. `.gz` is read through gzip, `-` from stdin.
///
/// A bad record becomes a problem with its line and is skipped. A key that the schema doesn't know is kept
/// in the memory's metadata and reported once per file.
package final class JSONLReader: ImportReader {
    private let records: ByteRecords
    private let defaultTimeMilliseconds: Int64
    private let source: String
    private var pending: [ImportItem] = []
    private var reportedKeys: Set<String> = []

    /// - Parameter nowMilliseconds: the time of a record that states none, Unix ms.
    package init(file: String, nowMilliseconds: Int64, source: String? = nil) throws(ImportError) {
        records = try ByteRecords(file: file)
        defaultTimeMilliseconds = nowMilliseconds
        self.source = source ?? "jsonl:\(file)"
    }

    package var progress: ImportProgress { records.progress }

    package func next() throws(ImportError) -> ImportItem? {
        while true {
            if !pending.isEmpty { return pending.removeFirst() }
            guard let record = try records.next() else { return nil }
            switch record {
            case .tooLong(let byteCount):
                return .problem(
                    ImportProblem(
                        .skipped, file: records.place, line: records.number,
                        "found a line of \(byteCount) bytes, allowed: up to \(16 << 20)"))
            case .bytes(let line):
                let content = Self.trimmed(line, isFirst: records.number == 1)
                guard !content.isEmpty else { continue }
                if records.number == 1,
                    content.starts(with: [0xFF, 0xFE]) || content.starts(with: [0xFE, 0xFF])
                {
                    throw ImportError(
                        .unreadable, place: records.place, "is UTF-16, allowed: UTF-8",
                        advice: "Convert it with iconv -f UTF-16 -t UTF-8")
                }
                // Both have a base address: the content isn't empty and lies in the line.
                return read(content, columnOffset: content.baseAddress! - line.baseAddress!)
            }
        }
    }

    /// Without a byte order mark, the CR of CRLF, and blanks around.
    private static func trimmed(_ line: UnsafeBufferPointer<UInt8>, isFirst: Bool) -> UnsafeBufferPointer<
        UInt8
    > {
        var range = 0..<line.count
        if isFirst, line.count >= 3, line[0] == 0xEF, line[1] == 0xBB, line[2] == 0xBF {
            range = 3..<line.count
        }
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
        while let first = range.first, isBlank(line[first]) { range.removeFirst() }
        while let last = range.last, isBlank(line[last]) { range.removeLast() }
        return UnsafeBufferPointer(rebasing: line[range])
    }

    private func read(_ line: UnsafeBufferPointer<UInt8>, columnOffset: Int) -> ImportItem {
        var parser = JSONParser(line)
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try parser.parse()
        } catch {
            return .problem(
                ImportProblem(
                    .skipped, file: records.place, line: records.number,
                    column: columnOffset + error.offset + 1,
                    "not JSON: \(error.message)"))
        }
        guard case .object(let members) = value else {
            return .problem(
                ImportProblem(
                    .skipped, file: records.place, line: records.number,
                    "found \(value.summary), allowed: an object such as {\"text\": \"…\"}"))
        }
        for (key, offset) in parser.duplicateKeys {
            pending.append(
                .problem(
                    ImportProblem(
                        .warning, file: records.place, line: records.number,
                        column: columnOffset + offset + 1,
                        key: key, "stated twice in one object; the last one counts")))
        }

        var fields = JSONLRecord(defaultTimeMilliseconds: defaultTimeMilliseconds)
        do throws(JSONLRecord.FieldError) {
            for member in members { try fields.take(member, of: line) }
            let (memory, scope) = try fields.finish()
            for key in fields.unknownKeys where reportedKeys.insert(key).inserted {
                pending.append(
                    .problem(
                        ImportProblem(
                            .warning, file: records.place, line: records.number, key: key,
                            "isn't in the schema; kept in the metadata (not reported again for this file)")))
            }
            var result = memory
            result.source = source
            return .memory(result, scopeHint: scope)
        } catch {
            return .problem(
                ImportProblem(
                    .skipped, file: records.place, line: records.number,
                    column: error.offset.map { columnOffset + $0 + 1 }, key: error.key, error.message))
        }
    }
}

import Platform
import PluginABI

// One call through the C function, wherever it runs. Pointers stay inside the `withUnsafe…` closures here.
extension Model {
    /// Fills `slot.result` and `slot.sheet`. The slot holds inputs and deadline.
    func perform(_ slot: CallSlot) {
        guard let inputs = slot.inputs else { return }
        let parts = inputs.wantsParts ? partNames.count : 0
        slot.takeSheet(rows: inputs.rowCount, heads: headCount, parts: parts)
        slot.result = CallResult()
        slot.result.started = platform_monotonic_ns()
        FloatMode.enter()
        inputs.columns.values.withUnsafeBufferPointer { values in
            inputs.columns.present.withUnsafeBufferPointer { present in
                inputs.rowIDs.withUnsafeBufferPointer { ids in
                    slot.batch.pointee.column_present = .list(present, MNEME_U8)
                    if let extras = inputs.extras {
                        withExtras(extras, slot) { callInChunks(slot, inputs, values, ids) }
                    } else {
                        callInChunks(slot, inputs, values, ids)
                    }
                }
            }
        }
        slot.result.faults.changedFloatMode = FloatMode.leave()
        slot.result.ended = platform_monotonic_ns()
        if parts > 0 && slot.result.goodRows > 0 { slot.sheet.judgeParts(&slot.result.faults) }
        if slot.result.failure == nil && slot.result.goodRows == 0 && inputs.rowCount > 0
            && slot.result.faults.abstained < inputs.rowCount
        {
            slot.result.failure = .contract(slot.result.faults.summary)
        }
    }

    /// Rows of scope row go in calls of `rowsPerCall`; scope list is never split.
    @inline(__always)
    private func callInChunks(
        _ slot: CallSlot, _ inputs: CallInputs, _ values: UnsafeBufferPointer<Float>,
        _ ids: UnsafeBufferPointer<UInt64>
    ) {
        let batch = slot.batch
        batch.pointee.heads = headMask
        batch.pointee.schema = schema
        batch.pointee.request = inputs.requestID
        batch.pointee.now_ms = inputs.nowMilliseconds
        batch.pointee.deadline_ns = slot.deadline
        batch.pointee.utc_offset_s = inputs.utcOffsetSeconds
        var start = 0
        repeat {
            let rows = min(maxRows, inputs.rowCount - start)
            call(slot, inputs, values, ids, start: start, rows: rows)
            start += rows
            if slot.result.failure != nil { return }
        } while start < inputs.rowCount && !isOver(slot, from: start, of: inputs.rowCount)
    }

    /// Past the deadline or cancelled between two calls: the rest is not reached.
    private func isOver(_ slot: CallSlot, from start: Int, of rows: Int) -> Bool {
        let isCancelled = slot.cancel.pointee.load(ordering: .relaxed) != 0
        guard isCancelled || platform_monotonic_ns() > slot.deadline || slot.result.isPartial else { return false }
        slot.result.isPartial = true
        slot.result.goodRows += slot.sheet.judge(
            start: start, rows: rows - start, done: 0, isComplete: false, &slot.result.faults)
        return true
    }

    @inline(__always)
    private func call(
        _ slot: CallSlot, _ inputs: CallInputs, _ values: UnsafeBufferPointer<Float>,
        _ ids: UnsafeBufferPointer<UInt64>, start: Int, rows: Int
    ) {
        let sheet = slot.sheet
        let batch = slot.batch
        let width = inputs.columns.columnCount
        batch.pointee.rows = UInt32(rows)
        batch.pointee.row_features = .matrix(
            values.baseAddress.map { $0 + start * width }, MNEME_F32, rows: rows, columns: width,
            stride: width * 4, size: 4)
        batch.pointee.row_ids = .matrix(
            ids.baseAddress.map { $0 + start }, MNEME_U64, rows: rows, columns: 1, stride: 8, size: 8)
        if inputs.extras != nil && start > 0 { advanceExtras(slot, by: start) }

        let scores = slot.scores
        scores.pointee.struct_size = UInt32(MemoryLayout<mneme_scores>.size)
        scores.pointee.rows_done = 0
        scores.pointee.values = .matrix(
            sheet.values + start, MNEME_F32, rows: headCount, columns: rows, stride: sheet.rowCount * 4, size: 4)
        scores.pointee.confidence = .matrix(
            sheet.confidences + start, MNEME_F32, rows: 1, columns: rows, stride: rows * 4, size: 4)
        scores.pointee.row_status = .matrix(
            sheet.statuses + start, MNEME_U8, rows: 1, columns: rows, stride: rows, size: 1)
        scores.pointee.path_values = mneme_array()
        let parts = sheet.partCount
        scores.pointee.parts =
            parts == 0
            ? mneme_array()
            : .matrix(
                sheet.partValues + start * parts, MNEME_F32, rows: rows, columns: parts, stride: parts * 4, size: 4)
        slot.error.pointee.struct_size = UInt32(MemoryLayout<mneme_error>.size)
        slot.error.pointee.code = 0
        slot.error.pointee.message.0 = 0

        let status = scoreFunction(pointer, nil, batch, scores, slot.error)
        conclude(slot, status, start: start, rows: rows)
    }

    @inline(__always)
    private func conclude(_ slot: CallSlot, _ status: mneme_status, start: Int, rows: Int) {
        guard status >= 0 else {
            slot.result.failure = .failed(status: status, message: ErrorText.read(slot.error))
            return
        }
        let done = Int(slot.scores.pointee.rows_done)
        guard status <= 2, done <= rows else {
            slot.result.failure = .contract(
                status > 2 ? "score returned \(status), which means nothing" : "rows_done \(done) of \(rows) rows")
            return
        }
        let isComplete = status == MNEME_OK
        if isComplete && done < rows { slot.result.faults.contract = "rows_done \(done) of \(rows) rows, yet it returned OK" }
        if !isComplete { slot.result.isPartial = true }
        slot.result.goodRows += slot.sheet.judge(
            start: start, rows: rows, done: done, isComplete: isComplete, &slot.result.faults)
    }
}

extension OutputFaults {
    /// For people; empty = nothing was wrong.
    package var summary: String {
        var texts: [String] = []
        if let contract { texts.append(contract) }
        if invalid > 0 { texts.append("\(invalid) rows without a finite number") }
        if unwritten > 0 { texts.append("\(unwritten) rows never written") }
        if notReached > 0 { texts.append("\(notReached) rows not reached in time") }
        if unevenParts > 0 { texts.append("the parts of \(unevenParts) rows don't add up") }
        if changedFloatMode { texts.append("the floating-point mode was changed (restored)") }
        return texts.joined(separator: ", ")
    }
}

/// The message in a plugin's error struct, whatever it holds.
enum ErrorText {
    static func read(_ error: UnsafePointer<mneme_error>) -> String {
        // Force unwrap: `message` is a stored field of an imported C struct, so it has an offset.
        let offset = MemoryLayout<mneme_error>.offset(of: \.message)!
        let bytes = UnsafeRawBufferPointer(
            start: UnsafeRawPointer(error) + offset, count: MemoryLayout<mneme_error>.size - offset)
        let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        return text.isEmpty ? "no message" : text
    }
}

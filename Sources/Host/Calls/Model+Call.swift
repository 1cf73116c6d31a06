import Platform
import PluginABI
import Wire

// One call through the C function, wherever it runs. Pointers stay inside the `withUnsafe…` closures here.
extension Model {
    /// Fills the slot's sheet. The slot holds the deadline, and the inputs as long as the call may run.
    func perform(_ slot: CallSlot, _ inputs: CallInputs) -> CallResult {
        let parts = inputs.wantsParts ? name.parts.count : 0
        let sheet = slot.takeSheet(
            rows: inputs.rowCount, heads: headCount, parts: parts, paths: inputs.extras?.paths?.pathCount ?? 0)
        var result = CallResult()
        result.started = platform_monotonic_ns()
        let session =
            inputs.session.flatMap { beginSession($0, slot, &result) } ?? inputs.events.flatMap { beginGiven($0, slot, &result) }
        if result.failure != nil {
            result.ended = platform_monotonic_ns()
            return result
        }
        defer { if let session { endSession(session, slot) } }
        FloatMode.enter()
        inputs.columns.values.withUnsafeBufferPointer { values in
            inputs.columns.present.withUnsafeBufferPointer { present in
                inputs.rowIDs.withUnsafeBufferPointer { ids in
                    slot.batch.pointee.column_present = .list(present, MNEME_U8)
                    if let extras = inputs.extras {
                        withExtras(extras, slot) { callInChunks(slot, sheet, inputs, values, ids, &result) }
                    } else {
                        callInChunks(slot, sheet, inputs, values, ids, &result)
                    }
                }
            }
        }
        if FloatMode.leave() { result.faults.changedFloatMode = true }
        result.ended = platform_monotonic_ns()
        if parts > 0 && result.goodRows > 0 { sheet.judgeParts(&result.faults) }
        if result.failure == nil && result.goodRows == 0 && result.faults.abstained < inputs.rowCount {
            result.failure = .contract(result.faults.summary)
        }
        return result
    }

    /// Brings the turn's session up to the turn's event. Sets the failure if that can't be done.
    private func beginSession(_ turn: SessionTurn, _ slot: CallSlot, _ result: inout CallResult) -> ModelSession? {
        guard let sessions else { return nil }
        switch sessions.begin(turn, deadline: slot.deadline) {
        case .success(let session):
            slot.session = session.handle
            if session.isNew {
                result.origin = session.origin
                session.isNew = false
            }
            return session
        case .failure(let failure):
            result.failure = failure
            return nil
        }
    }

    /// The same with a history that the request brought.
    private func beginGiven(_ events: GivenEvents, _ slot: CallSlot, _ result: inout CallResult) -> ModelSession? {
        guard let sessions else { return nil }
        switch sessions.begin(events, deadline: slot.deadline) {
        case .success(let session):
            slot.session = session.handle
            return session
        case .failure(let failure):
            result.failure = failure
            return nil
        }
    }

    private func endSession(_ session: ModelSession, _ slot: CallSlot) {
        guard let sessions else { return }
        slot.session = nil
        if session.isTransient { return sessions.end(session, deadline: platform_monotonic_ns() + Self.closeNanoseconds) }
        if sessions.done(session) { checkpointSoon(session) }
        sweepSoon()
    }

    /// To tell a worker that a session is over, late turn or not.
    private static let closeNanoseconds: Int64 = 100_000_000

    /// Rows of scope row go in calls of `rowsPerCall`; scope list is never split.
    @inline(__always)
    private func callInChunks(
        _ slot: CallSlot, _ sheet: SheetLayout, _ inputs: CallInputs, _ values: UnsafeBufferPointer<Float>,
        _ ids: UnsafeBufferPointer<UInt64>, _ result: inout CallResult
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
            call(slot, sheet, inputs, values, ids, start: start, rows: rows, &result)
            start += rows
            if result.failure != nil { return }
        } while start < inputs.rowCount && !isOver(slot, sheet, from: start, &result)
    }

    /// Past the deadline or cancelled between two calls: the rest is not reached.
    private func isOver(
        _ slot: CallSlot, _ sheet: SheetLayout, from start: Int, _ result: inout CallResult
    ) -> Bool {
        let isCancelled = slot.cancel.pointee.load(ordering: .relaxed) != 0
        guard isCancelled || platform_monotonic_ns() > slot.deadline || result.isPartial else { return false }
        result.isPartial = true
        result.goodRows += sheet.judge(
            start: start, rows: sheet.rowCount - start, done: 0, isComplete: false, &result.faults)
        return true
    }

    @inline(__always)
    private func call(
        _ slot: CallSlot, _ sheet: SheetLayout, _ inputs: CallInputs, _ values: UnsafeBufferPointer<Float>,
        _ ids: UnsafeBufferPointer<UInt64>, start: Int, rows: Int, _ result: inout CallResult
    ) {
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
            sheet.values + start, MNEME_F32, rows: headCount, columns: rows, stride: sheet.rowCount * 4,
            size: 4)
        scores.pointee.confidence = .matrix(
            sheet.confidences + start, MNEME_F32, rows: 1, columns: rows, stride: rows * 4, size: 4)
        scores.pointee.row_status = .matrix(
            sheet.statuses + start, MNEME_U8, rows: 1, columns: rows, stride: rows, size: 1)
        scores.pointee.path_values = pathValues(slot, sheet, start: start, rows: rows)
        let parts = sheet.partCount
        scores.pointee.parts =
            parts == 0
            ? mneme_array()
            : .matrix(
                sheet.parts + start * parts, MNEME_F32, rows: rows, columns: parts, stride: parts * 4, size: 4
            )
        slot.error.pointee.struct_size = UInt32(MemoryLayout<mneme_error>.size)
        slot.error.pointee.code = 0
        slot.error.pointee.message.0 = 0

        switch place {
        case .here(let made, let function):
            let status = function(made.pointer, slot.session?.pointer, batch, scores, slot.error)
            conclude(slot, sheet, status, start: start, rows: rows, &result)
        case .worker(let client):
            switch client.score(batch, scores, slot.error, session: slot.session?.key, isDear: isDear, deadline: slot.deadline,
                changedFloatMode: &result.faults.changedFloatMode)
            {
            case .status(let status): conclude(slot, sheet, status, start: start, rows: rows, &result)
            case .failure(let failure): result.failure = failure
            }
        }
    }

    @inline(__always)
    private func conclude(
        _ slot: CallSlot, _ sheet: SheetLayout, _ status: mneme_status, start: Int, rows: Int,
        _ result: inout CallResult
    ) {
        guard status >= 0 else {
            result.failure = .failed(status: status, message: ErrorText.read(slot.error))
            return
        }
        let done = Int(slot.scores.pointee.rows_done)
        guard status <= 2, done <= rows else {
            result.failure = .contract(
                status > 2
                    ? "score returned \(status), which means nothing" : "rows_done \(done) of \(rows) rows")
            return
        }
        let isComplete = status == MNEME_OK
        if isComplete && done < rows { result.faults.shortRows = (done, rows) }
        if !isComplete { result.isPartial = true }
        result.goodRows += sheet.judge(
            start: start, rows: rows, done: done, isComplete: isComplete, &result.faults)
    }
}

extension OutputFaults {
    /// For people; empty = nothing was wrong.
    package var summary: String {
        var texts: [String] = []
        if let shortRows {
            texts.append("rows_done \(shortRows.done) of \(shortRows.rows) rows, yet it returned OK")
        }
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
    /// As a plugin would write it.
    static func write(_ code: Int32, _ message: String, to error: UnsafeMutablePointer<mneme_error>) {
        error.pointee.code = code
        withUnsafeMutableBytes(of: &error.pointee.message) { target in
            var text = Array(message.utf8.prefix(target.count - 1))
            text.append(0)
            target.copyBytes(from: text)
        }
    }

    static func read(_ error: UnsafePointer<mneme_error>) -> String {
        // Force unwrap: `message` is a stored field of an imported C struct, so it has an offset.
        let offset = MemoryLayout<mneme_error>.offset(of: \.message)!
        let bytes = UnsafeRawBufferPointer(
            start: UnsafeRawPointer(error) + offset, count: MemoryLayout<mneme_error>.size - offset)
        let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        return text.isEmpty ? "no message" : text
    }
}

import PluginABI

/// What was wrong with an answer, counted.
package struct OutputFaults: Sendable {
    /// Rows with a NaN or an infinity that the plugin computed, or with an unknown status.
    package var invalid = 0
    /// Rows never written though the plugin says it is done.
    package var unwritten = 0
    /// Rows that it was told about in time but not reached: no fault.
    package var notReached = 0
    package var abstained = 0
    /// Rows whose parts don't add up to their value.
    package var unevenParts = 0
    /// It returned OK and said that it did only so many of the rows of a call; nil = what it said fits.
    package var shortRows: (done: Int, rows: Int)?
    /// It changed the thread's floating-point mode; that was restored.
    package var changedFloatMode = false

    package init() {}

    /// Nothing to count: nearly always.
    var isClean: Bool {
        invalid | unwritten | notReached | abstained | unevenParts == 0 && !changedFloatMode
            && shortRows == nil
    }
}

extension SheetLayout {
    /// Judges rows [start, start + rows), of which the plugin says it did `done`; writes their final status.
    ///
    /// - Returns: how many of them are OK.
    func judge(start: Int, rows: Int, done: Int, isComplete: Bool, _ faults: inout OutputFaults) -> Int {
        if done == rows && isClean(start: start, rows: rows) { return rows }
        var good = 0
        for row in start..<start + rows {
            let status = judge(row, isReached: row < start + done)
            statuses[row] = status.rawValue
            switch status {
            case .ok: good += 1
            case .abstained: faults.abstained += 1
            case .invalid: faults.invalid += 1
            case .unwritten:
                if row < start + done || isComplete { faults.unwritten += 1 } else { faults.notReached += 1 }
            }
        }
        return good
    }

    /// True if every value is finite and every status OK: nearly always, so it is one pass without branches.
    private func isClean(start: Int, rows: Int) -> Bool {
        var dirty: UInt32 = 0
        for head in 0..<headCount {
            let line = UnsafeRawPointer(values + head * rowCount + start).assumingMemoryBound(to: UInt32.self)
            for row in 0..<rows { dirty |= line[row] & Self.exponent == Self.exponent ? 1 : 0 }
        }
        let marks = statuses + start
        var mark: UInt8 = 0
        for row in 0..<rows { mark |= marks[row] }
        return dirty == 0 && mark == 0
    }

    /// All ones: infinity or NaN.
    private static let exponent: UInt32 = 0x7F80_0000

    private func judge(_ row: Int, isReached: Bool) -> RowStatus {
        if statuses[row] == UInt8(MNEME_ROW_ABSTAIN) { return .abstained }
        guard statuses[row] == UInt8(MNEME_ROW_OK) else { return .invalid }
        guard isReached else { return .unwritten }
        var status = RowStatus.ok
        for head in 0..<headCount {
            let bits = values[head * rowCount + row].bitPattern
            if bits == UInt32(MNEME_UNWRITTEN_BITS) {
                if status == .ok { status = .unwritten }
            } else if bits & Self.exponent == Self.exponent {
                status = .invalid
            }
        }
        return status
    }

    /// Forgets the parts of rows where they don't add up to the value within 1e-5 of the larger of 1 and it.
    func judgeParts(_ faults: inout OutputFaults) {
        for row in 0..<rowCount where partCount > 0 && statuses[row] == 0 {
            let line = parts + row * partCount
            var sum = 0.0
            for part in 0..<partCount { sum += Double(line[part]) }
            let value = Double(values[row])
            // Written so that a NaN among the parts counts too.
            if abs(sum - value) <= 1e-5 * max(1, abs(value)) { continue }
            faults.unevenParts += 1
            line.update(repeating: .nan, count: partCount)
        }
    }
}

import PluginABI

/// A scorer's answer after the host looked at every row: written, finite, not abstained.
struct CheckedRows {
    var values: [Float]
    var isOK: [Bool]
    var parts: [Float]
    var partCount: Int
    var okCount = 0
    /// What was wrong with some rows, for people.
    var fault: String?

    init(rows: Int, partCount: Int) {
        values = [Float](repeating: 0, count: rows)
        isOK = [Bool](repeating: false, count: rows)
        parts = [Float](repeating: 0, count: rows * partCount)
        self.partCount = partCount
    }

    func with(fault: String) -> CheckedRows {
        var copy = self
        copy.fault = fault
        return copy
    }

    mutating func take(_ slot: CallSlot, at first: Int) {
        let claimed = Int(slot.scores.pointee.rows_done)
        if claimed > slot.rows { fault = "says it scored \(claimed) of \(slot.rows) rows" }
        let done = min(claimed, slot.rows)
        if slot.outcome == MNEME_OK, done < slot.rows { fault = "returned OK after \(done) of \(slot.rows) rows" }
        var (unwritten, invalid) = (0, 0)
        for row in 0..<done {
            let value = slot.values[row]
            if slot.status[row] == UInt8(MNEME_ROW_ABSTAIN) { continue }
            if value.bitPattern == MNEME_UNWRITTEN_BITS {
                unwritten += 1
            } else if !value.isFinite {
                invalid += 1
            } else {
                values[first + row] = value
                isOK[first + row] = true
                okCount += 1
            }
        }
        if unwritten > 0 { fault = "left \(unwritten) of \(slot.rows) rows unwritten" }
        if invalid > 0 { fault = "wrote NaN or infinity into \(invalid) of \(slot.rows) rows" }
        guard partCount > 0 else { return }
        for place in 0..<(done * partCount) {
            let part = slot.parts[place]
            parts[first * partCount + place] = part.isFinite ? part : 0
        }
    }
}

/// Bringing several scorers to one scale.
enum Combining {
    /// (x − median) / (1.4826 · MAD); 0 where there is no spread (abi-decisions 14).
    static func robustZ(_ values: [Float]) -> [Float] {
        guard values.count >= 3 else { return values.map { _ in 0 } }
        let middle = median(values)
        let spread = 1.4826 * median(values.map { abs($0 - middle) })
        return spread > 1e-12 ? values.map { ($0 - middle) / spread } : values.map { _ in 0 }
    }

    /// 1/(k + rank), ranks from 1; equal scores share the better rank.
    static func reciprocalRanks(_ values: [Float], k: Float) -> [Float] {
        var result = [Float](repeating: 0, count: values.count)
        var rank = 0
        var previous = Float.nan
        for (place, index) in values.indices.sorted(by: { values[$0] > values[$1] }).enumerated() {
            if values[index] != previous { rank = place + 1 }
            previous = values[index]
            result[index] = 1 / (k + Float(rank))
        }
        return result
    }

    private static func median(_ values: [Float]) -> Float {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

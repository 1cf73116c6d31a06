import StateSpace

/// Which scorers might have answered, one bit each, of those that did.
enum GateSubsets {
    /// The non-empty subsets of `answered`, ascending; of more than four scorers the whole alone: there are too many.
    static func all(of answered: UInt32) -> [UInt32] {
        let bits = answered.nonzeroBitCount
        guard bits > 0 else { return [] }
        guard bits <= 4 else { return [answered] }
        return (1..<(UInt32(1) << UInt32(bits))).map { spread($0, over: answered) }
    }

    /// All of them up to four scorers; else the whole and some drawn ones.
    static func some(of answered: UInt32, most: Int, using random: inout SplitMix64) -> [UInt32] {
        guard answered.nonzeroBitCount > 4 else { return all(of: answered) }
        return [answered] + (1..<most).map { _ in UInt32(truncatingIfNeeded: random.next()) & answered }.filter { $0 != 0 }
    }

    /// The bits of `subset`, laid over those that are set in `mask`.
    private static func spread(_ subset: UInt32, over mask: UInt32) -> UInt32 {
        var (result, bit) = (UInt32(0), UInt32(0))
        for place in 0..<UInt32(32) where mask >> place & 1 == 1 {
            if subset >> bit & 1 == 1 { result |= 1 << place }
            bit += 1
        }
        return result
    }
}

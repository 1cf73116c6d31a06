/// Whether two rankings of the same entries agree: 1 the same order, −1 the opposite one.
package enum RankCorrelation {
    /// Spearman's ρ: the correlation of average ranks. nil if either side is constant or there are fewer than two entries.
    package static func spearman(_ a: [Double], _ b: [Double]) -> Double? {
        precondition(a.count == b.count, "the same entries on both sides")
        let (x, y) = (averageRanks(a), averageRanks(b))
        let mean = Double(a.count + 1) / 2
        var (products, squaresX, squaresY) = (0.0, 0.0, 0.0)
        for (p, q) in zip(x, y) {
            products += (p - mean) * (q - mean)
            squaresX += (p - mean) * (p - mean)
            squaresY += (q - mean) * (q - mean)
        }
        guard squaresX > 0, squaresY > 0 else { return nil }
        return products / (squaresX * squaresY).squareRoot()
    }

    /// Kendall's τ-b, corrected for ties. nil if either side is constant or there are fewer than two entries.
    ///
    /// Knight 1966: sorted by one side, the discordant pairs are the exchanges that a merge sort by the other makes:
    /// O(n log n).
    package static func kendall(_ a: [Double], _ b: [Double]) -> Double? {
        precondition(a.count == b.count, "the same entries on both sides")
        let order = a.indices.sorted { (a[$0], b[$0]) < (a[$1], b[$1]) }
        let pairs = pairCount(a.count)
        let tiedA = tiedPairs(order.map { a[$0] })
        let tiedB = tiedPairs(b.sorted())
        var tiedBoth = 0
        var run = 1
        for (one, next) in zip(order, order.dropFirst()) {
            if a[one] == a[next], b[one] == b[next] {
                // The run's newest entry ties with every earlier one.
                tiedBoth += run
                run += 1
            } else {
                run = 1
            }
        }
        guard pairs > tiedA, pairs > tiedB else { return nil }
        var values = order.map { b[$0] }
        var scratch = values
        let discordant = exchanges(&values, &scratch, 0..<values.count)
        let concordant = pairs - tiedA - tiedB + tiedBoth - discordant
        return Double(concordant - discordant) / (Double(pairs - tiedA) * Double(pairs - tiedB)).squareRoot()
    }

    /// 1-based ranks, ascending; equal values share the mean of theirs.
    package static func averageRanks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var first = 0
        while first < order.count {
            var end = first + 1
            while end < order.count, values[order[end]] == values[order[first]] { end += 1 }
            for place in first..<end { ranks[order[place]] = Double(first + 1 + end) / 2 }
            first = end
        }
        return ranks
    }

    private static func pairCount(_ count: Int) -> Int { count * (count - 1) / 2 }

    private static func tiedPairs(_ sorted: [Double]) -> Int {
        var total = 0
        var run = 1
        for (one, next) in zip(sorted, sorted.dropFirst()) {
            run = one == next ? run + 1 : 1
            if run > 1 { total += run - 1 }
        }
        return total
    }

    /// Sorts a range and counts the pairs that stood in the wrong order.
    private static func exchanges(_ values: inout [Double], _ scratch: inout [Double], _ range: Range<Int>) -> Int {
        guard range.count > 1 else { return 0 }
        let middle = range.lowerBound + range.count / 2
        var count =
            exchanges(&values, &scratch, range.lowerBound..<middle) + exchanges(&values, &scratch, middle..<range.upperBound)
        var (left, right) = (range.lowerBound, middle)
        for place in range {
            if right == range.upperBound || (left < middle && values[left] <= values[right]) {
                scratch[place] = values[left]
                left += 1
            } else {
                scratch[place] = values[right]
                // Everything left of the middle that isn't taken yet is larger.
                count += middle - left
                right += 1
            }
        }
        for place in range { values[place] = scratch[place] }
        return count
    }
}

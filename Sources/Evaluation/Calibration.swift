/// Whether probabilities mean what they say: a reliability table over bins of equal mass.
///
/// Equal mass instead of equal width: rankers' probabilities crowd near zero, and a bin without entries says nothing.
package struct Calibration: Sendable, Equatable {
    package struct Bin: Sendable, Equatable {
        /// Entries in it.
        package let count: Int
        /// Mean of what was said, and share that was relevant.
        package let predicted: Double
        package let observed: Double
        /// Least and largest of what was said.
        package let low: Double
        package let high: Double
    }

    /// Ascending. Entries of equal probability are never parted, so there may be fewer bins than asked for.
    package let bins: [Bin]
    package let count: Int

    /// Σ |predicted − observed| · share of the bin; 0 of nothing.
    package var expectedError: Double {
        bins.reduce(0) { $0 + abs($1.predicted - $1.observed) * Double($1.count) } / Double(max(1, count))
    }

    /// The worst bin's; 0 of nothing.
    package var largestError: Double { bins.map { abs($0.predicted - $0.observed) }.max() ?? 0 }

    /// - Parameter probabilities: Each in 0…1.
    package init(probabilities: [Double], isRelevant: [Bool], bins wanted: Int = 10) {
        precondition(probabilities.count == isRelevant.count, "one label per probability")
        precondition(probabilities.allSatisfy { (0...1).contains($0) }, "probabilities lie in 0…1")
        precondition(wanted > 0, "at least one bin")
        let order = probabilities.indices.sorted { (probabilities[$0], $0) < (probabilities[$1], $1) }
        var bins: [Bin] = []
        var first = 0
        for number in 1...wanted {
            var end = max(first, order.count * number / wanted)
            while end > first, end < order.count, probabilities[order[end]] == probabilities[order[end - 1]] { end += 1 }
            guard end > first else { continue }
            let rows = order[first..<end]
            bins.append(
                Bin(
                    count: rows.count, predicted: rows.reduce(0) { $0 + probabilities[$1] } / Double(rows.count),
                    observed: Double(rows.count { isRelevant[$0] }) / Double(rows.count),
                    low: probabilities[order[first]], high: probabilities[order[end - 1]]))
            first = end
        }
        self.bins = bins
        count = order.count
    }
}

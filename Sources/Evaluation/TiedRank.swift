import Glibc

/// Where the one relevant entry of a list comes out when equal scores stand in random order: every metric as its exact
/// expectation over that order.
package struct TiedRank: Sendable, Equatable {
    /// Entries that score strictly higher.
    package let better: Int
    /// Entries with the same score, the relevant one included.
    package let tied: Int

    package init(better: Int, tied: Int) {
        precondition(better >= 0 && tied >= 1, "the relevant entry ties with itself")
        self.better = better
        self.tied = tied
    }

    /// - Parameter relevant: index of the relevant entry.
    package init(scores: [Float], relevant: Int) {
        let own = scores[relevant]
        self.init(better: scores.count { $0 > own }, tied: scores.count { $0 == own })
    }

    /// Mean of `value` over the ranks that the entry may take.
    private func expectation(_ value: (Int) -> Double) -> Double {
        (better + 1...better + tied).reduce(0) { $0 + value($1) } / Double(tied)
    }

    package var reciprocalRank: Double { expectation { 1 / Double($0) } }

    /// Chance that it is among the first k.
    package func hit(at k: Int) -> Double { Double(min(max(k - better, 0), tied)) / Double(tied) }

    /// 1/log2(rank + 1) within the first k.
    package func dcg(at k: Int) -> Double { expectation { $0 <= k ? 1 / log2(Double($0) + 1) : 0 } }
}

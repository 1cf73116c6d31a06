import Glibc

/// Where one query's relevant memories came out: all that the judge-free metrics need.
///
/// Definitions: `data/BASELINES.md`, "Metric definitions". A query without relevant memories has no
/// metrics and isn't averaged; `init` refuses it.
package struct RankedQuery: Sendable, Equatable {
    /// Ranks of the relevant memories that were ranked at all: 1-based, ascending, distinct.
    package let goldRanks: [Int]
    /// Relevant memories in all; those never ranked are missed at every cut-off.
    package let goldCount: Int

    /// - Returns: nil if nothing is relevant.
    package init?(goldRanks: [Int], goldCount: Int) {
        guard goldCount > 0, goldRanks.count <= goldCount else { return nil }
        self.goldRanks = goldRanks.sorted()
        self.goldCount = goldCount
    }

    /// - Parameters:
    ///   - ranking: Best first, each once.
    ///   - relevant: Gold ids, in the ranking or not.
    package init?<ID: Hashable>(ranking: [ID], relevant: Set<ID>) {
        let ranks = ranking.indices.filter { relevant.contains(ranking[$0]) }.map { $0 + 1 }
        self.init(goldRanks: ranks, goldCount: relevant.count)
    }

    private func hits(_ k: Int) -> Int { goldRanks.prefix { $0 <= k }.count }

    /// 1 if anything relevant is among the first k.
    package func hitRate(at k: Int) -> Double { hits(k) > 0 ? 1 : 0 }

    /// Share of the relevant among the first k.
    package func recall(at k: Int) -> Double { Double(hits(k)) / Double(goldCount) }

    /// Share of the first k that is relevant; divided by k even if fewer were ranked.
    package func precision(at k: Int) -> Double { Double(hits(k)) / Double(k) }

    /// 1/rank of the first relevant, 0 if none was ranked.
    package var reciprocalRank: Double { goldRanks.first.map { 1 / Double($0) } ?? 0 }

    /// The same, 0 beyond rank k.
    package func reciprocalRank(at k: Int) -> Double {
        goldRanks.first.map { $0 <= k ? 1 / Double($0) : 0 } ?? 0
    }

    /// Σ 1/log2(rank + 1) over the relevant among the first k: not normalised, may exceed 1.
    package func dcg(at k: Int) -> Double {
        goldRanks.prefix { $0 <= k }.reduce(0) { $0 + 1 / log2(Double($1) + 1) }
    }

    /// `dcg(at:)` ÷ that of an ideal order.
    package func ndcg(at k: Int) -> Double {
        let ideal = (1...max(1, min(k, goldCount))).reduce(0.0) { $0 + 1 / log2(Double($1) + 1) }
        return dcg(at: k) / ideal
    }
}

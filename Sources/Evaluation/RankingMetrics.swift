import Glibc

/// Metrics of one ranking against the ids that are relevant, exactly as ../shared/data/BASELINES.md defines them.
/// `ranks` are the 1-based places of relevant ids that were ranked at all; unranked ones count as missed.
package struct RankingMetrics: Sendable, Equatable {
    package var recallAt5: Double
    package var recallAt10: Double
    package var hitAt5: Double
    /// 1/rank of the first relevant id, without a cut-off.
    package var reciprocalRank: Double
    /// Σ 1/log2(rank + 1) over relevant ids among the first ten: unnormalised, so it may exceed 1.
    package var dcgAt10: Double
    package var ndcgAt10: Double

    /// - Parameter relevant: how many ids are relevant, at least 1.
    package init(ranks: [Int], relevant: Int) {
        let total = Double(max(relevant, 1))
        recallAt5 = Double(ranks.count { $0 <= 5 }) / total
        recallAt10 = Double(ranks.count { $0 <= 10 }) / total
        hitAt5 = ranks.contains { $0 <= 5 } ? 1 : 0
        reciprocalRank = ranks.min().map { 1 / Double($0) } ?? 0
        dcgAt10 = ranks.filter { $0 <= 10 }.reduce(0) { $0 + 1 / log2(Double($1) + 1) }
        let ideal = (1...10).prefix(relevant).reduce(0.0) { $0 + 1 / log2(Double($1) + 1) }
        ndcgAt10 = ideal > 0 ? dcgAt10 / ideal : 0
    }
}

/// How well scores tell relevant from irrelevant, whatever the threshold.
package enum Discrimination {
    /// Chance that a relevant entry scores above an irrelevant one, ties counting half: the area under the ROC curve
    /// (Mann–Whitney). In O(n log n).
    ///
    /// - Returns: nil unless both kinds are there; NaN scores aren't ordered and are refused.
    package static func areaUnderCurve(scores: [Double], isRelevant: [Bool]) -> Double? {
        precondition(scores.count == isRelevant.count, "one label per score")
        precondition(!scores.contains { $0.isNaN }, "a score that isn't a number has no place")
        let relevant = isRelevant.count { $0 }
        let others = isRelevant.count - relevant
        guard relevant > 0, others > 0 else { return nil }
        let ranks = RankCorrelation.averageRanks(scores)
        let sum = zip(ranks, isRelevant).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
        let least = Double(relevant) * Double(relevant + 1) / 2
        return (sum - least) / (Double(relevant) * Double(others))
    }
}

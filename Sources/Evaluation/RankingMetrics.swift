/// The figures a ranking is judged by. `dcg10`, unnormalised, selects models; `ndcg10` is only reported.
package enum RankingMetric: String, Sendable, CaseIterable {
    case hitRate5 = "HR@5"
    case hitRate10 = "HR@10"
    case recall5 = "R@5"
    case recall10 = "R@10"
    case precision5 = "P@5"
    case precision10 = "P@10"
    case reciprocalRank = "MRR"
    case reciprocalRank10 = "MRR@10"
    case dcg10 = "DCG@10"
    case ndcg10 = "nDCG@10"

    package func value(_ query: RankedQuery) -> Double {
        switch self {
        case .hitRate5: query.hitRate(at: 5)
        case .hitRate10: query.hitRate(at: 10)
        case .recall5: query.recall(at: 5)
        case .recall10: query.recall(at: 10)
        case .precision5: query.precision(at: 5)
        case .precision10: query.precision(at: 10)
        case .reciprocalRank: query.reciprocalRank
        case .reciprocalRank10: query.reciprocalRank(at: 10)
        case .dcg10: query.dcg(at: 10)
        case .ndcg10: query.ndcg(at: 10)
        }
    }

    /// Mean over queries; 0 of none.
    package func mean(_ queries: [RankedQuery]) -> Double {
        queries.isEmpty ? 0 : queries.reduce(0) { $0 + value($1) } / Double(queries.count)
    }
}

/// Orders and reach.
package enum Ranking {
    /// Row numbers by score, best first; equal scores newer first, then the later row first.
    package static func order(scores: [Float], atMilliseconds: [Int64]) -> [Int] {
        precondition(scores.count == atMilliseconds.count, "one time per score")
        return scores.indices.sorted {
            (scores[$0], atMilliseconds[$0], $0) > (scores[$1], atMilliseconds[$1], $1)
        }
    }

    /// Share of the relevant that a pool holds at all: the ceiling of every ranking of it. 1 of none.
    package static func poolRecall<ID: Hashable>(pool: Set<ID>, relevant: Set<ID>) -> Double {
        relevant.isEmpty ? 1 : Double(relevant.intersection(pool).count) / Double(relevant.count)
    }
}

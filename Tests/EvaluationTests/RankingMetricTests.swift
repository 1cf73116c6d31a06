import Evaluation
import Testing

@Suite struct RankingMetricTests {
    // Gold at ranks 2, 5 and 12, a fourth never ranked. By hand:
    // DCG@10 = 1/log2 3 + 1/log2 6 = .630930 + .386853; ideal of 4 = 1 + .630930 + .5 + .430677.
    private let query = RankedQuery(goldRanks: [5, 2, 12], goldCount: 4)!  // four relevant: not nil

    @Test func metricsMatchHandComputedValues() {
        let expected: [RankingMetric: Double] = [
            .hitRate5: 1, .hitRate10: 1, .recall5: 0.5, .recall10: 0.5, .precision5: 0.4,
            .precision10: 0.2, .reciprocalRank: 0.5, .reciprocalRank10: 0.5,
            .dcg10: 1.0177826, .ndcg10: 0.3973220,
        ]
        for metric in RankingMetric.allCases {
            #expect(abs(metric.value(query) - expected[metric]!) < 1e-6, "\(metric.rawValue)")
        }
    }

    @Test func firstRelevantBeyondTheCutCountsOnlyWithoutOne() throws {
        let late = try #require(RankedQuery(goldRanks: [20], goldCount: 1))
        #expect(late.reciprocalRank == 0.05)
        #expect(late.reciprocalRank(at: 10) == 0)
        #expect(late.dcg(at: 10) == 0)
    }

    @Test func oneRelevantMemoryMakesNormalisedAndRawDCGCoincide() throws {
        let one = try #require(RankedQuery(ranking: ["a", "b", "c"], relevant: ["c"]))
        #expect(one.goldRanks == [3])
        #expect(one.dcg(at: 10) == one.ndcg(at: 10))
    }

    @Test func queryWithoutRelevantMemoriesHasNoMetrics() {
        #expect(RankedQuery(ranking: [1, 2], relevant: []) == nil)
    }

    @Test func equalScoresGoNewerFirst() {
        #expect(Ranking.order(scores: [1, 2, 1, 1], atMilliseconds: [5, 0, 9, 5]) == [1, 2, 3, 0])
    }

    @Test func poolRecallIsTheCeilingOfAnyRanking() {
        #expect(Ranking.poolRecall(pool: [1, 2, 3], relevant: [3, 4]) == 0.5)
        #expect(Ranking.poolRecall(pool: [1], relevant: []) == 1)
    }
}

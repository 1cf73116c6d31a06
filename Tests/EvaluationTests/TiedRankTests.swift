import Evaluation
import Testing

@Suite struct TiedRankTests {
    @Test func withoutTiesItIsTheRankItself() {
        let rank = TiedRank(scores: [0.5, 0.9, 0.7, 0.1], relevant: 2)
        #expect(rank == TiedRank(better: 1, tied: 1))
        #expect(rank.reciprocalRank == 0.5)
        #expect(rank.hit(at: 1) == 0 && rank.hit(at: 3) == 1)
        #expect(abs(rank.dcg(at: 10) - 0.6309297535714575) < 1e-12)  // 1/log2(3)
    }

    @Test func equalScoresCountAsEveryOrderOfThem() {
        // Ranks 2, 3, 4 with a third each.
        let rank = TiedRank(scores: [3, 1, 1, 1, 0], relevant: 1)
        #expect(abs(rank.reciprocalRank - (1.0 / 2 + 1.0 / 3 + 1.0 / 4) / 3) < 1e-12)
        #expect(rank.hit(at: 1) == 0)
        #expect(abs(rank.hit(at: 3) - 2.0 / 3) < 1e-12)
        #expect(rank.hit(at: 10) == 1)
        // (1/log2 3 + 1/log2 4) / 3 within the first three
        #expect(abs(rank.dcg(at: 3) - (0.6309297535714575 + 0.5) / 3) < 1e-12)
    }

    @Test func aRankerThatKnowsNothingHitsAtRandom() {
        let rank = TiedRank(scores: [Float](repeating: 0, count: 50), relevant: 17)
        #expect(abs(rank.hit(at: 10) - 0.2) < 1e-12)
        #expect(abs(rank.reciprocalRank - (1...50).reduce(0) { $0 + 1 / Double($1) } / 50) < 1e-12)
    }
}

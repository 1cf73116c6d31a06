import Testing

@testable import Evaluation

@Suite struct RankCorrelationTests {
    @Test func theSameOrderIsOneAndTheOppositeMinusOne() {
        let values = [3.0, 1, 4, 1.5, 9, 2.6]
        #expect(RankCorrelation.spearman(values, values.map { $0 * 2 }) == 1)
        #expect(RankCorrelation.kendall(values, values.map { $0 * 2 }) == 1)
        #expect(RankCorrelation.spearman(values, values.map { -$0 }) == -1)
        #expect(RankCorrelation.kendall(values, values.map { -$0 }) == -1)
    }

    @Test func tiesShareTheirMeanRank() {
        #expect(RankCorrelation.averageRanks([10, 20, 10, 5]) == [2.5, 4, 2.5, 1])
    }

    /// All pairs, one by one: what Knight's merge sort saves.
    private func plainKendall(_ a: [Double], _ b: [Double]) -> Double {
        var (sum, x, y) = (0.0, 0.0, 0.0)
        for i in a.indices {
            for j in a.indices where j > i {
                let p: Double = a[i] < a[j] ? 1 : a[i] > a[j] ? -1 : 0
                let q: Double = b[i] < b[j] ? 1 : b[i] > b[j] ? -1 : 0
                sum += p * q
                x += p * p
                y += q * q
            }
        }
        return sum / (x * y).squareRoot()
    }

    @Test(arguments: 1...20) func kendallAgreesWithCountingEveryPair(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let count = 3 + Int(seed) * 3
        // Few distinct values: most pairs tie.
        let a = (0..<count).map { _ in Double(random.next() % 6) }
        let b = (0..<count).map { _ in Double(random.next() % 5) }
        let tau = try #require(RankCorrelation.kendall(a, b))
        #expect(abs(tau - plainKendall(a, b)) < 1e-12)
    }

    @Test func aConstantSideHasNoOrder() {
        #expect(RankCorrelation.spearman([1, 1, 1], [1, 2, 3]) == nil)
        #expect(RankCorrelation.kendall([1, 2, 3], [5, 5, 5]) == nil)
        #expect(RankCorrelation.kendall([1], [1]) == nil && RankCorrelation.spearman([], []) == nil)
    }
}

import Testing

@testable import Evaluation

@Suite struct ColdStartTests {
    private func comparison(_ values: [Double]) -> PairedComparison {
        PairedComparison(Sample(values), resamples: 500, seed: 3)
    }

    private var better: PairedComparison { comparison([0.2, 0.3, 0.25, 0.28, 0.22, 0.31]) }
    private var worse: PairedComparison { comparison([-0.2, -0.3, -0.25, -0.28, -0.22, -0.31]) }
    private var unclear: PairedComparison { comparison([-0.2, 0.3, -0.25, 0.28, -0.22, 0.31]) }

    @Test func everyNumberOfEventsHasItsStratum() {
        let places = [0, 1, 3, 4, 10, 11, 50, 51, 9_999].map { ColdStart.stratum(earlierEvents: $0) }
        #expect(places == [0, 1, 1, 2, 2, 3, 3, 4, 4])
    }

    @Test func theCrossoverIsWhereItBeginsToWinAndIsNeverBeatenAgain() {
        #expect(ColdStart.crossover([worse, unclear, better, better, better]) == 2)
        #expect(ColdStart.crossover([worse, unclear, better, unclear, better]) == 2)
        #expect(ColdStart.crossover([better, worse, unclear, better, better]) == 3)
        #expect(ColdStart.crossover([nil, better, nil]) == 1)
    }

    @Test func whoeverNeverWinsHasNone() {
        #expect(ColdStart.crossover([unclear, unclear]) == nil)
        #expect(ColdStart.crossover([better, worse]) == nil)
        #expect(ColdStart.crossover([]) == nil)
    }

    @Test func aComparisonSaysWhatItCouldHaveSeen() {
        #expect(better.verdict == .better && better.test.isExact && better.test.p <= 0.04)
        #expect(unclear.verdict == .unclear && unclear.smallestDetectable > abs(unclear.difference))
    }
}

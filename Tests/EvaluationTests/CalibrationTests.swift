import Testing

@testable import Evaluation

/// Values worked out by hand.
@Suite struct CalibrationTests {
    @Test func theAreaUnderTheCurveIsTheChanceThatRelevantScoresAbove() {
        #expect(Discrimination.areaUnderCurve(scores: [0.1, 0.4, 0.35, 0.8], isRelevant: [false, false, true, true]) == 0.75)
        #expect(Discrimination.areaUnderCurve(scores: [3, 2, 1], isRelevant: [true, false, false]) == 1)
        #expect(Discrimination.areaUnderCurve(scores: [1, 2, 3], isRelevant: [true, false, false]) == 0)
    }

    @Test func tiedScoresCountHalf() {
        #expect(Discrimination.areaUnderCurve(scores: [1, 1, 1, 1], isRelevant: [true, false, true, false]) == 0.5)
        // Pairs: 2 > 1, 2 = 2, 1 = 1, 1 < 2.
        #expect(Discrimination.areaUnderCurve(scores: [2, 1, 1, 2], isRelevant: [true, true, false, false]) == 0.5)
    }

    @Test func withoutBothKindsThereIsNoArea() {
        #expect(Discrimination.areaUnderCurve(scores: [1, 2], isRelevant: [true, true]) == nil)
        #expect(Discrimination.areaUnderCurve(scores: [], isRelevant: []) == nil)
    }

    @Test func probabilitiesThatComeTrueHaveNoError() {
        let said = [0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 1, 1]
        let calibration = Calibration(
            probabilities: said, isRelevant: [true, false, false, false, true, false, true, true], bins: 4)
        #expect(calibration.expectedError == 0 && calibration.largestError == 0)
        #expect(calibration.bins.map(\.count) == [4, 2, 2])
    }

    @Test func theErrorIsTheMeanGapWeightedByMass() {
        // Bins of two: said 0.1 and 0.9, came true 0.5 and 0.5.
        let calibration = Calibration(
            probabilities: [0.05, 0.15, 0.85, 0.95], isRelevant: [true, false, true, false], bins: 2)
        #expect(abs(calibration.expectedError - 0.4) < 1e-12)
        #expect(calibration.bins.map(\.low) == [0.05, 0.85] && calibration.bins.map(\.observed) == [0.5, 0.5])
    }

    @Test func equalProbabilitiesShareABin() {
        let calibration = Calibration(
            probabilities: [Double](repeating: 0.2, count: 9) + [0.9],
            isRelevant: [Bool](repeating: false, count: 9) + [true], bins: 5)
        #expect(calibration.bins.map(\.count) == [9, 1])
        #expect(Calibration(probabilities: [], isRelevant: []).expectedError == 0)
    }

    @Test func fewerEntriesThanBinsAreABinEach() {
        let calibration = Calibration(probabilities: [0.9, 0.1], isRelevant: [true, false], bins: 10)
        #expect(calibration.bins.map(\.count) == [1, 1])
    }
}

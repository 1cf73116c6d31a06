import Gate
import Testing

@Suite struct RobustScaleTests {
    private func scaled(_ values: [Double]) -> [Double] {
        var values = values
        RobustScale.scale(&values)
        return values
    }

    @Test func theMiddleIsZeroAndTheSpreadIsTheMedianDeviation() {
        #expect(scaled([5, 1, 3, 4, 2]) == [2, -2, 0, 1, -1].map { $0 / 1.4826 })
        #expect(scaled([4, 1, 2, 3]) == [1.5, -1.5, -0.5, 0.5].map { $0 / 1.4826 })
    }

    @Test func oneRowAndEqualRowsAreZero() {
        #expect(scaled([]) == [] && scaled([7]) == [0] && scaled([3, 3, 3]) == [0, 0, 0])
    }

    @Test func noOrderIsLostWhereMostRowsAreEqual() {
        // Mean deviation 1.5.
        #expect(scaled([3, 3, 3, 9]) == [0, 0, 0, 6 / (1.2533 * 1.5)])
        let pair = scaled([7, 9])
        #expect(pair[0] < 0 && pair[1] == -pair[0])
    }

    @Test func theMedianIsThatOfSorting() {
        var random = Random(seed: 1)
        for count in 3..<60 {
            // Ties included.
            let values = (0..<count).map { _ in Double((random.uniform() * 20).rounded()) }
            func median(_ values: [Double]) -> Double {
                let sorted = values.sorted()
                return count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2
            }
            let middle = median(values)
            let deviation = median(values.map { abs($0 - middle) })
            guard deviation > 1e-12 else { continue }
            #expect(scaled(values) == values.map { ($0 - middle) / (1.4826 * deviation) })
        }
    }
}

import Evaluation
import Testing

@testable import Synthetic

@Suite struct DrawTests {
    @Test func normalDrawsHaveMeanZeroAndVarianceOne() {
        var random = SplitMix64(seed: 3)
        let draws = (0..<20_000).map { _ in random.normal() }
        let mean = draws.reduce(0, +) / 20_000
        let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
        #expect(abs(mean) < 0.03 && abs(variance - 1) < 0.05)
    }
}

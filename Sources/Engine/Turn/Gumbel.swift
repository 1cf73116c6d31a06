import Foundation
import StateSpace

extension SplitMix64 {
    /// Uniform in (0, 1): never 0, so that its logarithm is finite.
    mutating func nextOpenUnit() -> Double {
        (Double(next() >> 11) + 0.5) * 0x1p-53
    }

    /// Standard Gumbel: −ln(−ln u).
    mutating func nextGumbel() -> Double {
        -log(-log(nextOpenUnit()))
    }
}

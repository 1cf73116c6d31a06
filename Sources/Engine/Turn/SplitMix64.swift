import Foundation

/// Steele, Lea & Flood, «Fast splittable pseudorandom number generators» (2014): 64 bits of state, so that a
/// logged seed repeats a draw on any machine.
struct SplitMix64: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in (0, 1): never 0, so that its logarithm is finite.
    mutating func nextOpenUnit() -> Double {
        (Double(next() >> 11) + 0.5) * 0x1p-53
    }

    /// Standard Gumbel: −ln(−ln u).
    mutating func nextGumbel() -> Double {
        -log(-log(nextOpenUnit()))
    }
}

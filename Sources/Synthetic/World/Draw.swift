import Evaluation
import Glibc

/// Draws from the distributions that worlds are made of.
extension SplitMix64 {
    /// Uniform in 0..<1, 53 bits.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * unit()
    }

    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// 0..<count; the bias of the remainder is below 2⁻⁴⁰ for any count here.
    mutating func index(_ count: Int) -> Int { Int(next() % UInt64(count)) }

    /// Standard normal (Box and Muller 1958; one of the pair).
    mutating func normal() -> Double {
        let radius = (-2 * log(1 - unit())).squareRoot()
        return radius * cos(2 * .pi * unit())
    }
}

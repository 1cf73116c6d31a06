import Evaluation
import Glibc

/// What stands between a world's truth and what is seen of it.
///
/// SNR in dB = 10·log₁₀(variance of the signal ÷ variance of the noise): +20 is a deviation of a tenth of the signal's.
package struct Noise: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case gaussian, uniform, laplace
        /// Student's t with 3 degrees of freedom, scaled to the same deviation.
        case heavyTailed = "heavy-tailed"
    }

    package var kind = Kind.gaussian
    package var decibels = 20.0
    /// Probability that a row's relevance is turned round.
    package var labelFlips = 0.0
    /// Probability that a row's column is hidden, as if nothing were known.
    package var maskedColumns = 0.0

    package init() {}

    package init(decibels: Double, kind: Kind = .gaussian) {
        self.decibels = decibels
        self.kind = kind
    }

    /// Deviation of the noise where the signal's is 1.
    package var deviation: Double { pow(10, -decibels / 20) }
    /// Share of events that are about anything at all: the power of noise in that of both.
    package var strayEvents: Double { 1 / (1 + pow(10, decibels / 10)) }
    /// Mean 0, deviation 1.
    func draw(_ random: inout SplitMix64) -> Double { kind.draw(&random) }
}

extension Noise.Kind {
    /// Mean 0, deviation 1.
    func draw(_ random: inout SplitMix64) -> Double {
        switch self {
        case .gaussian: return random.normal()
        case .uniform: return (2 * random.unit() - 1) * 3.0.squareRoot()
        case .laplace:
            let share = random.unit() - 0.5
            // Variance of Laplace(b) is 2b².
            return -log(max(1 - 2 * abs(share), 1e-12)) * (share < 0 ? -1 : 1) * 0.5.squareRoot()
        case .heavyTailed:
            let squares = (0..<3).reduce(0.0) { sum, _ in
                let draw = random.normal()
                return sum + draw * draw
            }
            // Variance of t₃ is 3.
            return random.normal() / (max(squares, 1e-9) / 3).squareRoot() / 3.0.squareRoot()
        }
    }
}

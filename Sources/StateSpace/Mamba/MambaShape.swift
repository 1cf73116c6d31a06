import Glibc

/// Sizes of one Mamba-1 mixer (math 2.1).
package struct MixerShape: Sendable, Equatable {
    /// D: width of the residual stream.
    package var width: Int
    /// E: inner channels, expand × D.
    package var inner: Int
    /// N: state per channel.
    package var state: Int
    /// K: taps of the short convolution.
    package var taps: Int
    /// R: rank of the step projection.
    package var stepRank: Int
    package var projectionBias: Bool
    package var convolutionBias: Bool
    /// Learned decay per elapsed time, κ of math 5. Without it gaps are ignored.
    package var timeDecay: Bool
    /// False: Δ, B and C are learned constants instead of what x_proj makes of the input; all else is the same. For
    /// comparison: what selecting is worth.
    package var isSelective = true

    package init(
        width: Int, inner: Int? = nil, state: Int = 16, taps: Int = 4, stepRank: Int? = nil,
        projectionBias: Bool = false,
        convolutionBias: Bool = true, timeDecay: Bool = false
    ) {
        self.width = width
        self.inner = inner ?? 2 * width
        self.state = state
        self.taps = taps
        self.stepRank = stepRank ?? (width + 15) / 16
        self.projectionBias = projectionBias
        self.convolutionBias = convolutionBias
        self.timeDecay = timeDecay
    }

    /// R + 2N: rows of x_proj, or constants in its place.
    var selection: Int { stepRank + 2 * state }
    /// Floats of carried state: E (K-1) of the convolution, E N of the scan.
    package var stateCount: Int { inner * (taps - 1 + state) }

    package var isValid: Bool {
        let sizes = [width, inner, state, taps, stepRank]
        // The bound keeps every product of two sizes far from overflow, whatever a file says.
        return sizes.allSatisfy { $0 >= 1 && $0 <= 1 << 16 }
    }
}

/// How a gap δ ≥ 0 (in units of the model's reference time) enters the decay: g(δ) of math 5.
package enum GapRule: Sendable, Equatable {
    /// log(1 + δ)
    case logarithm
    /// min(δ, bound)
    case bounded(Float)

    package func callAsFunction(_ gap: Float) -> Float {
        switch self {
        case .logarithm: log1p(max(gap, 0))
        case .bounded(let bound): min(max(gap, 0), bound)
        }
    }
}

/// Sizes of one Mamba-3 mixer (math 4.2). Letters: D width · E inner · H heads of P channels, H P = E · N state ·
/// R rank · M rotated pairs · G groups of heads that share B and C.
package struct Mamba3Shape: Sendable, Equatable {
    package var width, inner, state, headWidth, rank, angles, groups: Int
    /// MIMO has mimo_x, mimo_z, mimo_o and pairs halves (i, i + N/2); SISO pairs neighbours (2i, 2i + 1).
    package var isMultiInput: Bool
    /// How A comes from its raw value.
    package var decay: Mamba3Decay
    /// RMSNorm over a head's channels in front of the gate.
    package var outputNorm: Bool
    /// A is at most minus this.
    package var decayFloor: Float

    package init(
        width: Int, inner: Int? = nil, state: Int = 16, headWidth: Int = 16, rank: Int = 1,
        angles: Int? = nil, groups: Int = 1, isMultiInput: Bool = false, outputNorm: Bool = false,
        decay: Mamba3Decay = .heavy, decayFloor: Float = 1e-4
    ) {
        self.width = width
        self.inner = inner ?? 2 * width
        self.state = state
        self.headWidth = headWidth
        self.rank = rank
        self.angles = angles ?? state / 4
        self.groups = groups
        self.isMultiInput = isMultiInput
        self.outputNorm = outputNorm
        self.decay = decay
        self.decayFloor = decayFloor
    }

    package var heads: Int { inner / headWidth }
    /// Rows of in_proj: z, x, B, C, step, A, trapezoid, angle.
    package var projected: Int { 2 * inner + 2 * keys + 3 * heads + angles }
    /// R G N: what B and C have per step, as (r, g, n).
    var keys: Int { rank * groups * state }

    /// Columns of the projection where each part begins.
    var keyColumn: Int { 2 * inner }
    var queryColumn: Int { keyColumn + keys }
    var stepColumn: Int { queryColumn + keys }
    var decayColumn: Int { stepColumn + heads }
    package var trapezoidColumn: Int { decayColumn + heads }
    package var angleColumn: Int { trapezoidColumn + heads }

    /// Where the vector of rank r that a head uses begins, among a step's B or C.
    @inline(__always)
    func key(rank r: Int, head: Int) -> Int { (r * groups + head * groups / heads) * state }

    /// The two places of rotated pair i.
    @inline(__always)
    func pair(_ i: Int) -> (Int, Int) { isMultiInput ? (i, i + state / 2) : (2 * i, 2 * i + 1) }

    package var isValid: Bool {
        let sizes = [width, inner, state, headWidth, rank, groups]
        // The bound keeps every product of two sizes far from overflow, whatever a file says.
        guard sizes.allSatisfy({ $0 >= 1 && $0 <= 1 << 16 }), inner % headWidth == 0, heads % groups == 0
        else { return false }
        return angles >= 0 && 2 * angles <= state && (!isMultiInput || state % 2 == 0)
            && (isMultiInput || rank == 1)
    }
}

/// A = min(-f(raw), -floor), floor 1e-4 (math 4.2); a file made for one f is wrong for the other.
package enum Mamba3Decay: String, Sendable, CaseIterable {
    /// Of the release since June 2026: falls like 1/|raw|, so a lasting state needs large weights.
    case heavy
    /// Of March to May 2026, and of the paper: falls exponentially.
    case softplus

    func callAsFunction(_ raw: Float) -> Float {
        switch self {
        case .heavy: Elementary.heavy(raw)
        case .softplus: Elementary.softplus(raw)
        }
    }

    func derivative(_ raw: Float) -> Float {
        switch self {
        case .heavy: Elementary.heavyDerivative(raw)
        case .softplus: sigmoid(raw)
        }
    }
}

/// Offsets of one mixer's tensors in the flat vector of parameters.
package struct Mamba3Parameters: Sendable {
    package let inProjection, stepBias, keyBias, queryBias, keyNorm, queryNorm, skip, outProjection: Int
    /// mimo_x, mimo_z, mimo_o [H, R, P]; norm.weight [E].
    package let expandX, expandZ, contract, norm: Int?

    package init(_ shape: Mamba3Shape, prefix: String, in layout: inout ParameterLayout) {
        let (h, r, n, p) = (shape.heads, shape.rank, shape.state, shape.headWidth)
        inProjection = layout.add(prefix + "in_proj.weight", [shape.projected, shape.width], decays: true)
        stepBias = layout.add(prefix + "dt_bias", [h], decays: false)
        keyBias = layout.add(prefix + "B_bias", [h, r, n], decays: false)
        queryBias = layout.add(prefix + "C_bias", [h, r, n], decays: false)
        keyNorm = layout.add(prefix + "B_norm.weight", [n], decays: false)
        queryNorm = layout.add(prefix + "C_norm.weight", [n], decays: false)
        skip = layout.add(prefix + "D", [h], decays: false)
        expandX = shape.isMultiInput ? layout.add(prefix + "mimo_x", [h, r, p], decays: true) : nil
        expandZ = shape.isMultiInput ? layout.add(prefix + "mimo_z", [h, r, p], decays: true) : nil
        contract = shape.isMultiInput ? layout.add(prefix + "mimo_o", [h, r, p], decays: true) : nil
        norm = shape.outputNorm ? layout.add(prefix + "norm.weight", [shape.inner], decays: false) : nil
        outProjection = layout.add(prefix + "out_proj.weight", [shape.width, shape.inner], decays: true)
    }
}

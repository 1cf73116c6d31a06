/// Intermediate values of one mixer over up to `capacity` rows. A step is the same code with one row and no history;
/// a trainer keeps the history for the backward pass.
package final class MixerTape {
    package let capacity: Int
    /// [T, 2E]: u⁰ before the convolution, then the gate z.
    package let projected: FloatBuffer
    /// [T, E]: before and after silu.
    package let convolved, activated: FloatBuffer
    /// [T, R + 2N]: step, B, C.
    package let selected: FloatBuffer
    /// [T, E]: p before softplus; Δ; Γ = Δ + κ g(δ) where time counts, otherwise Δ's own buffer.
    package let step, delta, elapsed: FloatBuffer
    /// [T, E]: after the scan with D-skip, and after the gate.
    package let scanned, gated: FloatBuffer
    /// [T+1, N, E]: the state before and after each row. [K-1, E]: the convolution's window before the first.
    let history, window: FloatBuffer?

    package init(_ shape: MixerShape, capacity: Int, trains: Bool) {
        let e = shape.inner
        self.capacity = capacity
        projected = FloatBuffer(capacity * 2 * e)
        convolved = FloatBuffer(capacity * e)
        activated = FloatBuffer(capacity * e)
        selected = FloatBuffer(capacity * shape.selection)
        step = FloatBuffer(capacity * e)
        delta = FloatBuffer(capacity * e)
        elapsed = shape.timeDecay ? FloatBuffer(capacity * e) : delta
        scanned = FloatBuffer(capacity * e)
        gated = FloatBuffer(capacity * e)
        history = trains ? FloatBuffer((capacity + 1) * shape.state * e) : nil
        window = trains ? FloatBuffer((shape.taps - 1) * e) : nil
    }
}

@available(*, unavailable)
extension MixerTape: Sendable {}

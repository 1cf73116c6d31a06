/// Room for the backward pass of one mixer; shared by the layers of a stack, which run one after the other.
package final class MixerGradientScratch {
    /// [T, 2E], [T, E] …, as their forward counterparts in MixerTape.
    let projected, gated, scanned, activated, delta, elapsed, selected: FloatBuffer
    /// [N, E]: adjoint of the state and dA. [K, E]: of the convolution.
    let lambda, decay, convolution: FloatBuffer

    package init(_ shape: MixerShape, capacity: Int) {
        let e = shape.inner
        projected = FloatBuffer(capacity * 2 * e)
        gated = FloatBuffer(capacity * e)
        scanned = FloatBuffer(capacity * e)
        activated = FloatBuffer(capacity * e)
        delta = FloatBuffer(capacity * e)
        elapsed = shape.timeDecay ? FloatBuffer(capacity * e) : delta
        selected = FloatBuffer(capacity * shape.selection)
        lambda = FloatBuffer(shape.state * e)
        decay = FloatBuffer(shape.state * e)
        convolution = FloatBuffer(shape.taps * e)
    }
}

@available(*, unavailable)
extension MixerGradientScratch: Sendable {}

/// What the backward pass of one mixer reads: the rows of the forward pass.
package struct MixerPass {
    let rows: Int
    let x: Floats
    let gaps: Floats?
    let tape: MixerTape
    let place: MixerParameters
    /// False under LoRA: only adapters learn, dW of no adapted projection is formed (math 6).
    let trainsWeights: Bool

    package init(
        rows: Int, x: Floats, gaps: Floats? = nil, tape: MixerTape, place: MixerParameters,
        trainsWeights: Bool = true
    ) {
        self.rows = rows
        self.x = x
        self.gaps = gaps
        self.tape = tape
        self.place = place
        self.trainsWeights = trainsWeights
    }
}

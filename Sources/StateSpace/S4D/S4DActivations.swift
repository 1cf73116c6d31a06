/// The memory of a forward pass: one thread's, reused, without allocation once the largest call was seen.
///
/// For scoring all layers share their buffers; for training each keeps its own until the backward pass.
package final class S4DActivations {
    let keepsLayers: Bool
    private let layers: [Buffers]
    let pooled = GrowingFloats()
    /// The state of a recurrence that starts from zero.
    let state = GrowingFloats()
    let slopes = Slopes()

    private struct Buffers {
        let residual = GrowingFloats(), input = GrowingFloats(), mixed = GrowingFloats(), active = GrowingFloats()
        let gated = GrowingFloats(), sum = GrowingFloats()
    }

    /// What the backward pass writes: the stream's gradient and two more of its size, one of twice that.
    struct Slopes {
        let stream = GrowingFloats(), inner = GrowingFloats(), input = GrowingFloats(), gated = GrowingFloats()
        let pooled = GrowingFloats(), states = GrowingFloats()
    }

    package init(_ configuration: S4DConfiguration, forTraining: Bool = false) {
        keepsLayers = forTraining
        layers = (0..<(forTraining ? configuration.layers + 1 : 1)).map { _ in Buffers() }
    }

    /// The buffers of a layer; `index` = the number of layers names the place of the last layer's output.
    func layer(_ index: Int, rows: Int, channels: Int) -> S4DLayerBuffers {
        let own = layers[keepsLayers ? index : 0]
        let size = rows * channels
        let residual = own.residual.reserve(size)
        return S4DLayerBuffers(
            residual: residual, input: own.input.reserve(size), mixed: own.mixed.reserve(size),
            // Scoring needs `mixed` no more once gelu is taken.
            active: keepsLayers ? own.active.reserve(size) : own.mixed.start,
            gated: own.gated.reserve(2 * size),
            sum: keepsLayers ? own.sum.reserve(size) : residual)
    }
}

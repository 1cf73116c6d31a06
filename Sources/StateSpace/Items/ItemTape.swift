/// Intermediate values of a pass over one sequence of up to `capacity` rows: one row for a step, the longest sequence
/// for a trainer. One per thread.
package final class ItemTape {
    package let capacity: Int
    /// [T, D]: embeddings after dropout; the residual stream; the gradient of both.
    let embedded, stream, gradient, dNormed, inputMask: FloatBuffer
    /// 1/rms [T] of the first and of the last norm.
    let inputScale, scale: FloatBuffer
    let mixers: [Mixed]
    let feeds: [FeedForwardTape]
    /// Shared by the layers, which run one after the other; nil when serving.
    let scratch: MixerGradientScratch?
    /// Whether the last forward pass dropped, so that the masks hold.
    var isDropped = false

    /// One mixer with its norm: input, normed input, output and its dropout [T, D], 1/rms [T].
    struct Mixed {
        let input, normed, output, mask, scale: FloatBuffer
        let mixer: MixerTape
    }

    package init(_ shape: ItemShape, capacity: Int, trains: Bool) {
        let count = capacity * shape.width
        self.capacity = capacity
        embedded = FloatBuffer(count)
        stream = FloatBuffer(count)
        gradient = FloatBuffer(trains ? count : 0)
        dNormed = FloatBuffer(trains ? count : 0)
        inputMask = FloatBuffer(trains ? count : 0)
        inputScale = FloatBuffer(capacity)
        scale = FloatBuffer(capacity)
        mixers = (0..<shape.layers).map { _ in
            Mixed(
                input: FloatBuffer(count), normed: FloatBuffer(count), output: FloatBuffer(count),
                mask: FloatBuffer(trains ? count : 0), scale: FloatBuffer(capacity),
                mixer: MixerTape(shape.mixer, capacity: capacity, trains: trains))
        }
        feeds =
            shape.expansion > 0
            ? (0..<shape.layers).map { _ in FeedForwardTape(shape, capacity: capacity, trains: trains) } : []
        scratch = trains ? MixerGradientScratch(shape.mixer, capacity: capacity) : nil
    }
}

@available(*, unavailable)
extension ItemTape: Sendable {}

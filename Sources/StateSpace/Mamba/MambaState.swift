/// The carried state of a stack: per layer the convolution's last K-1 inputs [K-1, E], oldest first, then h [N, E];
/// all zero before the first event. Its bytes (little-endian float32, in that order) are the exact export.
package final class MambaState {
    package let shape: MixerShape
    package let layers: Int
    let values: FloatBuffer

    package init(_ shape: MixerShape, layers: Int) {
        self.shape = shape
        self.layers = layers
        values = FloatBuffer(layers * shape.stateCount)
    }

    package var byteCount: Int { values.count * 4 }

    /// Copies the exact state out; `bytes` holds at least `byteCount`.
    package func export(to bytes: UnsafeMutableRawBufferPointer) {
        precondition(bytes.count >= byteCount, "the caller asks byteCount first")
        bytes.copyMemory(from: UnsafeRawBufferPointer(start: values.start, count: byteCount))
    }

    package func exported() -> [UInt8] {
        [UInt8](UnsafeRawBufferPointer(start: values.start, count: byteCount))
    }

    /// Takes over exported bytes; refused and untouched where they can't be this model's.
    package func restore(from bytes: UnsafeRawBufferPointer) throws(StateError) {
        let window = (shape.taps - 1) * shape.inner
        try StateBytes.restore(bytes, to: values) { [count = shape.stateCount] index in
            index % count < window ? StateBytes.projected : StateBytes.accumulated
        }
    }

    package func copy(from other: MambaState) {
        precondition(other.values.count == values.count, "both states are of one model")
        values.start.update(from: other.values.start, count: values.count)
    }

    package func reset() { values.clear() }

    package func layer(_ index: Int) -> MixerState {
        let start = values.start + index * shape.stateCount
        return MixerState(window: start, h: start + (shape.taps - 1) * shape.inner)
    }

    /// As the goldens and PyTorch hold it: the window as [E, K-1].
    package func window(ofLayer index: Int) -> [Float] {
        transposed(layer(index).window, rows: shape.taps - 1)
    }

    /// h as [E, N].
    package func h(ofLayer index: Int) -> [Float] { transposed(layer(index).h, rows: shape.state) }

    private func transposed(_ start: MutableFloats, rows: Int) -> [Float] {
        (0..<shape.inner).flatMap { channel in (0..<rows).map { start[$0 * shape.inner + channel] } }
    }
}

@available(*, unavailable)
extension MambaState: Sendable {}

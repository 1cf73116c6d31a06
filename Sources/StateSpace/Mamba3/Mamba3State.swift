/// The carried state of one Mamba-3 mixer: angles φ [H, M], S [H, N, P], the last rotated keys [H, R, N] and values
/// [H, R, P], one after the other; zero before the first event. Bytes: little-endian float32 in that order.
package final class Mamba3State {
    package let shape: Mamba3Shape
    let values: FloatBuffer

    package init(_ shape: Mamba3Shape) {
        self.shape = shape
        let h = shape.heads
        values = FloatBuffer(
            h * (shape.angles + shape.state * shape.headWidth + shape.rank * (shape.state + shape.headWidth)))
    }

    var angles: MutableFloats { values.start }
    var matrix: MutableFloats { angles + shape.heads * shape.angles }
    var keys: MutableFloats { matrix + shape.heads * shape.state * shape.headWidth }
    var lastValues: MutableFloats { keys + shape.heads * shape.rank * shape.state }

    package func reset() { values.clear() }

    package func exported() -> [UInt8] {
        [UInt8](UnsafeRawBufferPointer(start: values.start, count: values.count * 4))
    }

    /// Refused and untouched where they can't be this mixer's.
    package func restore(from bytes: UnsafeRawBufferPointer) throws(StateError) {
        let (matrix, keys) = (matrix - values.start, keys - values.start)
        try StateBytes.restore(bytes, to: values) { index in
            index < matrix
                ? StateBytes.angle : index < keys ? StateBytes.accumulated : StateBytes.projected
        }
    }

    /// As the goldens hold them: S as [H, P, N].
    package var ssm: [Float] {
        let (n, p) = (shape.state, shape.headWidth)
        return (0..<shape.heads).flatMap { head in
            (0..<p).flatMap { row in (0..<n).map { matrix[(head * n + $0) * p + row] } }
        }
    }
    package var angle: [Float] {
        Array(UnsafeBufferPointer(start: angles, count: shape.heads * shape.angles))
    }
    package var key: [Float] {
        Array(UnsafeBufferPointer(start: keys, count: shape.heads * shape.rank * shape.state))
    }
    package var value: [Float] {
        Array(UnsafeBufferPointer(start: lastValues, count: shape.heads * shape.rank * shape.headWidth))
    }
}

@available(*, unavailable)
extension Mamba3State: Sendable {}

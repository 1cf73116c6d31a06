extension S4DConfiguration {
    /// Numbers that the layers carry, [layers, 2, M, H].
    var carriedCount: Int { layers * 2 * modes * channels }
}

/// What the backward pass of a trunk over one sequence needs. One per thread; grows with the longest sequence.
final class S4DTrunkTape {
    fileprivate let activations: S4DActivations
    fileprivate var path = S4DPaths(lengths: [])

    init(_ configuration: S4DConfiguration) { activations = S4DActivations(configuration, forTraining: true) }
}

@available(*, unavailable)
extension S4DTrunkTape: Sendable {}

extension S4DTrunk {
    /// One event x [H] in place, from the carried `values` and to them: the recurrence.
    func step(_ x: MutableFloats, _ values: FloatBuffer, _ activations: S4DActivations) {
        let width = configuration.channels
        activations.layer(0, rows: 1, channels: width).residual.update(from: x, count: width)
        stack.advance(values.start, rows: 1, activations)
        x.update(from: activations.layer(configuration.layers, rows: 1, channels: width).residual, count: width)
    }

    /// A whole sequence x [T, H] in place, from a state of zero: convolution or recurrence, whichever is cheaper.
    func forward(_ x: MutableFloats, rows: Int, _ tape: S4DTrunkTape) {
        let (stack, width) = (stack, configuration.channels)
        tape.path = S4DPaths(lengths: [rows])
        tape.activations.layer(0, rows: rows, channels: width).residual.update(from: x, count: rows * width)
        stack.forward(
            tape.path.offsets, paths: 1, rows: rows, mode: nil,
            stack.kernels(length: stack.convolvedHops(tape.path, nil)), tape.activations)
        let last = tape.activations.layer(configuration.layers, rows: rows, channels: width).residual
        x.update(from: last, count: rows * width)
    }

    /// dx [T, H]: gradient of the output in, of the input out.
    func backward(_ dx: MutableFloats, _ tape: S4DTrunkTape, gradients: MutableFloats) {
        stack.backward(tape.path, mode: nil, kept: tape.activations, stream: dx, gradients: gradients)
    }
}

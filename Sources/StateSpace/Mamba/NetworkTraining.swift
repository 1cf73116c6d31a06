import Kernels

/// What the backward pass of a network over one sequence needs. One per thread of a trainer.
package final class NetworkTape {
    package let stack: MambaTape
    /// [T, F]; [T, D]: the stream after the layers, after the last norm, and its gradient.
    let input, hidden, normed, gradient: FloatBuffer
    let dNormed, scale: FloatBuffer
    fileprivate let start: MambaState

    package init(_ network: MambaNetwork, capacity: Int) {
        let width = network.shape.mixer.width
        stack = MambaTape(network.stack, capacity: capacity)
        input = FloatBuffer(capacity * network.shape.inputs)
        hidden = FloatBuffer(capacity * width)
        normed = FloatBuffer(capacity * width)
        gradient = FloatBuffer(capacity * width)
        dNormed = FloatBuffer(capacity * width)
        scale = FloatBuffer(capacity)
        start = network.makeState()
    }
}

@available(*, unavailable)
extension NetworkTape: Sendable {}

extension MambaNetwork {
    /// Outputs [T, H] of the sequence x [T, F], from a zero state.
    package func forward(
        _ x: Floats, rows: Int, gaps: Floats? = nil, tape: NetworkTape, to outputs: MutableFloats
    ) {
        let width = shape.mixer.width
        tape.start.reset()
        tape.input.start.update(from: x, count: rows * shape.inputs)
        embed.apply(kernels, rows: rows, x, stride: shape.inputs, to: tape.hidden.start, stride: width)
        stack.forward(tape.hidden.start, rows: rows, gaps: gaps, state: tape.start, tape: tape.stack)
        kernels.call.pointee.rms_norm(
            rows, width, tape.hidden.start, norm.start, MambaStack.epsilon, tape.normed.start,
            tape.scale.start)
        head.apply(kernels, rows: rows, tape.normed.start, stride: width, to: outputs, stride: shape.outputs)
    }

    /// Given the gradient of the outputs [T, H]: `gradients` (flat) are added to.
    package func backward(
        _ dOutputs: Floats, tape: NetworkTape, gradients: MutableFloats, trainsWeights: Bool = true
    ) {
        let width = shape.mixer.width
        let rows = tape.stack.rows
        head.gradient(
            kernels, rows: rows, dy: dOutputs, stride: shape.outputs, x: tape.normed.start, stride: width,
            dw: gradients + place.head, db: nil, dx: tape.dNormed.start, stride: width)
        tape.gradient.start.update(repeating: 0, count: rows * width)
        kernels.call.pointee.rms_norm_gradient(
            rows, width, tape.hidden.start, norm.start, tape.scale.start, tape.dNormed.start,
            tape.gradient.start,
            gradients + place.norm)
        stack.backward(
            tape.gradient.start, tape: tape.stack, gradients: gradients, trainsWeights: trainsWeights)
        kernels.call.pointee.linear_gradient(
            rows, shape.inputs, width, tape.gradient.start, width, tape.input.start, shape.inputs,
            gradients + place.embed, gradients + place.embedBias)
    }
}

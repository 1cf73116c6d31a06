import Kernels

/// What the backward pass of a stack over one sequence of up to `capacity` rows needs. One per thread of a trainer.
package final class MambaTape {
    package let capacity: Int
    package private(set) var rows = 0
    /// Per layer: its input [T, D], the normed input, 1/rms [T], the mixer's values.
    package let inputs: [FloatBuffer]
    let normed, scales: [FloatBuffer]
    package let mixers: [MixerTape]
    /// [T, D]: gradient of a mixer's input; g(δ) [T].
    let dNormed, gaps: FloatBuffer
    let scratch: MixerGradientScratch
    fileprivate var hasGaps = false

    package init(_ stack: MambaStack, capacity: Int) {
        let shape = stack.shape
        self.capacity = capacity
        inputs = stack.layers.map { _ in FloatBuffer(capacity * shape.width) }
        normed = stack.layers.map { _ in FloatBuffer(capacity * shape.width) }
        scales = stack.layers.map { _ in FloatBuffer(capacity) }
        mixers = stack.layers.map { _ in MixerTape(shape, capacity: capacity, trains: true) }
        dNormed = FloatBuffer(capacity * shape.width)
        gaps = FloatBuffer(capacity)
        scratch = MixerGradientScratch(shape, capacity: capacity)
    }

    fileprivate func begin(rows: Int, gaps given: Floats?) {
        precondition(rows <= capacity, "a tape is made for the longest sequence")
        self.rows = rows
        hasGaps = given != nil
        if let given { gaps.start.update(from: given, count: rows) }
    }

    fileprivate var agedGaps: Floats? { hasGaps ? Floats(gaps.start) : nil }
}

@available(*, unavailable)
extension MambaTape: Sendable {}

extension MambaStack {
    /// As `run`, and `tape` remembers what the backward pass needs. Gradients through the initial state are not taken.
    package func forward(
        _ x: MutableFloats, rows: Int, gaps: Floats? = nil, state: MambaState, tape: MambaTape
    ) {
        let d = shape.width
        tape.begin(rows: rows, gaps: gaps)
        for index in layers.indices {
            tape.inputs[index].start.update(from: x, count: rows * d)
            kernels.call.pointee.rms_norm(
                rows, d, x, norms[index].start, Self.epsilon, tape.normed[index].start,
                tape.scales[index].start)
            layers[index].forward(
                kernels, rows: rows, x: tape.normed[index].start, gaps: tape.agedGaps,
                state: state.layer(index),
                tape: tape.mixers[index], to: x, adding: true)
        }
    }

    /// dx [T, D]: gradient of the output in, of the input out; `gradients` (flat) are added to.
    package func backward(
        _ dx: MutableFloats, tape: MambaTape, gradients: MutableFloats, trainsWeights: Bool = true
    ) {
        for index in layers.indices.reversed() {
            let pass = MixerPass(
                rows: tape.rows, x: tape.normed[index].start, gaps: tape.agedGaps, tape: tape.mixers[index],
                place: place.mixers[index], trainsWeights: trainsWeights)
            layers[index].backward(
                kernels, pass, dy: dx, dx: tape.dNormed.start, gradients: gradients, scratch: tape.scratch)
            kernels.call.pointee.rms_norm_gradient(
                tape.rows, shape.width, tape.inputs[index].start, norms[index].start,
                tape.scales[index].start,
                tape.dNormed.start, dx, gradients + place.norms[index])
        }
    }
}

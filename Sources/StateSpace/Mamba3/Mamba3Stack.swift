import Kernels

/// Where a Mamba-3 stack's tensors stand: per layer the mixer's and `norm.weight` [D].
package struct Mamba3StackParameters: Sendable {
    package let norms: [Int]
    package let mixers: [Mamba3Parameters]

    package init(_ shape: Mamba3Shape, layers: Int, prefix: String = "", in layout: inout ParameterLayout) {
        var norms: [Int] = []
        var mixers: [Mamba3Parameters] = []
        for layer in 0..<layers {
            mixers.append(Mamba3Parameters(shape, prefix: "\(prefix)layers.\(layer).mixer.", in: &layout))
            norms.append(layout.add("\(prefix)layers.\(layer).norm.weight", [shape.width], decays: false))
        }
        self.norms = norms
        self.mixers = mixers
    }
}

/// Layers x ← x + mixer(RMSNorm(x)) of Mamba-3 mixers. Threads: as MambaStack.
package final class Mamba3Stack: @unchecked Sendable {
    // @unchecked Sendable: nothing is written after `load`; a trainer loads between passes, on its own thread.
    package let shape: Mamba3Shape
    package let layers: [Mamba3Weights]
    package let place: Mamba3StackParameters
    package let kernels: KernelTable
    let norms: [FloatBuffer]

    package init(
        _ shape: Mamba3Shape, place: Mamba3StackParameters, kernels: KernelTable = .best, trains: Bool = false
    ) {
        self.shape = shape
        self.place = place
        self.kernels = kernels
        layers = place.mixers.map { _ in Mamba3Weights(shape, trains: trains) }
        norms = place.mixers.map { _ in FloatBuffer(shape.width) }
    }

    package func load(_ parameters: Floats) {
        for (index, layer) in layers.enumerated() {
            layer.load(parameters, at: place.mixers[index])
            norms[index].start.update(from: parameters + place.norms[index], count: shape.width)
        }
    }

    /// One state per layer.
    package func makeStates() -> [Mamba3State] { layers.map { _ in Mamba3State(shape) } }
}

/// Room for sequences of up to `capacity` rows. One per thread; with `trains`, what the backward pass needs.
package final class Mamba3StackTape {
    package let capacity: Int
    package fileprivate(set) var rows = 0
    /// Per layer where it trains, otherwise one for all: input [T, D], normed input, 1/rms [T], the mixer's values.
    let inputs, normed, scales: [FloatBuffer]
    let mixers: [Mamba3Tape]
    let dNormed: FloatBuffer?
    let scratch: Mamba3GradientScratch?

    package init(_ stack: Mamba3Stack, capacity: Int, trains: Bool) {
        let shape = stack.shape
        let kept = trains ? stack.layers.count : 1
        self.capacity = capacity
        inputs = (0..<kept).map { _ in FloatBuffer(capacity * shape.width) }
        normed = (0..<kept).map { _ in FloatBuffer(capacity * shape.width) }
        scales = (0..<kept).map { _ in FloatBuffer(capacity) }
        mixers = (0..<kept).map { _ in Mamba3Tape(shape, capacity: capacity, trains: trains) }
        dNormed = trains ? FloatBuffer(capacity * shape.width) : nil
        scratch = trains ? Mamba3GradientScratch(shape, capacity: capacity) : nil
    }
}

@available(*, unavailable)
extension Mamba3StackTape: Sendable {}

extension Mamba3Stack {
    /// The sequence x [T, D] in place; a step is one row. Allocates nothing.
    package func run(_ x: MutableFloats, rows: Int, states: [Mamba3State], tape: Mamba3StackTape) {
        precondition(
            rows <= tape.capacity && states.count == layers.count, "tape and states are this stack's")
        tape.rows = rows
        for index in layers.indices {
            let kept = min(index, tape.mixers.count - 1)
            tape.inputs[kept].start.update(from: x, count: rows * shape.width)
            kernels.call.pointee.rms_norm(
                rows, shape.width, x, norms[index].start, MambaStack.epsilon, tape.normed[kept].start,
                tape.scales[kept].start)
            layers[index].forward(
                kernels, rows: rows, x: tape.normed[kept].start, state: states[index],
                tape: tape.mixers[kept], to: x,
                adding: true)
        }
    }

    /// dx [T, D]: gradient of the output in, of the input out; `gradients` (flat) are added to.
    package func backward(_ dx: MutableFloats, tape: Mamba3StackTape, gradients: MutableFloats) {
        guard let dNormed = tape.dNormed, let scratch = tape.scratch else {
            preconditionFailure("a tape made with trains: true keeps what is needed")
        }
        for index in layers.indices.reversed() {
            layers[index].backward(
                kernels, rows: tape.rows, x: tape.normed[index].start, dy: dx, dx: dNormed.start,
                tape: tape.mixers[index], place: place.mixers[index], gradients: gradients, scratch: scratch)
            kernels.call.pointee.rms_norm_gradient(
                tape.rows, shape.width, tape.inputs[index].start, norms[index].start,
                tape.scales[index].start,
                dNormed.start, dx, gradients + place.norms[index])
        }
    }
}

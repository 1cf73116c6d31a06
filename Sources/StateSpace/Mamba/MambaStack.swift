import Kernels

/// Where a stack's tensors stand: per layer `norm.weight` [D] and the mixer's.
package struct MambaParameters: Sendable {
    package let norms: [Int]
    package let mixers: [MixerParameters]

    package init(_ shape: MixerShape, layers: Int, prefix: String = "", in layout: inout ParameterLayout) {
        var norms: [Int] = []
        var mixers: [MixerParameters] = []
        for layer in 0..<layers {
            mixers.append(MixerParameters(shape, prefix: "\(prefix)layers.\(layer).mixer.", in: &layout))
            norms.append(layout.add("\(prefix)layers.\(layer).norm.weight", [shape.width], decays: false))
        }
        self.norms = norms
        self.mixers = mixers
    }
}

/// Layers x ← x + mixer(RMSNorm(x)) (math 2.2), without a norm behind the last.
///
/// Weights are packed by `load` and only read afterwards: any number of threads may step, each with a state and a
/// scratch of its own. A stack with unmerged adapters belongs to one thread, because they keep their hidden values.
package final class MambaStack: @unchecked Sendable {
    // @unchecked Sendable: nothing is written after `load`, as above; a trainer loads between passes, on its own thread.
    package let shape: MixerShape
    package let layers: [MixerWeights]
    package let place: MambaParameters
    package let kernels: KernelTable
    package let gapRule: GapRule
    let norms: [FloatBuffer]
    static let epsilon: Float = 1e-5

    package init(
        _ shape: MixerShape, place: MambaParameters, gapRule: GapRule = .logarithm,
        kernels: KernelTable = .best,
        trains: Bool = false
    ) {
        self.shape = shape
        self.place = place
        self.gapRule = gapRule
        self.kernels = kernels
        layers = place.mixers.map { _ in MixerWeights(shape, trains: trains) }
        norms = place.mixers.map { _ in FloatBuffer(shape.width) }
    }

    package func load(_ parameters: Floats) {
        for (index, layer) in layers.enumerated() {
            layer.load(parameters, at: place.mixers[index])
            norms[index].start.update(from: parameters + place.norms[index], count: shape.width)
        }
    }

    /// int8 codes for the large projections; the recurrent state stays float32 (math 7).
    package func quantize(_ parameters: Floats) {
        for (index, layer) in layers.enumerated() { layer.quantize(parameters, at: place.mixers[index]) }
    }

    package func makeState() -> MambaState { MambaState(shape, layers: layers.count) }
}

/// Room for a step: one tape, used by the layers in turn. Made once per thread.
package final class MambaScratch {
    let tape: MixerTape
    let normed: FloatBuffer
    let scale: FloatBuffer
    /// A state that readouts work on, so that the session's stays as it is.
    let state: MambaState

    package init(_ stack: MambaStack, rows: Int = 1) {
        tape = MixerTape(stack.shape, capacity: rows, trains: false)
        normed = FloatBuffer(rows * stack.shape.width)
        scale = FloatBuffer(rows)
        state = stack.makeState()
    }
}

@available(*, unavailable)
extension MambaScratch: Sendable {}

extension MambaStack {
    /// One event: x [D] in, trunk output in its place, `state` moves on. `gap` is δ since the last event, in units of
    /// the model's reference time. Allocates nothing.
    package func step(_ x: MutableFloats, gap: Float = 0, state: MambaState, scratch: MambaScratch) {
        var aged = gapRule(gap)
        run(x, rows: 1, gaps: &aged, state: state, scratch: scratch)
    }

    /// A whole sequence x [T, D] in place; T ≤ the rows of `scratch`. `gaps` [T] are g(δ) already, or null.
    package func run(_ x: MutableFloats, rows: Int, gaps: Floats?, state: MambaState, scratch: MambaScratch) {
        precondition(rows <= scratch.tape.capacity, "a scratch is made for the longest sequence")
        let d = shape.width
        for index in layers.indices {
            kernels.call.pointee.rms_norm(
                rows, d, x, norms[index].start, Self.epsilon, scratch.normed.start, scratch.scale.start)
            layers[index].forward(
                kernels, rows: rows, x: scratch.normed.start, gaps: gaps, state: state.layer(index),
                tape: scratch.tape, to: x, adding: true)
        }
    }

    /// The readout at «now»: what the trunk answers to query x, `gap` after the last event; `state` stays untouched.
    package func readout(_ x: MutableFloats, gap: Float, state: MambaState, scratch: MambaScratch) {
        scratch.state.copy(from: state)
        step(x, gap: gap, state: scratch.state, scratch: scratch)
    }

    /// Time passes without an event: every h decays by exp(κ g(δ) A), nothing is written (math 5).
    package func decay(_ state: MambaState, gap: Float, scratch: MambaScratch) {
        for index in layers.indices {
            layers[index].decay(
                kernels, gap: gapRule(gap), h: state.layer(index).h, scratch: scratch.tape.elapsed.start)
        }
    }
}

import Kernels

/// Sizes of a whole scorer: Linear(F → D) → Mamba layers → RMSNorm → Linear(D → outputs, no bias).
package struct NetworkShape: Sendable, Equatable {
    /// F: columns of an event or candidate.
    package var inputs: Int
    package var mixer: MixerShape
    package var layers: Int
    /// One row per head.
    package var outputs: Int

    package init(inputs: Int, mixer: MixerShape, layers: Int, outputs: Int = 1) {
        self.inputs = inputs
        self.mixer = mixer
        self.layers = layers
        self.outputs = outputs
    }
}

/// Where a network's tensors stand; the names are those of docs/formats.
package struct NetworkParameters: Sendable {
    package let layout: ParameterLayout
    package let embed, embedBias, norm, head: Int
    package let backbone: MambaParameters

    package init(_ shape: NetworkShape) {
        var layout = ParameterLayout()
        let width = shape.mixer.width
        embed = layout.add("embed.weight", [width, shape.inputs], decays: true)
        embedBias = layout.add("embed.bias", [width], decays: false)
        backbone = MambaParameters(shape.mixer, layers: shape.layers, prefix: "backbone.", in: &layout)
        norm = layout.add("norm_f.weight", [width], decays: false)
        // No bias: a listwise loss gives it no gradient, and Adam would amplify rounding noise (math 8).
        head = layout.add("head.weight", [shape.outputs, width], decays: true)
        self.layout = layout
    }

    /// Initial values (math 2.1; embed and head as PyTorch's Linear).
    package func initialize(_ values: MutableFloats, shape: NetworkShape, using random: inout SplitMix64) {
        let width = shape.mixer.width
        let embedBound = 1 / Double(shape.inputs).squareRoot()
        let headBound = 1 / Double(width).squareRoot()
        for index in embed..<embed + width * shape.inputs { values[index] = random.symmetric(embedBound) }
        for index in embedBias..<embedBias + width { values[index] = random.symmetric(embedBound) }
        backbone.initialize(values, shape: shape.mixer, using: &random)
        for index in norm..<norm + width { values[index] = 1 }
        for index in head..<head + shape.outputs * width { values[index] = random.symmetric(headBound) }
    }
}

/// The scorer itself. Threads: as MambaStack.
package final class MambaNetwork: @unchecked Sendable {
    // @unchecked Sendable: weights are written by `load` only, before other threads see them or between a trainer's passes.
    package let shape: NetworkShape
    package let place: NetworkParameters
    package let stack: MambaStack
    package let embed, head: Projection
    let norm: FloatBuffer

    package init(
        _ shape: NetworkShape, gapRule: GapRule = .logarithm, kernels: KernelTable = .best,
        trains: Bool = false
    ) {
        self.shape = shape
        place = NetworkParameters(shape)
        stack = MambaStack(
            shape.mixer, place: place.backbone, gapRule: gapRule, kernels: kernels, trains: trains)
        embed = Projection(inputs: shape.inputs, outputs: shape.mixer.width, hasBias: true, trains: trains)
        head = Projection(inputs: shape.mixer.width, outputs: shape.outputs, trains: trains)
        norm = FloatBuffer(shape.mixer.width)
    }

    package var kernels: KernelTable { stack.kernels }

    package func load(_ parameters: Floats) {
        embed.load(parameters + place.embed, bias: parameters + place.embedBias)
        stack.load(parameters)
        norm.start.update(from: parameters + place.norm, count: norm.count)
        head.load(parameters + place.head)
    }

    package func makeState() -> MambaState { stack.makeState() }
}

/// Room for steps and for lists of up to `rows`.
package final class NetworkScratch {
    package let stack: MambaScratch
    /// [T, D]: the residual stream, and after the last norm.
    package let hidden, normed: FloatBuffer
    let scale: FloatBuffer

    package init(_ network: MambaNetwork, rows: Int = 1) {
        stack = MambaScratch(network.stack, rows: rows)
        hidden = FloatBuffer(rows * network.shape.mixer.width)
        normed = FloatBuffer(rows * network.shape.mixer.width)
        scale = FloatBuffer(rows)
    }
}

@available(*, unavailable)
extension NetworkScratch: Sendable {}

extension MambaNetwork {
    /// One event x [F]: `state` moves on, outputs [H] are written. Allocates nothing.
    package func step(
        _ x: Floats, gap: Float = 0, state: MambaState, scratch: NetworkScratch, to outputs: MutableFloats
    ) {
        var aged = stack.gapRule(gap)
        run(x, rows: 1, gaps: &aged, state: state, scratch: scratch, to: outputs)
    }

    /// A list or sequence x [T, F] as one: outputs [T, H]. `gaps` [T] are g(δ) already, or null.
    package func run(
        _ x: Floats, rows: Int, gaps: Floats? = nil, state: MambaState, scratch: NetworkScratch,
        to outputs: MutableFloats
    ) {
        let width = shape.mixer.width
        embed.apply(kernels, rows: rows, x, stride: shape.inputs, to: scratch.hidden.start, stride: width)
        stack.run(scratch.hidden.start, rows: rows, gaps: gaps, state: state, scratch: scratch.stack)
        kernels.call.pointee.rms_norm(
            rows, width, scratch.hidden.start, norm.start, MambaStack.epsilon, scratch.normed.start,
            scratch.scale.start)
        head.apply(
            kernels, rows: rows, scratch.normed.start, stride: width, to: outputs, stride: shape.outputs)
    }
}

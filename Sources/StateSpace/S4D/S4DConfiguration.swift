/// The shape of an S4D model: encoder, residual layers, readout per path, decoder (ssm-math §1.6).
package struct S4DConfiguration: Sendable, Equatable {
    package enum Norm: String, Sendable, CaseIterable {
        /// x ← x + layer(LayerNorm(x)); no norm after the last.
        case pre
        /// x ← LayerNorm(x + layer(x)).
        case post
    }

    /// What a path's hops become.
    package enum Readout: String, Sendable, CaseIterable {
        /// The reference's: the mean over the hops.
        case mean
        /// Mean and largest value per channel, side by side; the decoder is twice as wide.
        case meanAndMax = "mean_max"
    }

    /// Features per hop.
    package var inputs: Int
    package var outputs: Int
    /// H.
    package var channels: Int
    /// N; N/2 complex modes are stored.
    package var stateSize: Int
    package var layers: Int
    package var norm = Norm.pre
    package var readout = Readout.mean
    package var discretisation = S4DDiscretisation.zeroOrderHold
    /// A trainable complex B per mode.
    package var hasInputMatrix = false

    package init(inputs: Int, outputs: Int, channels: Int, stateSize: Int, layers: Int) {
        self.inputs = inputs
        self.outputs = outputs
        self.channels = channels
        self.stateSize = stateSize
        self.layers = layers
    }

    var modes: Int { stateSize / 2 }
    var pooledWidth: Int { readout == .meanAndMax ? 2 * channels : channels }
}

/// Where a model's parameters lie, under PyTorch's names (§14).
package struct S4DParameters: Sendable, Equatable {
    package let layout: ParameterLayout
    let encoder: Affine
    let decoder: Affine
    let stack: S4DStackParameters
    var layers: [S4DLayerSlots] { stack.layers }
    var norms: [Affine] { stack.norms }

    /// A matrix (out, in), or a norm's scale, and what is added.
    struct Affine: Sendable, Equatable {
        let weight: Range<Int>
        let bias: Range<Int>
    }

    package init(_ configuration: S4DConfiguration) {
        var layout = ParameterLayout()
        let width = configuration.channels
        encoder = Self.matrix("encoder", &layout, out: width, in: configuration.inputs)
        stack = S4DStackParameters(configuration, in: &layout)
        decoder = Self.matrix("decoder", &layout, out: configuration.outputs, in: configuration.pooledWidth)
        self.layout = layout
    }

    private static func matrix(_ name: String, _ layout: inout ParameterLayout, out: Int, in input: Int)
        -> Affine
    {
        Affine(
            weight: layout.range(adding: name + ".weight", [out, input], decays: true),
            bias: layout.range(adding: name + ".bias", [out]))
    }
}

/// One layer's part of the flat array.
struct S4DLayerSlots: Sendable, Equatable {
    let kernel: S4DKernelSlots
    /// D, [H].
    let skip: Range<Int>
    /// [2H, H, 1].
    let weight: Range<Int>
    /// [2H].
    let bias: Range<Int>

    init(_ prefix: String, _ layout: inout ParameterLayout, _ configuration: S4DConfiguration) {
        let width = configuration.channels
        skip = layout.range(adding: prefix + "D", [width])
        kernel = S4DKernelSlots(
            prefix + "kernel.", &layout, channels: width, modes: configuration.modes,
            hasInput: configuration.hasInputMatrix)
        weight = layout.range(adding: prefix + "output_linear.0.weight", [2 * width, width, 1], decays: true)
        bias = layout.range(adding: prefix + "output_linear.0.bias", [2 * width])
    }
}

import Kernels
import Synchronization

/// Where a stack's parameters lie: per layer its own and its norm's.
package struct S4DStackParameters: Sendable, Equatable {
    let layers: [S4DLayerSlots]
    let norms: [S4DParameters.Affine]

    package init(_ configuration: S4DConfiguration, prefix: String = "", in layout: inout ParameterLayout) {
        var layers: [S4DLayerSlots] = []
        var norms: [S4DParameters.Affine] = []
        for layer in 0..<configuration.layers {
            layers.append(S4DLayerSlots("\(prefix)s4_layers.\(layer).", &layout, configuration))
            let (name, shape) = ("\(prefix)norms.\(layer).", [configuration.channels])
            norms.append(
                S4DParameters.Affine(
                    weight: layout.range(adding: name + "weight", shape),
                    bias: layout.range(adding: name + "bias", shape)))
        }
        self.layers = layers
        self.norms = norms
    }

    /// Behind the last of a stack's values in the flat vector; without layers there is none.
    var end: Int { norms.last?.bias.upperBound ?? 0 }
}

/// Residual layers with their norms, on a stream [R, H] that lies in the activations; without encoder and readout.
///
/// Immutable: made anew when the parameters change. Any number of threads, each with its own `S4DActivations`.
package final class S4DStack: Sendable {
    package let configuration: S4DConfiguration
    let place: S4DStackParameters
    /// The whole flat vector that `place` points into.
    let values: [Float]
    let layers: [S4DLayer]
    let norms: [(weight: [Float], bias: [Float])]
    private let kernels: Mutex<S4DKernels>

    package init(_ configuration: S4DConfiguration, place: S4DStackParameters, values: [Float]) {
        self.configuration = configuration
        self.place = place
        self.values = values
        layers = place.layers.map {
            S4DLayer(
                $0, values: values, channels: configuration.channels, modes: configuration.modes,
                rule: configuration.discretisation)
        }
        norms = place.norms.map { (Array(values[$0.weight]), Array(values[$0.bias])) }
        kernels = Mutex(S4DKernels(layers))
    }

    /// Every layer's convolution kernel, [≥ length, H]; made once, extended when a longer path comes.
    func kernels(length: Int) -> [[Float]] {
        kernels.withLock { $0.reaching(length, layers) }
    }

    /// The longest path that a convolution will meet.
    func convolvedHops(_ paths: S4DPaths, _ mode: S4DMode?) -> Int {
        switch mode {
        case .recurrence: 0
        case .convolution: paths.longest
        case nil: min(paths.longest, 8 * configuration.modes)
        }
    }
}

/// The kernels of all layers so far.
struct S4DKernels: Sendable {
    private var parts: [S4DConvolutionKernel]
    private var values: [[Float]] = []

    init(_ layers: [S4DLayer]) { parts = layers.map { S4DConvolutionKernel(of: $0.system) } }

    mutating func reaching(_ length: Int, _ layers: [S4DLayer]) -> [[Float]] {
        if values.isEmpty || (parts.first?.length ?? length) < length {
            for index in parts.indices { parts[index].extend(to: length, of: layers[index].system) }
            values = parts.map(\.values)
        }
        return values
    }
}

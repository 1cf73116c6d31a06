import Kernels
import Synchronization

/// An S4D model, ready to score and to be differentiated. Immutable: made anew when the parameters change.
///
/// Any number of threads may use it, each with its own `S4DActivations`.
package final class S4DNetwork: Sendable {
    package let configuration: S4DConfiguration
    package let parameters: S4DParameters
    package let values: [Float]
    let layers: [S4DLayer]
    let encoder: Matrix
    let decoder: Matrix
    let norms: [(weight: [Float], bias: [Float])]
    private let kernels: Mutex<S4DKernels>

    struct Matrix: Sendable {
        /// (out, in), as the file has it, and turned for the forward pass.
        let weight: [Float]
        let transposed: [Float]
        let bias: [Float]
    }

    /// `values` are laid out as `S4DParameters(configuration)` says.
    package init(_ configuration: S4DConfiguration, values: [Float]) {
        let parameters = S4DParameters(configuration)
        precondition(values.count == parameters.layout.count, "these values are another model's")
        func matrix(_ slot: S4DParameters.Affine, rows: Int) -> Matrix {
            let weight = Array(values[slot.weight])
            return Matrix(
                weight: weight, transposed: transposed(weight, rows: rows), bias: Array(values[slot.bias]))
        }
        self.configuration = configuration
        self.parameters = parameters
        self.values = values
        layers = parameters.layers.map {
            S4DLayer(
                $0, values: values, channels: configuration.channels, modes: configuration.modes,
                rule: configuration.discretisation)
        }
        encoder = matrix(parameters.encoder, rows: configuration.channels)
        decoder = matrix(parameters.decoder, rows: configuration.outputs)
        norms = parameters.norms.map { (Array(values[$0.weight]), Array(values[$0.bias])) }
        kernels = Mutex(S4DKernels(layers))
    }

    /// Every layer's convolution kernel, [≥ length, H]; made once, extended when a longer path comes.
    func kernels(length: Int) -> [[Float]] {
        kernels.withLock { $0.reaching(length, layers) }
    }

    /// Makes the kernels for paths of up to so many hops, so that no score has to.
    package func prepare(hops: Int) { _ = kernels(length: hops) }
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

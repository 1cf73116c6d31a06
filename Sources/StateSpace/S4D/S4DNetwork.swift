import Kernels

/// An S4D model, ready to score and to be differentiated. Immutable: made anew when the parameters change.
///
/// Any number of threads may use it, each with its own `S4DActivations`.
package final class S4DNetwork: Sendable {
    package let configuration: S4DConfiguration
    package let parameters: S4DParameters
    package let values: [Float]
    let stack: S4DStack
    let encoder: Matrix
    let decoder: Matrix

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
        stack = S4DStack(configuration, place: parameters.stack, values: values)
        encoder = matrix(parameters.encoder, rows: configuration.channels)
        decoder = matrix(parameters.decoder, rows: configuration.outputs)
    }

    /// Makes the kernels for paths of up to so many hops, so that no score has to.
    package func prepare(hops: Int) { _ = stack.kernels(length: hops) }
}

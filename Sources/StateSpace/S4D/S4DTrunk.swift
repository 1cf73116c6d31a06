/// Sizes of S4D layers as a sequence model's trunk: no encoder and no readout of their own.
package struct S4DTrunkShape: Sendable, Equatable {
    /// H: width of the stream.
    package var width: Int
    /// N, even: N/2 complex modes per channel are stored and carried, N numbers.
    package var stateSize: Int
    package var norm: S4DConfiguration.Norm
    package var discretisation: S4DDiscretisation
    /// A trainable complex B per mode.
    package var hasInputMatrix: Bool

    package init(
        width: Int, stateSize: Int, norm: S4DConfiguration.Norm = .pre,
        discretisation: S4DDiscretisation = .zeroOrderHold, hasInputMatrix: Bool = false
    ) {
        self.width = width
        self.stateSize = stateSize
        self.norm = norm
        self.discretisation = discretisation
        self.hasInputMatrix = hasInputMatrix
    }

    /// Numbers that one layer carries from step to step: [2, M, H].
    package var stateCount: Int { stateSize * width }

    package var isValid: Bool {
        // The bound keeps every product of two sizes far from overflow, whatever a file says.
        [width, stateSize].allSatisfy { (1...1 << 16).contains($0) } && stateSize % 2 == 0
    }

    func configuration(layers: Int) -> S4DConfiguration {
        var configuration = S4DConfiguration(
            inputs: width, outputs: width, channels: width, stateSize: stateSize, layers: layers)
        configuration.norm = norm
        configuration.discretisation = discretisation
        configuration.hasInputMatrix = hasInputMatrix
        return configuration
    }
}

/// Where a trunk's layers lie, with the sizes that they were made for.
struct S4DTrunkParameters: Sendable {
    let configuration: S4DConfiguration
    let stack: S4DStackParameters

    init(_ shape: S4DTrunkShape, layers: Int, prefix: String, in layout: inout ParameterLayout) {
        configuration = shape.configuration(layers: layers)
        stack = S4DStackParameters(configuration, prefix: prefix, in: &layout)
    }
}

/// S4D's stack is immutable: a new one for new parameters.
///
/// Not Sendable by itself: who shares one loads it before.
final class S4DTrunk {
    let configuration: S4DConfiguration
    private let place: S4DStackParameters
    private var loaded: S4DStack?

    init(_ configuration: S4DConfiguration, _ place: S4DStackParameters) {
        self.configuration = configuration
        self.place = place
    }

    var stack: S4DStack {
        guard let loaded else { preconditionFailure("parameters are loaded first") }
        return loaded
    }

    /// `parameters` is the flat vector that the place points into.
    func load(_ parameters: Floats) {
        let values = Array(UnsafeBufferPointer(start: parameters, count: place.end))
        loaded = S4DStack(configuration, place: place, values: values)
    }
}

@available(*, unavailable)
extension S4DTrunk: Sendable {}

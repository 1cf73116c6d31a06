import Foundation
import StateSpace
import Testing

/// What switches the dispatch level of the process: one after the other.
@Suite(.serialized) enum EveryLevel {}

enum Golden {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .appending(path: "Golden")

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name)))
    }
}

extension SplitMix64 {
    mutating func normals(_ count: Int, scale: Double = 1) -> [Float] {
        (0..<count).map { _ in Float(scale * normal()) }
    }
}

/// A model of random weights with random paths: the same for the same seed.
struct Example {
    var configuration: S4DConfiguration
    var network: S4DNetwork
    var paths: S4DPaths
    var features: [Float]

    init(_ change: (inout S4DConfiguration) -> Void = { _ in }, lengths: [Int], seed: UInt64 = 5) {
        var configuration = S4DConfiguration(inputs: 7, outputs: 2, channels: 20, stateSize: 12, layers: 2)
        change(&configuration)
        let parameters = S4DParameters(configuration)
        self.configuration = configuration
        network = S4DNetwork(configuration, values: parameters.initialValues(configuration, seed: seed))
        paths = S4DPaths(lengths: lengths)
        var numbers = SplitMix64(seed: seed + 1)
        features = numbers.normals(paths.rows * configuration.inputs)
    }

    func scores(_ mode: S4DMode?) -> [Float] {
        var result = [Float](repeating: 0, count: paths.count * configuration.outputs)
        network.score(
            paths, features: features, mode: mode, with: S4DActivations(configuration), into: &result)
        return result
    }

    /// Loss = Σ weights · outputs, with its gradients.
    func gradients(_ weights: [Float], mode: S4DMode?) -> (parameters: [Float], features: [Float]) {
        let activations = S4DActivations(configuration, forTraining: true)
        var outputs = [Float](repeating: 0, count: weights.count)
        network.forward(paths, features: features, mode: mode, keeping: activations, into: &outputs)
        var gradients = [Float](repeating: 0, count: network.values.count)
        var dFeatures = [Float](repeating: 0, count: features.count)
        network.backward(
            paths, features: features, mode: mode, kept: activations, dOutputs: weights,
            gradients: &gradients,
            dFeatures: &dFeatures)
        return (gradients, dFeatures)
    }
}

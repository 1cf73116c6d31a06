import StateSpace

/// The path scorer's arithmetic alone: the small S4D over paths of six hops, kernels made before.
enum S4DBench {
    static func run(paths count: Int, _ repetitions: Int) -> Engine.Figure {
        var configuration = S4DConfiguration(inputs: 24, outputs: 1, channels: 64, stateSize: 32, layers: 3)
        configuration.readout = .meanAndMax
        let network = S4DNetwork(
            configuration, values: S4DParameters(configuration).initialValues(configuration, seed: 1))
        let paths = S4DPaths(lengths: Array(repeating: 6, count: count))
        network.prepare(hops: 6)
        var numbers = StateSpace.SplitMix64(seed: 2)
        let features = (0..<paths.rows * configuration.inputs).map { _ in Float(numbers.normal()) }
        let activations = S4DActivations(configuration)
        var scores = [Float](repeating: 0, count: count)
        var milliseconds: [Double] = []
        for _ in 0..<max(repetitions, 1) {
            let start = ContinuousClock.now
            network.score(paths, features: features, with: activations, into: &scores)
            let taken = ContinuousClock.now - start
            milliseconds.append(
                Double(taken.components.attoseconds) * 1e-15 + Double(taken.components.seconds) * 1e3)
        }
        milliseconds.sort()
        return Engine.Figure(
            size: "\(count) paths, \(DispatchLevel.current.name)", unit: "ms",
            p50: milliseconds[milliseconds.count / 2],
            p99: milliseconds[min(milliseconds.count - 1, milliseconds.count * 99 / 100)],
            repetitions: milliseconds.count)
    }
}

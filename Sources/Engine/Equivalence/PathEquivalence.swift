import StateSpace

extension EquivalenceEvaluation {
    /// One layer's systems hop by hop, and a whole model's score: by convolution, by recurrence, and from exported states.
    func paths(_ level: DispatchLevel, hops: Int) -> [Row] {
        var configuration = S4DConfiguration(
            inputs: 24, outputs: 4, channels: width, stateSize: 2 * state, layers: layers)
        configuration.readout = .meanAndMax
        let values = S4DParameters(configuration).initialValues(configuration, seed: seed)
        let network = S4DNetwork(configuration, values: values)
        let name = "s4d H\(width) N\(2 * state) L\(layers)"
        let limit = Self.convolutionLimit(length: hops)
        let system = systemRow(network, "s4d H\(width) N\(2 * state) system", hops, level, limit: limit)
        let features = noise(hops * configuration.inputs, seed: 3)
        func score(_ mode: S4DMode) -> [Float] {
            var scores = [Float](repeating: 0, count: configuration.outputs)
            network.score(
                S4DPaths(lengths: [hops]), features: features, mode: mode,
                with: S4DActivations(configuration),
                into: &scores)
            return scores
        }
        let scanned = score(.recurrence)
        return [
            system,
            row(name, "convolution = recurrence", hops, level, score(.convolution), scanned, limit: limit),
            row(
                name, "recurrence = resumed step", hops, level, resumed(network, features, hops: hops),
                scanned,
                limit: limit),
        ]
    }

    private func systemRow(
        _ network: S4DNetwork, _ name: String, _ hops: Int, _ level: DispatchLevel, limit: Double
    ) -> Row {
        let layout = S4DKernel.layout(channels: width, stateSize: 2 * state, hasInputMatrix: false)
        let values = layout.entries.flatMap { entry in
            // Force unwrap: a model's first layer has the tensors of a kernel.
            Array(network.values[network.parameters.layout["s4_layers.0.kernel." + entry.name]!.range])
        }
        let kernel = S4DKernel(channels: width, stateSize: 2 * state, values: values)
        let u = noise(hops * width, seed: 4)
        var carried = [Float](repeating: 0, count: kernel.transition.count)
        return row(
            name, "convolution = recurrence", hops, level, kernel.convolve(u),
            kernel.scan(u, state: &carried),
            limit: limit)
    }

    /// Hop by hop, the state exported and taken up again after each.
    private func resumed(_ network: S4DNetwork, _ features: [Float], hops: Int) -> [Float] {
        let configuration = network.configuration
        let activations = S4DActivations(configuration)
        var output = [Float](repeating: 0, count: configuration.outputs)
        var state = S4DState(configuration)
        for hop in 0..<hops {
            let at = hop * configuration.inputs
            network.advance(
                &state, rows: 1, features: Array(features[at..<at + configuration.inputs]), with: activations,
                into: &output)
            // A refusal leaves the fresh state, and the error says so.
            state = S4DState(hops: state.hops, values: state.values, configuration) ?? S4DState(configuration)
        }
        return output
    }
}

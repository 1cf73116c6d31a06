extension PathModel {
    /// Forward pass that keeps what `backward` needs.
    package func forward(_ inputs: PathInputs, keeping activations: PathActivations) {
        let paths = S4DPaths(lengths: inputs.lengths)
        activations.paths.withRoom(paths.count) { scores in
            let features = assemble(inputs, paths, activations)
            guard paths.count > 0 else { return }
            switch network {
            case .s4d(let network): network.forward(paths, features: features, keeping: activations.s4d, into: scores)
            case .other(let network): network.forward(paths, features: features, keeping: activations.hops(parameters), into: scores)
            }
        }
        activations.rows.removeAll(keepingCapacity: true)
        for row in 0..<inputs.rowCount { activations.rows.append(rowScore(row, inputs, activations.paths)) }
    }

    /// Backward pass of the last `forward` with the same inputs: `slopes` is the gradient by every row's score;
    /// `gradients`, laid out as the parameters, are added to. Sums run in a fixed order.
    package func backward(
        _ inputs: PathInputs, kept activations: PathActivations, slopes: [Float],
        gradients: UnsafeMutablePointer<Float>
    ) {
        let paths = S4DPaths(lengths: inputs.lengths)
        poolBackward(inputs, activations, slopes, gradients)
        guard paths.count > 0 else { return }
        let dFeatures = activations.slopes.reserve(paths.rows * configuration.s4d.inputs)
        switch network {
        case .s4d(let network):
            network.backward(
                paths, features: activations.features.start, kept: activations.s4d, dOutputs: activations.pathSlopes,
                gradients: gradients, dFeatures: dFeatures)
        case .other(let network):
            network.backward(
                paths, features: activations.features.start, kept: activations.hops(parameters),
                dOutputs: activations.pathSlopes, gradients: gradients, dFeatures: dFeatures)
        }
        tableBackward(inputs, paths, dFeatures, gradients)
    }

    private func poolBackward(
        _ inputs: PathInputs, _ activations: PathActivations, _ slopes: [Float],
        _ gradients: UnsafeMutablePointer<Float>
    ) {
        var sum = PathPool.Gradient()
        activations.pathSlopes.withRoom(inputs.pathCount) { _ in }
        for row in 0..<inputs.rowCount {
            let slope = slopes[row]
            if let residual = parameters.residual { gradients[residual.lowerBound] += slope * inputs.heuristic[row] }
            let own = inputs.rowOffsets[row]..<inputs.rowOffsets[row + 1]
            if !own.isEmpty {
                pool.backward(activations.paths[own], slope: slope, into: &activations.pathSlopes, &sum)
            } else if let none = parameters.none {
                gradients[none.lowerBound] += slope
                guard let weight = parameters.noneWeight else { continue }
                forEachQueryNumber(row, inputs) { number, place in
                    gradients[weight.lowerBound + number] += slope * values[place]
                    gradients[place] += slope * values[weight.lowerBound + number]
                }
            }
        }
        gradients[parameters.mix.lowerBound] += sum.mix
        gradients[parameters.sharpness.lowerBound] += sum.sharpness
    }

    private func tableBackward(
        _ inputs: PathInputs, _ paths: S4DPaths, _ dFeatures: UnsafeMutablePointer<Float>,
        _ gradients: UnsafeMutablePointer<Float>
    ) {
        let width = configuration.s4d.inputs
        let columns = configuration.columns.count
        for row in 0..<inputs.rowCount {
            let own = inputs.rowOffsets[row]..<inputs.rowOffsets[row + 1]
            for hop in Int(paths.offsets[own.lowerBound])..<Int(paths.offsets[own.upperBound]) {
                var slope = dFeatures + hop * width + columns
                func add(_ range: Range<Int>, _ width: Int, _ index: Int32) {
                    let first = gradients + range.lowerBound + Int(index) * width
                    for number in 0..<width { first[number] += slope[number] }
                    slope += width
                }
                for (table, range) in parameters.hopTables.enumerated() {
                    let index = inputs.hopIndices[hop * parameters.hopTables.count + table]
                    add(range, configuration.hopTables[table].width, index)
                }
                for (table, range) in parameters.queryTables.enumerated() {
                    let index = inputs.queryIndices[row * parameters.queryTables.count + table]
                    add(range, configuration.queryTables[table].width, index)
                }
            }
        }
    }
}

import StateSpace
import Testing

/// Models for comparison must be trained rightly too, or the comparison says nothing.
@Suite struct PathTrunkTests {
    private static let trunks: [PathTrunk] = [.mamba(width: 8, layers: 2), .pooled(width: 8, layers: 2)]

    private func configuration(_ trunk: PathTrunk) -> PathConfiguration {
        var configuration = PathConfiguration(
            size: (8, 4, 1), columns: ["path.hop_count@1", "path.edge_strength@1"],
            hopTables: [.init(column: "path.relation@1", rows: 5, width: 3)],
            queryTables: [.init(column: "query.relation@1", rows: 4, width: 2)], noPath: .learned)
        configuration.trunk = trunk
        return configuration
    }

    private var inputs: PathInputs {
        var random = SplitMix64(seed: 8)
        var inputs = PathInputs()
        for lengths in [[3, 1], [2], [], [4, 2, 1]] {
            for length in lengths {
                for _ in 0..<length {
                    inputs.append(
                        columns: [random.symmetric(1), random.symmetric(1)], indices: [Int32(random.next() % 5)])
                }
                inputs.endPath(hops: length)
            }
            inputs.endRow(query: [Int32(random.next() % 4)])
        }
        return inputs
    }

    @Test(arguments: trunks) func gradientsAreThoseOfFiniteDifferences(_ trunk: PathTrunk) {
        let configuration = configuration(trunk)
        let values = PathParameters(configuration).initialValues(configuration, seed: 3)
        let slopes: [Float] = [0.7, -1.1, 0.4, 0.9]
        let inputs = inputs
        func objective(_ values: [Float]) -> Double {
            let activations = PathActivations(configuration, forTraining: true)
            PathModel(configuration, values: values).score(inputs, with: activations)
            return zip(activations.rows, slopes).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        let model = PathModel(configuration, values: values)
        let activations = PathActivations(configuration, forTraining: true)
        model.forward(inputs, keeping: activations)
        var gradients = [Float](repeating: 0, count: values.count)
        gradients.withUnsafeMutableBufferPointer {
            // Force unwrap: a model has parameters.
            model.backward(inputs, kept: activations, slopes: slopes, gradients: $0.baseAddress!)
        }
        for place in stride(from: 0, to: values.count, by: 7) {
            var (up, down) = (values, values)
            up[place] += 1e-2
            down[place] -= 1e-2
            let difference = (objective(up) - objective(down)) / 2e-2
            // float32 outputs of about 1 over a step of 1e-2, and its curvature.
            #expect(abs(difference - Double(gradients[place])) < 4e-3 + 0.02 * abs(difference), "parameter \(place)")
        }
    }

    @Test func hopsThatArePooledHaveNoOrderAndThoseOfMambaDo() {
        func score(_ trunk: PathTrunk, _ relations: [Int32]) -> Float {
            let configuration = configuration(trunk)
            let model = PathModel(configuration, values: PathParameters(configuration).initialValues(configuration, seed: 3))
            var inputs = PathInputs()
            for relation in relations { inputs.append(columns: [0.5, 0.5], indices: [relation]) }
            inputs.endPath(hops: relations.count)
            inputs.endRow(query: [1])
            let activations = PathActivations(configuration)
            model.score(inputs, with: activations)
            return activations.rows[0]
        }
        let (mamba, pooled) = (PathTrunk.mamba(width: 8, layers: 2), PathTrunk.pooled(width: 8, layers: 2))
        #expect(abs(score(pooled, [1, 2, 3]) - score(pooled, [3, 2, 1])) < 2e-6)
        #expect(abs(score(mamba, [1, 2, 3]) - score(mamba, [3, 2, 1])) > 2e-5)
    }
}

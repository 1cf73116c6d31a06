import StateSpace
import Testing

/// What no golden file covers (trained B in a model, bilinear, mean and largest), against finite differences.
@Suite struct GradientTests {
    @Test(arguments: S4DConfiguration.Norm.allCases, S4DConfiguration.Readout.allCases)
    func gradientsAreSlopes(norm: S4DConfiguration.Norm, readout: S4DConfiguration.Readout) {
        for rule in S4DDiscretisation.allCases {
            let example = Example(
                {
                    $0.norm = norm
                    $0.readout = readout
                    $0.discretisation = rule
                    $0.hasInputMatrix = true
                }, lengths: [6, 2, 9])
            var numbers = SplitMix64(seed: 3)
            let weights = numbers.normals(6)
            let gradients = example.gradients(weights, mode: nil).parameters
            for entry in example.network.parameters.layout.entries {
                let slope = Self.slope(example, weights, along: gradients, entry.range)
                let length = gradients[entry.range].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
                // Central differences in float32: the loss is rounded to some 2e-7, over twice the step.
                #expect(abs(slope - length) <= 4e-3 * length + 5e-4, "\(entry.name): \(slope), \(length)")
            }
        }
    }

    /// The loss' change along the gradient's own direction, which is the gradient's length.
    private static func slope(
        _ example: Example, _ weights: [Float], along gradients: [Float], _ range: Range<Int>
    ) -> Double {
        let length = Float(gradients[range].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
        guard length > 0 else { return 0 }
        // Small, so that no hop overtakes the largest on the way: there the slope jumps.
        let step: Float = 1e-3
        func loss(_ sign: Float) -> Double {
            var values = example.network.values
            for index in range { values[index] += sign * step * gradients[index] / length }
            var moved = example
            moved.network = S4DNetwork(example.configuration, values: values)
            return zip(moved.scores(nil), weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        return (loss(1) - loss(-1)) / Double(2 * step)
    }
}

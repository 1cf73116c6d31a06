import Differences
import StateSpace
import Testing

/// The same numbers by different ways: convolution, recurrence, from an exported state, alone or in a batch.
@Suite struct FormulationTests {
    /// f32 against f32, ssm-math §11: 4e-7 measured for short paths, 4e-6 at 4096.
    @Test(arguments: [(1, 5e-6), (6, 5e-6), (33, 5e-6), (300, 2e-5)])
    func convolutionIsRecurrence(length: Int, limit: Double) {
        for norm in S4DConfiguration.Norm.allCases {
            for rule in S4DDiscretisation.allCases {
                let example = Example(
                    {
                        $0.norm = norm
                        $0.discretisation = rule
                        $0.hasInputMatrix = true
                    }, lengths: [length, 1, length])
                let error = relativeError(example.scores(.recurrence), example.scores(.convolution))
                print("convolution = recurrence, \(norm)-norm, \(rule), \(length) hops: \(error)")
                #expect(error <= limit)
            }
        }
    }

    @Test func resumedFromAnExportedStateIsTheWhole() throws {
        let example = Example({ $0.readout = .meanAndMax }, lengths: [10])
        let width = example.configuration.inputs
        let activations = S4DActivations(example.configuration)
        var output = [Float](repeating: 0, count: 2)
        var state = S4DState(example.configuration)
        example.network.advance(
            &state, rows: 4, features: example.features, with: activations, into: &output)
        var resumed = try #require(S4DState(hops: state.hops, values: state.values, example.configuration))
        for hop in 4..<10 {
            let row = Array(example.features[hop * width..<(hop + 1) * width])
            example.network.advance(&resumed, rows: 1, features: row, with: activations, into: &output)
        }
        let error = relativeError(output, example.scores(.recurrence))
        print("whole = resumed recurrence: \(error)")
        #expect(error <= 2e-6)
        #expect(relativeError(output, example.scores(.convolution)) <= 5e-6)
        #expect(resumed.hops == 10)
    }

    @Test func aStateOfAnotherModelIsRefused() {
        let example = Example(lengths: [1])
        let state = S4DState(example.configuration)
        #expect(S4DState(hops: 1, values: Array(state.values.dropLast()), example.configuration) == nil)
        #expect(S4DState(hops: -1, values: state.values, example.configuration) == nil)
        #expect(S4DState(hops: 1, values: [.nan] + state.values.dropFirst(), example.configuration) == nil)
    }

    @Test func aPathScoresTheSameAloneAndAmongOthers() {
        // More rows than a block holds, so the batch is split.
        let lengths = (0..<60).map { $0 % 11 }
        let example = Example({ $0.readout = .meanAndMax }, lengths: lengths)
        let together = example.scores(nil)
        let width = example.configuration.inputs
        for path in lengths.indices where lengths[path] > 0 {
            let rows = Int(example.paths.offsets[path])..<Int(example.paths.offsets[path + 1])
            var alone = [Float](repeating: 0, count: 2)
            example.network.score(
                S4DPaths(lengths: [rows.count]),
                features: Array(example.features[rows.lowerBound * width..<rows.upperBound * width]),
                with: S4DActivations(example.configuration), into: &alone)
            #expect(relativeError(alone, Array(together[2 * path..<2 * path + 2])) <= 1e-6)
        }
    }

    @Test func aLongerKernelBeginsWithTheShorterOne() {
        let example = Example(lengths: [40])
        let fresh = example.scores(.convolution)
        let grown = Example(lengths: [40])
        grown.network.prepare(hops: 3)
        #expect(grown.scores(.convolution) == fresh)
    }

    @Test func gradientsAreTheSameByBothWays() {
        let example = Example(
            {
                $0.readout = .meanAndMax
                $0.hasInputMatrix = true
            }, lengths: [6, 1, 12, 0, 3])
        var numbers = SplitMix64(seed: 9)
        let weights = numbers.normals(10)
        let (convolved, scanned) = (
            example.gradients(weights, mode: .convolution), example.gradients(weights, mode: .recurrence)
        )
        for entry in example.network.parameters.layout.entries {
            let error = relativeError(
                Array(scanned.parameters[entry.range]), Array(convolved.parameters[entry.range]))
            #expect(error <= 2e-5, "\(entry.name): \(error)")
        }
        #expect(relativeError(scanned.features, convolved.features) <= 1e-5)
        #expect(
            example.gradients(weights, mode: nil).parameters == convolved.parameters, "the same bits again")
    }
}

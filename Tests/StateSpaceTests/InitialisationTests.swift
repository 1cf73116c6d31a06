import StateSpace
import Testing

@Suite struct InitialisationTests {
    @Test(arguments: S4DInitialisation.allCases) func everyModeDecaysAndOscillatesForwards(
        start: S4DInitialisation
    ) {
        for size in [2, 10, 64] {
            let (real, imaginary) = start.eigenvalues(stateSize: size)
            #expect(real.count == size / 2 && imaginary.count == size / 2)
            #expect(real.allSatisfy { $0 < 0 })
            #expect(imaginary.allSatisfy { $0 >= 0 && $0.isFinite })
        }
    }

    @Test func theSmallModelHasAsManyParametersAsItsReference() {
        // ssm-math §10.
        func count(_ h: Int, _ n: Int, _ layers: Int, b: Bool) -> Int {
            var configuration = S4DConfiguration(
                inputs: 24, outputs: 1, channels: h, stateSize: n, layers: layers)
            configuration.hasInputMatrix = b
            return S4DParameters(configuration).layout.count
        }
        #expect(count(32, 16, 2, b: false) == 7361)
        #expect(count(64, 32, 3, b: false) == 39681)
        #expect(count(64, 64, 4, b: true) == 85121)
    }

    @Test func theSameSeedGivesTheSameModel() {
        let configuration = S4DConfiguration(inputs: 3, outputs: 1, channels: 8, stateSize: 4, layers: 1)
        let parameters = S4DParameters(configuration)
        #expect(
            parameters.initialValues(configuration, seed: 1)
                == parameters.initialValues(configuration, seed: 1))
        #expect(
            parameters.initialValues(configuration, seed: 1)
                != parameters.initialValues(configuration, seed: 2))
    }
}

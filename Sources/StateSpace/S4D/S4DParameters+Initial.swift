import Glibc

extension S4DParameters {
    /// The values a new model starts with (ssm-math §1.1), the same for the same seed.
    ///
    /// `steps` is the range of dt. The reference's [0.001, 0.1] suits 10 … 1000 samples; for paths of a few hops
    /// [0.05, 1] forgets within the path.
    package func initialValues(
        _ configuration: S4DConfiguration, eigenvalues: S4DInitialisation = .linear,
        steps: ClosedRange<Double> = 0.05...1, seed: UInt64
    ) -> [Float] {
        var numbers = SplitMix64(seed: seed)
        var values = [Float](repeating: 0, count: layout.count)
        func fill(_ range: Range<Int>, _ next: (Int) -> Double) {
            for index in range { values[index] = Float(next(index - range.lowerBound)) }
        }
        func uniform(_ slot: Affine, fanIn: Int) {
            let bound = 1 / Double(fanIn).squareRoot()
            fill(slot.weight) { _ in numbers.uniform(-bound, bound) }
            fill(slot.bias) { _ in numbers.uniform(-bound, bound) }
        }
        uniform(encoder, fanIn: configuration.inputs)
        stack.initialize(&values, configuration, eigenvalues: eigenvalues, steps: steps, using: &numbers)
        uniform(decoder, fanIn: configuration.pooledWidth)
        return values
    }
}

extension S4DStackParameters {
    /// The layers' part of `values`; the rest stays as it is.
    package func initialize(
        _ values: MutableFloats, _ configuration: S4DConfiguration, eigenvalues: S4DInitialisation,
        steps: ClosedRange<Double>, using numbers: inout SplitMix64
    ) {
        func fill(_ range: Range<Int>, _ next: (Int) -> Double) {
            for index in range { values[index] = Float(next(index - range.lowerBound)) }
        }
        let spectrum = eigenvalues.eigenvalues(stateSize: configuration.stateSize)
        let modes = configuration.modes
        let bound = 1 / Double(configuration.channels).squareRoot()
        for layer in layers {
            fill(layer.kernel.logStep) { _ in numbers.uniform(log(steps.lowerBound), log(steps.upperBound)) }
            fill(layer.kernel.logDecay) { log(-spectrum.real[$0 % modes]) }
            fill(layer.kernel.frequency) { spectrum.imaginary[$0 % modes] }
            // A complex standard normal: half the variance in each part.
            fill(layer.kernel.output) { _ in numbers.normal() * 0.5.squareRoot() }
            if let input = layer.kernel.input { fill(input) { $0 % 2 == 0 ? 1 : 0 } }
            fill(layer.skip) { _ in numbers.normal() }
            fill(layer.weight) { _ in numbers.uniform(-bound, bound) }
            fill(layer.bias) { _ in numbers.uniform(-bound, bound) }
        }
        for norm in norms { fill(norm.weight) { _ in 1 } }
    }
}

import Glibc

extension Mamba3Parameters {
    /// Initial values of math 4.2. The biases of B and C start at 1: with 0 the authors measured 0.85 more perplexity.
    package func initialize(
        _ values: MutableFloats, shape: Mamba3Shape, layers: Int, using random: inout SplitMix64
    ) {
        let (h, r, n, p) = (shape.heads, shape.rank, shape.state, shape.headWidth)
        func uniform(_ offset: Int, _ count: Int, _ bound: Double) {
            for index in offset..<offset + count { values[index] = random.symmetric(bound) }
        }
        func constant(_ offset: Int?, _ count: Int, _ value: Float) {
            guard let offset else { return }
            for index in offset..<offset + count { values[index] = value }
        }
        uniform(inProjection, shape.projected * shape.width, 1 / Double(shape.width).squareRoot())
        for head in 0..<h {
            // softplus⁻¹(δ), δ log-uniform in [0.001, 0.1].
            let step = max(exp(log(0.001) + random.unit() * log(100)), 1e-4)
            values[stepBias + head] = Float(step + log(-expm1(-step)))
        }
        constant(keyBias, h * r * n, 1)
        constant(queryBias, h * r * n, 1)
        constant(keyNorm, n, 1)
        constant(queryNorm, n, 1)
        constant(skip, h, 1)
        constant(expandX, h * r * p, 1 / Float(r))
        constant(expandZ, h * r * p, 1)
        constant(contract, h * r * p, 1 / Float(r))
        constant(norm, shape.inner, 1)
        uniform(
            outProjection, shape.width * shape.inner, 1 / (Double(shape.inner) * Double(layers)).squareRoot())
    }
}

extension Mamba3StackParameters {
    package func initialize(_ values: MutableFloats, shape: Mamba3Shape, using random: inout SplitMix64) {
        for (mixer, norm) in zip(mixers, norms) {
            mixer.initialize(values, shape: shape, layers: mixers.count, using: &random)
            for index in norm..<norm + shape.width { values[index] = 1 }
        }
    }
}

import Glibc

extension MixerParameters {
    /// Initial values of math 2.1. The bias of the step projection sets the memory's length, 1/δ ≈ 10 … 1000 steps: no
    /// generic initialisation may pass over it.
    package func initialize(
        _ values: MutableFloats, shape: MixerShape, layers: Int, using random: inout SplitMix64
    ) {
        let (d, e, n) = (shape.width, shape.inner, shape.state)
        func uniform(_ offset: Int, _ count: Int, _ bound: Double) {
            for index in offset..<offset + count { values[index] = random.symmetric(bound) }
        }
        func constant(_ offset: Int?, _ count: Int, _ value: Float) {
            guard let offset else { return }
            for index in offset..<offset + count { values[index] = value }
        }
        uniform(inProjection, 2 * e * d, 1 / Double(d).squareRoot())
        constant(inBias, 2 * e, 0)
        uniform(convolution, e * shape.taps, 1 / Double(shape.taps).squareRoot())
        if let convolutionBias { uniform(convolutionBias, e, 1 / Double(shape.taps).squareRoot()) }
        if shape.isSelective {
            uniform(selection, shape.selection * e, 1 / Double(e).squareRoot())
        } else {
            // Δ starts as its bias has it; B and C of the size that a projection of numbers about 1 has.
            constant(selection, shape.stepRank, 0)
            uniform(selection + shape.stepRank, 2 * shape.state, 1)
        }
        uniform(stepProjection, e * shape.stepRank, 1 / Double(shape.stepRank).squareRoot())
        for channel in 0..<e { values[stepBias + channel] = Self.stepBias(random.unit()) }
        for channel in 0..<e {
            for state in 0..<n { values[logA + channel * n + state] = Float(log(Double(state + 1))) }
        }
        constant(skip, e, 1)
        uniform(outProjection, d * e, 1 / (Double(e) * Double(layers)).squareRoot())
        constant(outBias, d, 0)
        // κ log-uniform in [1e-3, 1e-2] (math 5).
        if let timeDecay {
            for channel in 0..<e {
                values[timeDecay + channel] = Self.inverseSoftplus(exp(log(1e-3) + random.unit() * log(10)))
            }
        }
    }

    /// softplus⁻¹(δ), δ log-uniform in [0.001, 0.1] for a share in [0, 1).
    private static func stepBias(_ share: Double) -> Float {
        inverseSoftplus(max(exp(log(0.001) + share * log(100)), 1e-4))
    }

    private static func inverseSoftplus(_ y: Double) -> Float { Float(y + log(-expm1(-y))) }
}

extension MambaParameters {
    package func initialize(_ values: MutableFloats, shape: MixerShape, using random: inout SplitMix64) {
        for (mixer, norm) in zip(mixers, norms) {
            mixer.initialize(values, shape: shape, layers: mixers.count, using: &random)
            for index in norm..<norm + shape.width { values[index] = 1 }
        }
    }
}

/// The parameters of one layer's state-space systems, as views into flat arrays (ssm-math §1.1).
///
/// H channels · M = N/2 modes. Re A = -exp(logDecay), Im A = frequency: the minimal reference's signs.
struct S4DKernelSlots: Sendable, Equatable {
    /// [H], `log_dt`.
    let logStep: Range<Int>
    /// [H, M], `log_A_real`.
    let logDecay: Range<Int>
    /// [H, M], `A_imag`.
    let frequency: Range<Int>
    /// [H, M, 2], `C`.
    let output: Range<Int>
    /// [H, M, 2], `B`; nil = B is 1, absorbed in C.
    let input: Range<Int>?

    init(_ prefix: String, _ layout: inout ParameterLayout, channels: Int, modes: Int, hasInput: Bool) {
        output = layout.range(adding: prefix + "C", [channels, modes, 2])
        logStep = layout.range(adding: prefix + "log_dt", [channels])
        logDecay = layout.range(adding: prefix + "log_A_real", [channels, modes])
        frequency = layout.range(adding: prefix + "A_imag", [channels, modes])
        input = hasInput ? layout.range(adding: prefix + "B", [channels, modes, 2]) : nil
    }
}

/// One mode's parameters, read from the flat array.
struct S4DModeParameters {
    let a: Complex
    let step: Double
    let b: Complex
    let c: Complex

    /// `rate` multiplies the step: a model applied at another sampling interval.
    init(
        _ slots: S4DKernelSlots, _ values: UnsafePointer<Float>, channel: Int, mode: Int, modes: Int,
        rate: Double
    ) {
        let at = channel * modes + mode
        func complex(_ range: Range<Int>) -> Complex {
            let re = range.lowerBound + 2 * at
            return Complex(Double(values[re]), Double(values[re + 1]))
        }
        a = Complex(
            -exp64(values[slots.logDecay.lowerBound + at]), Double(values[slots.frequency.lowerBound + at]))
        step = rate * exp64(values[slots.logStep.lowerBound + channel])
        c = complex(slots.output)
        b = slots.input.map(complex) ?? Complex(1)
    }
}

import Kernels

/// What the whole-sequence kernels add up about one layer's systems, and its way back to the parameters.
struct S4DSystemGradient {
    /// ∂loss/∂K, [length, H]; from the convolution.
    var kernel: [Float] = []
    var length = 0
    /// ∂loss/∂ρ, ∂(B b), ∂C, each [2, M, H]; from the recurrence, empty without one.
    var rho: [Float] = []
    var input: [Float] = []
    var output: [Float] = []

    mutating func prepareKernel(length: Int, channels: Int) {
        self.length = length
        kernel = [Float](repeating: 0, count: length * channels)
    }

    mutating func prepareScan(_ system: S4DSystem) {
        guard rho.isEmpty else { return }
        rho = [Float](repeating: 0, count: 2 * system.plane)
        input = rho
        output = rho
    }

    /// Adds to the parameters' gradients (§1.4 and §1.5, the chain from (ρ, b) to (A, dt)).
    func add(
        to gradients: UnsafeMutablePointer<Float>, _ slots: S4DKernelSlots, values: [Float],
        of system: S4DSystem,
        rule: S4DDiscretisation, rate: Double = 1
    ) {
        var s0 = [Double](repeating: 0, count: 2 * system.plane)
        var s1 = s0
        system.rho.withUnsafeBufferPointer { rho in
            // Force unwraps: a system has modes.
            mneme_s4d_vandermonde_backward(
                length, system.modes, system.channels, rho.baseAddress!, rho.baseAddress! + system.plane,
                kernel, &s0, &s1)
        }
        values.withUnsafeBufferPointer { values in
            for h in 0..<system.channels {
                for m in 0..<system.modes {
                    let at = m * system.channels + h
                    let p = S4DModeParameters(
                        slots, values.baseAddress!, channel: h, mode: m, modes: system.modes, rate: rate)
                    // Force unwrap: a layer has parameters.
                    let mode = rule.mode(a: p.a, step: p.step)
                    let flow = ModeFlow(
                        gradient: self, at: at, plane: system.plane,
                        s0: Complex(s0[at], s0[system.plane + at]),
                        s1: Complex(s1[at], s1[system.plane + at]), parameters: p, mode: mode)
                    flow.add(to: gradients, slots, channel: h, mode: m, modes: system.modes, p, mode)
                }
            }
        }
    }
}

/// The gradients of one mode: G_X = ∂/∂Re X + i ∂/∂Im X (§0).
private struct ModeFlow {
    var rho: Complex
    var b: Complex
    var input: Complex
    var output: Complex

    init(
        gradient: S4DSystemGradient, at: Int, plane: Int, s0: Complex, s1: Complex,
        parameters p: S4DModeParameters,
        mode: S4DDiscretisation.Mode
    ) {
        let v = 2 * s0.conjugate
        rho = 2 * (p.c * p.b * mode.b * s1).conjugate
        output = v * (p.b * mode.b).conjugate
        input = v * (p.c * mode.b).conjugate
        b = v * (p.c * p.b).conjugate
        guard !gradient.rho.isEmpty else { return }
        func scanned(_ planes: [Float]) -> Complex { Complex(Double(planes[at]), Double(planes[plane + at])) }
        let driven = scanned(gradient.input)
        rho = rho + scanned(gradient.rho)
        output = output + scanned(gradient.output)
        input = input + driven * mode.b.conjugate
        b = b + driven * p.b.conjugate
    }

    func add(
        to gradients: UnsafeMutablePointer<Float>, _ slots: S4DKernelSlots, channel: Int, mode m: Int,
        modes: Int,
        _ p: S4DModeParameters, _ mode: S4DDiscretisation.Mode
    ) {
        let at = channel * modes + m
        let w = rho * mode.rhoByW.conjugate
        let a = p.step * w + b * mode.bByA.conjugate
        let step = (w * p.a.conjugate).re + (b * mode.bByStep.conjugate).re
        gradients[slots.logStep.lowerBound + channel] += Float(p.step * step)
        gradients[slots.logDecay.lowerBound + at] += Float(a.re * p.a.re)
        gradients[slots.frequency.lowerBound + at] += Float(a.im)
        func addComplex(_ range: Range<Int>, _ value: Complex) {
            gradients[range.lowerBound + 2 * at] += Float(value.re)
            gradients[range.lowerBound + 2 * at + 1] += Float(value.im)
        }
        addComplex(slots.output, output)
        if let range = slots.input { addComplex(range, input) }
    }
}

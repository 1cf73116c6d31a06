import Glibc
import Kernels

func exp64(_ value: Float) -> Double { exp(Double(value)) }

/// One layer's systems in discrete time, laid out for the kernels: [M, H], channels in the lanes.
///
/// A value: made anew when the parameters change.
struct S4DSystem: Sendable {
    let channels: Int
    let modes: Int
    /// ρ, real and imaginary planes, [2, M, H].
    let rho: [Double]
    /// v = C B b, [2, M, H] (§1.4).
    let v: [Double]
    /// For the recurrence, in float32: ρ, B b and C, each [2, M, H] (§1.5).
    let scanRho: [Float]
    let scanInput: [Float]
    let scanOutput: [Float]

    var plane: Int { channels * modes }

    init(
        _ slots: S4DKernelSlots, values: [Float], channels: Int, modes: Int, rule: S4DDiscretisation,
        rate: Double = 1
    ) {
        let plane = channels * modes
        var rho = [Double](repeating: 0, count: 2 * plane)
        var v = rho
        var input = rho
        var output = rho
        values.withUnsafeBufferPointer { values in
            for h in 0..<channels {
                for m in 0..<modes {
                    // Force unwrap: a layer has parameters.
                    let p = S4DModeParameters(
                        slots, values.baseAddress!, channel: h, mode: m, modes: modes, rate: rate)
                    let mode = rule.mode(a: p.a, step: p.step)
                    let driven = p.b * mode.b
                    for (array, number) in [(0, mode.rho), (1, p.c * driven), (2, driven), (3, p.c)] {
                        let at = m * channels + h
                        switch array {
                        case 0: (rho[at], rho[plane + at]) = (number.re, number.im)
                        case 1: (v[at], v[plane + at]) = (number.re, number.im)
                        case 2: (input[at], input[plane + at]) = (number.re, number.im)
                        default: (output[at], output[plane + at]) = (number.re, number.im)
                        }
                    }
                }
            }
        }
        self.channels = channels
        self.modes = modes
        self.rho = rho
        self.v = v
        scanRho = rho.map(Float.init)
        scanInput = input.map(Float.init)
        scanOutput = output.map(Float.init)
    }

    /// The convolution kernel, [length, H] (§1.4).
    func kernel(length: Int) -> [Float] {
        var kernel = S4DConvolutionKernel(of: self)
        kernel.extend(to: length, of: self)
        return kernel.values
    }
}

/// A kernel so far: a longer one goes on where it ended, because K_l doesn't depend on the length.
struct S4DConvolutionKernel: Sendable {
    /// [length, H].
    private(set) var values: [Float] = []
    private(set) var length = 0
    /// ρ^length, [2, M, H].
    private var power: [Double]

    init(of system: S4DSystem) {
        power = [Double](repeating: 1, count: system.plane) + [Double](repeating: 0, count: system.plane)
    }

    mutating func extend(to wanted: Int, of system: S4DSystem) {
        guard wanted > length else { return }
        values += [Float](repeating: 0, count: (wanted - length) * system.channels)
        system.rho.withUnsafeBufferPointer { rho in
            system.v.withUnsafeBufferPointer { v in
                // Force unwraps: a system has modes.
                mneme_s4d_vandermonde(
                    length, wanted, system.modes, system.channels, rho.baseAddress!,
                    rho.baseAddress! + system.plane,
                    v.baseAddress!, v.baseAddress! + system.plane, &power, &values)
            }
        }
        length = wanted
    }
}

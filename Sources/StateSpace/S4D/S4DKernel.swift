import Kernels

/// The systems of one layer alone: parameters in, convolution kernel or recurrence out (ssm-math §1.3–1.5).
///
/// H channels · M = N/2 modes · planes [2, M, H] are real parts, then imaginary parts.
package struct S4DKernel: Sendable {
    package let layout: ParameterLayout
    package let values: [Float]
    package let rule: S4DDiscretisation
    package let rate: Double
    let slots: S4DKernelSlots
    let system: S4DSystem

    /// The parameters' names and shapes, as the minimal reference has them (and `B` where it is trained).
    package static func layout(channels: Int, stateSize: Int, hasInputMatrix: Bool) -> ParameterLayout {
        var layout = ParameterLayout()
        _ = S4DKernelSlots("", &layout, channels: channels, modes: stateSize / 2, hasInput: hasInputMatrix)
        return layout
    }

    /// `rate` multiplies every step: a model applied at another sampling interval.
    package init(
        channels: Int, stateSize: Int, hasInputMatrix: Bool = false, rule: S4DDiscretisation = .zeroOrderHold,
        rate: Double = 1, values: [Float]
    ) {
        var layout = ParameterLayout()
        slots = S4DKernelSlots(
            "", &layout, channels: channels, modes: stateSize / 2, hasInput: hasInputMatrix)
        precondition(values.count == layout.count, "these values are another kernel's")
        system = S4DSystem(
            slots, values: values, channels: channels, modes: stateSize / 2, rule: rule, rate: rate)
        self.layout = layout
        self.values = values
        self.rule = rule
        self.rate = rate
    }

    /// ρ, [2, M, H].
    package var transition: [Float] { system.scanRho }
    /// B b, [2, M, H].
    package var drive: [Float] { system.scanInput }

    /// K, [length, H].
    package func convolutionKernel(length: Int) -> [Float] { system.kernel(length: length) }

    /// The parameters' gradients for ∂loss/∂K, [length, H].
    package func gradients(dKernel: [Float], length: Int) -> [Float] {
        var gradient = S4DSystemGradient()
        gradient.kernel = dKernel
        gradient.length = length
        var result = [Float](repeating: 0, count: layout.count)
        gradient.add(to: &result, slots, values: values, of: system, rule: rule, rate: rate)
        return result
    }

    /// The recurrence over u [length, H] without D; `state` [2, M, H] is carried.
    package func scan(_ u: [Float], state: inout [Float]) -> [Float] {
        let length = u.count / system.channels
        var y = [Float](repeating: 0, count: u.count)
        let skip = [Float](repeating: 0, count: system.channels)
        mneme_s4d_scan(
            length, system.modes, system.channels, system.scanRho, system.scanInput, system.scanOutput, skip,
            u, &state, &y,
            nil)
        return y
    }

    /// The convolution over u [length, H] without D.
    package func convolve(_ u: [Float]) -> [Float] {
        let length = u.count / system.channels
        var y = [Float](repeating: 0, count: u.count)
        let skip = [Float](repeating: 0, count: system.channels)
        mneme_s4d_convolve(
            system.channels, 1, [0, Int32(length)], u, system.kernel(length: length), skip, &y)
        return y
    }
}

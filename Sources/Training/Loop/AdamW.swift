import Kernels
import StateSpace

/// AdamW in PyTorch's order (ssm-math 9): global clipping, decoupled decay of the entries that decay, ε after the
/// corrected root.
package final class AdamW {
    package struct Rule: Sendable, Equatable {
        package var beta1 = 0.9
        package var beta2 = 0.999
        package var epsilon = 1e-8
        package var weightDecay = 0.01
        /// Largest global norm of the gradients; nil: no clipping.
        package var clip: Double? = 1
        package init() {}
    }

    package let rule: Rule
    package let layout: ParameterLayout
    /// First and second moments, in the parameters' layout.
    package let first, second: FloatBuffer
    /// Updates made so far; a checkpoint holds it with the moments.
    package var steps: Int
    private let kernels: mneme_kernels_t

    package init(_ layout: ParameterLayout, rule: Rule = Rule(), steps: Int = 0, kernels: KernelTable = .best)
    {
        self.layout = layout
        self.rule = rule
        self.steps = steps
        self.kernels = kernels.functions
        first = FloatBuffer(layout.count)
        second = FloatBuffer(layout.count)
    }

    /// One update; returns the global norm of the gradients before clipping.
    @discardableResult
    package func update(_ parameters: MutableFloats, gradients: Floats, learningRate: Double) -> Double {
        let norm = kernels.sum_of_squares(gradients, layout.count).squareRoot()
        let scale = rule.clip.map { min(1, $0 / (norm + 1e-6)) } ?? 1
        steps += 1
        for entry in layout.entries {
            var call = call(learningRate, decay: entry.decays ? rule.weightDecay : 0, scale: scale)
            kernels.adamw(
                &call, entry.count, gradients + entry.offset, parameters + entry.offset,
                first.start + entry.offset,
                second.start + entry.offset)
        }
        return norm
    }

    private func call(_ learningRate: Double, decay: Double, scale: Double) -> mneme_adamw_t {
        mneme_adamw_t(
            learning_rate: Float(learningRate), epsilon: Float(rule.epsilon), weight_decay: Float(decay),
            beta1: Float(rule.beta1), beta2: Float(rule.beta2), new1: Float(1 - rule.beta1),
            new2: Float(1 - rule.beta2), correction1: Float(1 - power(rule.beta1, steps)),
            correction2_root: Float((1 - power(rule.beta2, steps)).squareRoot()), gradient_scale: Float(scale)
        )
    }
}

@available(*, unavailable)
extension AdamW: Sendable {}

/// base^exponent by squaring.
private func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    var factor = base
    var left = exponent
    while left > 0 {
        if left & 1 == 1 { result *= factor }
        factor *= factor
        left >>= 1
    }
    return result
}

import Kernels
import StateSpace

/// Softmax cross-entropy with one target among `count` classes, perhaps with smoothed labels: the target is
/// 1 - ε + ε/count, every other class ε/count.
///
/// Smoothing asks for logits of one size instead of ever larger ones, so a sequence model keeps a reason to be exact
/// after all answers are right.
package struct CrossEntropy: Sendable {
    package let smoothing: Float
    private let kernels: KernelTable

    package init(smoothing: Float = 0, kernels: KernelTable = .best) {
        self.smoothing = smoothing
        self.kernels = kernels
    }

    /// Loss of one row; `gradient` [count] is written.
    package func callAsFunction(
        scores: Floats, target: Int, count: Int, gradient: MutableFloats
    ) -> Float {
        let hard = kernels.functions.cross_entropy(count, scores, target, 1, gradient)
        guard smoothing > 0 else { return hard }
        // -log p_j = hard + s_target - s_j; the smoothed part is their mean.
        var mean: Float = 0
        for index in 0..<count {
            mean += (hard + scores[target] - scores[index]) / Float(count)
            gradient[index] -= smoothing / Float(count)
        }
        gradient[target] += smoothing
        return (1 - smoothing) * hard + smoothing * mean
    }
}

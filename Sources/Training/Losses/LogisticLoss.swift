import Glibc
import StateSpace

/// Binary cross-entropy on logits, for heads that answer yes or no: label y in [0, 1], loss = softplus(z) - y z.
package struct LogisticLoss: Sendable {
    /// Multiplies the loss of the positive share: above 1 where positives are rare.
    package var positiveWeight: Float

    package init(positiveWeight: Float = 1) { self.positiveWeight = positiveWeight }

    /// Loss of `count` logits; `gradient` [count] is that of `weight` × loss, zero where `mask` is. The sum of weights
    /// is the number of unmasked logits.
    package func callAsFunction(
        scores: Floats, labels: Floats, mask: UnsafePointer<UInt8>? = nil, count: Int, weight: Float = 1,
        gradient: MutableFloats
    ) -> LossSum {
        var sum = LossSum()
        for index in 0..<count {
            guard (mask?[index] ?? 1) != 0 else {
                gradient[index] = 0
                continue
            }
            let (z, y) = (scores[index], labels[index])
            // softplus(-z) and softplus(z) without overflow; their difference is z.
            let tail = log1p(exp(-abs(z)))
            let (miss, alarm) = (max(-z, 0) + tail, max(z, 0) + tail)
            sum.loss += Double(positiveWeight * y * miss + (1 - y) * alarm)
            sum.weight += 1
            let e = exp(-abs(z))
            let probability = (z >= 0 ? 1 : e) / (1 + e)
            gradient[index] = weight * ((1 - y) * probability - positiveWeight * y * (1 - probability))
        }
        return sum
    }
}

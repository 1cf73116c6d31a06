import Kernels
import StateSpace

/// Listwise softmax cross-entropy of a batch of lists (ssm-math 8): the mean over lists with at least one relevant
/// entry; lists without one contribute neither loss nor count.
package struct ListwiseLoss: Sendable {
    private let kernels: KernelTable

    package init(kernels: KernelTable = .best) { self.kernels = kernels }

    /// Lists that count: those with a valid entry of label > 0.
    package static func counts(_ labels: Floats, mask: UnsafePointer<UInt8>?, count: Int) -> Bool {
        (0..<count).contains { labels[$0] > 0 && (mask?[$0] ?? 1) != 0 }
    }

    /// Loss of one list; `gradient` [count] is that of `weight` × loss. Returns nil where the list doesn't count.
    package func callAsFunction(
        scores: Floats, labels: Floats, mask: UnsafePointer<UInt8>?, count: Int, weight: Float,
        gradient: MutableFloats
    ) -> Float? {
        var loss: Float = 0
        let counted = kernels.functions.listwise(count, scores, labels, mask, weight, &loss, gradient)
        return counted != 0 ? loss : nil
    }
}

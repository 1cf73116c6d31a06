import Kernels

/// Cross-entropy of many hidden rows against the whole table, each row with the item that came next (math 8).
///
/// No [rows, items] matrix exists at any time. One per thread: it owns the kernel's workspace.
package final class SoftmaxProduct {
    private let kernels: KernelTable
    private let workspace: FloatBuffer
    private let logSums = GrowingFloats()

    package init(width: Int, kernels: KernelTable = .best) {
        self.kernels = kernels
        workspace = FloatBuffer(mneme_softmax_workspace(width))
    }

    /// The sum of -log p(target) over the rows h [T, D]; `targets` [T] are rows of the table, from 1.
    ///
    /// dh [T, D] is written; `gradients` (flat, of the network's layout) are added to.
    package func loss(
        _ network: ItemNetwork, hidden: Floats, targets: UnsafePointer<Int32>, rows: Int,
        dHidden: MutableFloats, gradients: MutableFloats
    ) -> Double {
        let (width, place, functions) = (network.shape.width, network.place, kernels.call)
        let sums = logSums.reserve(rows)
        // Row 0 is nobody's target and no rival: it stands for items that aren't known.
        var call = mneme_softmax_product_t(
            rows: rows, width: width, items: network.shape.items, hidden: hidden,
            table: network.table + width, bias: network.bias.map { $0 + 1 })
        functions.pointee.softmax_product(&call, workspace.start, sums)
        dHidden.update(repeating: 0, count: rows * width)
        functions.pointee.softmax_product_gradient(
            &call, workspace.start, sums, dHidden, gradients + place.table + width,
            place.bias.map { gradients + $0 + 1 })
        var loss = 0.0
        for row in 0..<rows {
            let (h, item) = (hidden + row * width, Int(targets[row]))
            let embedding = network.table + item * width
            loss += Double(sums[row] - mneme_dot_f32(h, embedding, width) - (network.bias?[item] ?? 0))
            functions.pointee.scaled_add(-1, embedding, width, dHidden + row * width)
            functions.pointee.scaled_add(-1, h, width, gradients + place.table + item * width)
            if let bias = place.bias { gradients[bias + item] -= 1 }
        }
        return loss
    }

    /// The same sum without gradients: for held-out events.
    package func loss(
        _ network: ItemNetwork, hidden: Floats, targets: UnsafePointer<Int32>, rows: Int
    ) -> Double {
        let width = network.shape.width
        let sums = logSums.reserve(rows)
        var call = mneme_softmax_product_t(
            rows: rows, width: width, items: network.shape.items, hidden: hidden,
            table: network.table + width, bias: network.bias.map { $0 + 1 })
        kernels.call.pointee.softmax_product(&call, workspace.start, sums)
        return (0..<rows).reduce(0.0) { total, row in
            let item = Int(targets[row])
            let score = mneme_dot_f32(hidden + row * width, network.table + item * width, width)
            return total + Double(sums[row] - score - (network.bias?[item] ?? 0))
        }
    }
}

@available(*, unavailable)
extension SoftmaxProduct: Sendable {}

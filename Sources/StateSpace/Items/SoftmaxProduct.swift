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

    /// The sum over the rows h [T, D] of -Σ_v q_v log p_v: q is 1 - ε at the row's target and ε/V everywhere (label
    /// smoothing; ε = 0: -log p(target)). `targets` [T] are rows of the table, from 1.
    ///
    /// dh [T, D] is written; `gradients` (flat, of the network's layout) are added to.
    package func loss(
        _ network: ItemNetwork, hidden: Floats, targets: UnsafePointer<Int32>, rows: Int,
        smoothing: Float = 0, dHidden: MutableFloats, gradients: MutableFloats
    ) -> Double {
        let (width, place, functions) = (network.shape.width, network.place, kernels.call)
        let sums = logSums.reserve(rows)
        var call = self.call(network, hidden, rows)
        functions.pointee.softmax_product(&call, workspace.start, sums)
        dHidden.update(repeating: 0, count: rows * width)
        functions.pointee.softmax_product_gradient(
            &call, workspace.start, sums, dHidden, gradients + place.table + width,
            place.bias.map { gradients + $0 + 1 })
        var loss = 0.0
        for row in 0..<rows {
            let (h, item) = (hidden + row * width, Int(targets[row]))
            let embedding = network.table + item * width
            let score = mneme_dot_f32(h, embedding, width) + (network.bias?[item] ?? 0)
            loss += Double(sums[row]) - Double((1 - smoothing) * score)
            functions.pointee.scaled_add(smoothing - 1, embedding, width, dHidden + row * width)
            functions.pointee.scaled_add(smoothing - 1, h, width, gradients + place.table + item * width)
            if let bias = place.bias { gradients[bias + item] += smoothing - 1 }
        }
        return smoothing > 0
            ? loss - smooth(network, call, share: smoothing, dHidden: dHidden, gradients: gradients) : loss
    }

    /// ε/V Σ_t Σ_v s_tv, and its gradients subtracted: sums over rows and over items are enough for it.
    private func smooth(
        _ network: ItemNetwork, _ call: mneme_softmax_product_t, share: Float, dHidden: MutableFloats,
        gradients: MutableFloats
    ) -> Double {
        let (width, items, place) = (call.width, call.items, network.place)
        let even = share / Float(items)
        let (allItems, allRows) = (FloatBuffer(width), FloatBuffer(width))
        for item in 0..<items { kernels.call.pointee.add(call.table + item * width, width, allItems.start) }
        for row in 0..<call.rows { kernels.call.pointee.add(call.hidden + row * width, width, allRows.start) }
        for row in 0..<call.rows {
            kernels.call.pointee.scaled_add(-even, allItems.start, width, dHidden + row * width)
        }
        var total = Double(mneme_dot_f32(allRows.start, allItems.start, width))
        for item in 1...items {
            kernels.call.pointee.scaled_add(
                -even, allRows.start, width, gradients + place.table + item * width)
            if let bias = place.bias {
                gradients[bias + item] -= even * Float(call.rows)
                total += Double(call.rows) * Double(network.bias?[item] ?? 0)
            }
        }
        return Double(even) * total
    }

    /// Row 0 is nobody's target and no rival: it stands for items that aren't known.
    private func call(_ network: ItemNetwork, _ hidden: Floats, _ rows: Int) -> mneme_softmax_product_t {
        mneme_softmax_product_t(
            rows: rows, width: network.shape.width, items: network.shape.items, hidden: hidden,
            table: network.table + network.shape.width, bias: network.bias.map { $0 + 1 })
    }
}

@available(*, unavailable)
extension SoftmaxProduct: Sendable {}

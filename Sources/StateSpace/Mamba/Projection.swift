import Kernels

/// A matrix packed once for the kernels: y = W x + b, in float32 or as int8 codes with a scale per row (math 7), with
/// or without a low-rank adapter beside it (math 6).
package final class Projection {
    package let inputs: Int
    package let outputs: Int
    package var adapter: LowRankAdapter?
    let panels: FloatBuffer
    /// Wᵀ, for the gradient of x; only a trainer pays for it.
    let transposed: FloatBuffer?
    private let bias: FloatBuffer?
    private(set) var quantized: QuantizedPanels?

    package init(inputs: Int, outputs: Int, hasBias: Bool = false, trains: Bool = false) {
        self.inputs = inputs
        self.outputs = outputs
        panels = FloatBuffer(mneme_packed_count(outputs, inputs))
        transposed = trains ? FloatBuffer(mneme_packed_count(inputs, outputs)) : nil
        bias = hasBias ? FloatBuffer(outputs) : nil
    }

    /// Packs `weight` [outputs, inputs]; no allocation, so that a trainer packs after every update.
    package func load(_ weight: Floats, bias newBias: Floats? = nil) {
        mneme_pack(weight, outputs, inputs, inputs, 1, panels.start)
        if let transposed { mneme_pack(weight, inputs, outputs, 1, inputs, transposed.start) }
        if let bias, let newBias { bias.start.update(from: newBias, count: outputs) }
    }

    /// From now on the product uses int8 codes of `weight`.
    package func quantize(_ weight: Floats) {
        quantized = QuantizedPanels(QuantizedRows(weight, rows: outputs, columns: inputs))
    }

    /// y [rows, outputs] (+)= x [rows, inputs] Wᵀ + b.
    @inline(__always)
    package func apply(
        _ kernels: KernelTable, rows: Int, _ x: Floats, stride: Int, to y: MutableFloats, stride yStride: Int,
        adding: Bool = false
    ) {
        var call = mneme_linear_t(
            rows: rows, inputs: inputs, outputs: outputs, x: x, x_stride: stride, y: y, y_stride: yStride,
            bias: bias.map { Floats($0.start) }, accumulate: adding ? 1 : 0)
        if let quantized {
            kernels.call.pointee.linear_int8(&call, quantized.codes, quantized.scales.start)
        } else {
            kernels.call.pointee.linear(&call, panels.start)
        }
        adapter?.apply(kernels, rows: rows, x, stride: stride, to: y, stride: yStride)
    }

    /// Given dy: dW and db are added to (null where frozen), dx is written or added to.
    package func gradient(
        _ kernels: KernelTable, rows: Int, dy: Floats, stride dyStride: Int, x: Floats, stride xStride: Int,
        dw: MutableFloats?, db: MutableFloats?, dx: MutableFloats, stride dxStride: Int, adding: Bool = false
    ) {
        if let dw {
            kernels.call.pointee.linear_gradient(rows, inputs, outputs, dy, dyStride, x, xStride, dw, db)
        }
        guard let transposed else {
            preconditionFailure("a projection made without trains: true has no gradient")
        }
        var call = mneme_linear_t(
            rows: rows, inputs: outputs, outputs: inputs, x: dy, x_stride: dyStride, y: dx,
            y_stride: dxStride, bias: nil,
            accumulate: adding ? 1 : 0)
        kernels.call.pointee.linear(&call, transposed.start)
        adapter?.gradient(
            kernels, rows: rows, dy: dy, stride: dyStride, x: x, stride: xStride, dx: dx, stride: dxStride)
    }
}

import Kernels

/// LoRA beside a frozen projection (math 6): y += s U (V x), V [r, inputs], U [outputs, r], s = α / r.
package final class LowRankAdapter {
    package let rank: Int
    package let scale: Float
    /// V and U one after the other, as PEFT's `lora_A` and `lora_B` hold them.
    package let values: FloatBuffer
    package let gradients: FloatBuffer
    private let down, up: Projection
    private let inputs, outputs: Int
    private var hidden, hiddenGradient, scaled: FloatBuffer

    /// V is given, U starts at zero: an adapter starts as identity.
    package init(inputs: Int, outputs: Int, rank: Int, alpha: Float, v: [Float], maximumRows: Int = 1) {
        precondition(v.count == rank * inputs, "V has rank × inputs numbers")
        self.inputs = inputs
        self.outputs = outputs
        self.rank = rank
        scale = alpha / Float(rank)
        values = FloatBuffer(rank * (inputs + outputs))
        gradients = FloatBuffer(values.count)
        down = Projection(inputs: inputs, outputs: rank, trains: true)
        up = Projection(inputs: rank, outputs: outputs, trains: true)
        hidden = FloatBuffer(maximumRows * rank)
        hiddenGradient = FloatBuffer(maximumRows * rank)
        scaled = FloatBuffer(maximumRows * max(rank, 1))
        for (index, value) in v.enumerated() { values.start[index] = value }
        pack()
    }

    package var v: MutableFloats { values.start }
    package var u: MutableFloats { values.start + rank * inputs }

    /// After `values` changed.
    package func pack() {
        down.load(v)
        up.load(u)
    }

    /// weight [outputs, inputs] += s U V: the merged matrix for serving; the pair stays what is stored.
    package func merge(into weight: MutableFloats) {
        for row in 0..<outputs {
            for column in 0..<inputs {
                var total = 0.0
                for index in 0..<rank {
                    total += Double(u[row * rank + index]) * Double(v[index * inputs + column])
                }
                weight[row * inputs + column] += Float(total * Double(scale))
            }
        }
    }

    func apply(
        _ kernels: KernelTable, rows: Int, _ x: Floats, stride: Int, to y: MutableFloats, stride yStride: Int
    ) {
        project(kernels, rows: rows, x, stride: stride)
        for index in 0..<rows * rank { scaled.start[index] = scale * hidden.start[index] }
        up.apply(kernels, rows: rows, scaled.start, stride: rank, to: y, stride: yStride, adding: true)
    }

    func gradient(
        _ kernels: KernelTable, rows: Int, dy: Floats, stride dyStride: Int, x: Floats, stride xStride: Int,
        dx: MutableFloats, stride dxStride: Int
    ) {
        project(kernels, rows: rows, x, stride: xStride)
        for index in 0..<rows * rank { scaled.start[index] = scale * hidden.start[index] }
        up.gradient(
            kernels, rows: rows, dy: dy, stride: dyStride, x: scaled.start, stride: rank,
            dw: gradients.start + rank * inputs, db: nil, dx: hiddenGradient.start, stride: rank)
        for index in 0..<rows * rank { hiddenGradient.start[index] *= scale }
        down.gradient(
            kernels, rows: rows, dy: hiddenGradient.start, stride: rank, x: x, stride: xStride,
            dw: gradients.start,
            db: nil, dx: dx, stride: dxStride, adding: true)
    }

    /// hidden = V x; grows once where a longer sequence comes.
    private func project(_ kernels: KernelTable, rows: Int, _ x: Floats, stride: Int) {
        if hidden.count < rows * rank {
            hidden = FloatBuffer(rows * rank)
            hiddenGradient = FloatBuffer(rows * rank)
            scaled = FloatBuffer(rows * rank)
        }
        down.apply(kernels, rows: rows, x, stride: stride, to: hidden.start, stride: rank)
    }
}

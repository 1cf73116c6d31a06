import Kernels

/// The short depthwise convolution alone, of one sequence from zeros (math 2.2): y_t = b + Σ_k w_k x_(t-(K-1)+k).
///
/// T steps · E channels · K taps.
package struct CausalConvolution {
    package let channels, taps: Int
    /// [K, E], as the kernels read it; [E].
    private let weight, bias: FloatBuffer
    private let hasBias: Bool
    private let kernels: KernelTable

    /// `weight` [E, 1, K] as PyTorch has it.
    package init(channels: Int, taps: Int, weight: [Float], bias: [Float]?, kernels: KernelTable) {
        precondition(weight.count == channels * taps, "weight has channels × taps numbers")
        self.channels = channels
        self.taps = taps
        self.weight = FloatBuffer(weight.count)
        mneme_transpose(weight, channels, taps, self.weight.start)
        self.bias = FloatBuffer(bias ?? [Float](repeating: 0, count: channels))
        hasBias = bias != nil
        self.kernels = kernels
    }

    /// x, y [T, E].
    package func run(_ x: [Float]) -> [Float] {
        let input = FloatBuffer(x)
        let y = FloatBuffer(x.count)
        let state = FloatBuffer((taps - 1) * channels)
        var call = call(input)
        kernels.call.pointee.conv(&call, state.start, y.start, channels)
        return y.array
    }

    /// x as the input, weight as PyTorch has it, bias [E].
    package func gradients(_ x: [Float], dy: [Float]) -> (x: [Float], weight: [Float], bias: [Float]) {
        let input = FloatBuffer(x)
        let slope = FloatBuffer(dy)
        let dx = FloatBuffer(x.count)
        let (dw, db) = (FloatBuffer(weight.count), FloatBuffer(channels))
        var call = call(input)
        kernels.call.pointee.conv_gradient(
            &call, nil, slope.start, channels, dx.start, channels, dw.start, db.start)
        let turned = FloatBuffer(weight.count)
        mneme_transpose(dw.start, taps, channels, turned.start)
        return (dx.array, turned.array, db.array)
    }

    private func call(_ x: FloatBuffer) -> mneme_conv_t {
        mneme_conv_t(
            rows: x.count / channels, channels: channels, taps: taps, x: x.start, x_stride: channels,
            weight: weight.start, bias: hasBias ? Floats(bias.start) : nil)
    }
}

import Kernels
import StateSpace

/// [rows, columns] as [columns, rows].
func transposed(_ values: [Float], _ rows: Int, _ columns: Int) -> [Float] {
    (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }
}

func convolution(
    rows: Int, channels: Int, taps: Int, x: FloatBuffer, weight: FloatBuffer, bias: FloatBuffer
) -> mneme_conv_t {
    mneme_conv_t(
        rows: rows, channels: channels, taps: taps, x: x.start, x_stride: channels, weight: weight.start,
        bias: bias.start)
}

/// Numbers in [-bound, bound), the same on every run.
func noise(_ count: Int, seed: UInt64, bound: Double = 1) -> FloatBuffer {
    var random = SplitMix64(seed: seed)
    return FloatBuffer((0..<count).map { _ in random.symmetric(bound) })
}

import Glibc
import Kernels

/// int8 per row (math 7): s = max|w| / 127 of a row, q = clamp(round half even(w / s), -127, 127).
package struct QuantizedRows: Sendable {
    package let rows, columns: Int
    package private(set) var codes: [Int8]
    package private(set) var scales: [Float]

    package init(_ weight: Floats, rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        codes = []
        codes.reserveCapacity(rows * columns)
        scales = []
        for row in 0..<rows {
            let values = UnsafeBufferPointer(start: weight + row * columns, count: columns)
            let largest = values.reduce(0) { max($0, abs($1)) }
            // A row of zeros keeps zeros under any scale.
            let scale = largest > 0 ? largest / 127 : 1
            scales.append(scale)
            codes += values.map { Int8(Self.code($0, inverse: 1 / scale, in: -127...127)) }
        }
    }

    /// Multiplies by 1/s and rounds to even, as torch does: a tie may differ from w / s. NaN becomes 0.
    static func code(_ value: Float, inverse: Float, in range: ClosedRange<Float>) -> Float {
        let rounded = (value * inverse).rounded(.toNearestOrEven)
        return rounded.isNaN ? 0 : min(max(rounded, range.lowerBound), range.upperBound)
    }

    /// What the model computes with: q s.
    package var weight: [Float] { codes.indices.map { Float(codes[$0]) * scales[$0 / columns] } }
}

/// Straight-through fake quantisation with a given scale (activations per tensor: -128…127): values on the grid, and
/// the gradient passes where the unclipped code is in range.
package func fakeQuantize(_ values: [Float], scale: Float, in range: ClosedRange<Float>) -> [Float] {
    values.map { QuantizedRows.code($0, inverse: 1 / scale, in: range) * scale }
}

package func fakeQuantizeGradient(
    _ values: [Float], dy: [Float], scale: Float, in range: ClosedRange<Float>
) -> [Float] {
    zip(values, dy).map { value, gradient in
        range.contains((value * (1 / scale)).rounded(.toNearestOrEven)) ? gradient : 0
    }
}

/// 1.58 bit (math 7, BitNet b1.58): γ = mean|w| of the matrix, codes = clamp(round(w / γ), -1, 1), weight = γ codes.
package struct TernaryMatrix: Sendable {
    package let gamma: Float
    package let codes: [Float]

    package init(_ weight: [Float]) {
        let mean = weight.reduce(0.0) { $0 + Double(abs($1)) } / Double(max(weight.count, 1))
        gamma = Float(mean)
        // A matrix of zeros has γ = 0; the published ε keeps its codes zero.
        let inverse = 1 / (gamma + 1e-8)
        codes = weight.map { QuantizedRows.code($0, inverse: inverse, in: -1...1) }
    }

    package var weight: [Float] { codes.map { $0 * gamma } }
}

/// Codes in the kernels' order.
final class QuantizedPanels {
    let codes: UnsafeMutablePointer<Int8>
    let scales: FloatBuffer

    init(_ rows: QuantizedRows) {
        codes = .allocate(capacity: mneme_packed_count(rows.rows, rows.columns))
        scales = FloatBuffer(rows.scales)
        rows.codes.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { mneme_pack_int8(start, rows.rows, rows.columns, codes) }
        }
    }

    deinit { codes.deallocate() }
}

@available(*, unavailable)
extension QuantizedPanels: Sendable {}

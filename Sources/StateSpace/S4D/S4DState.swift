import Kernels

/// Where a path is after some hops: every layer's modes and the readout so far. All a path needs to go on.
package struct S4DState: Sendable, Equatable {
    /// Hops taken.
    package fileprivate(set) var hops = 0
    /// [layers, 2, M, H], then the readout's sum [H] and largest [H].
    package fileprivate(set) var values: [Float]

    /// The state before the first hop.
    package init(_ configuration: S4DConfiguration) {
        values = [Float](repeating: 0, count: Self.count(configuration))
    }

    /// A state exported before; nil if it can't be one of this model's.
    package init?(hops: Int, values: [Float], _ configuration: S4DConfiguration) {
        // The bound keeps hops to come from overflowing.
        guard (0...1 << 48).contains(hops), values.count == Self.count(configuration),
            values.allSatisfy({ abs($0) <= StateBytes.accumulated })
        else { return nil }
        self.hops = hops
        self.values = values
    }

    private static func count(_ configuration: S4DConfiguration) -> Int {
        configuration.channels * (2 * configuration.modes * configuration.layers + 2)
    }
}

extension S4DNetwork {
    /// Takes `rows` more hops from `state`: `features` [rows, d_in] → `output` [d_out], the path's score so far.
    ///
    /// No allocation after the first call of a size.
    package func advance(
        _ state: inout S4DState, rows: Int, features: UnsafePointer<Float>, with activations: S4DActivations,
        into output: UnsafeMutablePointer<Float>
    ) {
        let width = configuration.channels
        let plane = 2 * configuration.modes * width
        encode(
            rows: rows, features: features, into: activations.layer(0, rows: rows, channels: width).residual)
        state.values.withUnsafeMutableBufferPointer { values in
            // Force unwrap: a state has values.
            let start = values.baseAddress!
            stack.advance(start, rows: rows, activations)
            let last = activations.layer(stack.layers.count, rows: rows, channels: width).residual
            readOut(
                last, rows: rows, hops: state.hops, sums: start + stack.layers.count * plane,
                pooled: activations.pooled.reserve(2 * width))
        }
        state.hops += rows
        decode(paths: 1, activations, outputs: output)
    }

    private func readOut(
        _ x: UnsafePointer<Float>, rows: Int, hops: Int, sums: UnsafeMutablePointer<Float>,
        pooled: UnsafeMutablePointer<Float>
    ) {
        let width = configuration.channels
        let largest = sums + width
        for row in 0..<rows {
            for h in 0..<width {
                let value = x[row * width + h]
                sums[h] += value
                largest[h] = hops + row == 0 ? value : max(largest[h], value)
            }
        }
        for h in 0..<width { pooled[h] = sums[h] / Float(max(hops + rows, 1)) }
        if configuration.readout == .meanAndMax { (pooled + width).update(from: largest, count: width) }
    }
}

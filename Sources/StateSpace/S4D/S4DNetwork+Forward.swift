import Kernels

extension S4DNetwork {
    /// Rows that go through all layers together: their activations (some 64 kB at H 64) stay in the cache.
    private static let blockRows = 96

    /// Scores paths: `features` [R, d_in] → `outputs` [P, d_out].
    ///
    /// `mode` nil = the cheaper one per path. No allocation after the largest call.
    package func score(
        _ paths: S4DPaths, features: UnsafePointer<Float>, mode: S4DMode? = nil,
        with activations: S4DActivations,
        into outputs: UnsafeMutablePointer<Float>
    ) {
        let kernels = stack.kernels(length: stack.convolvedHops(paths, mode))
        paths.offsets.withUnsafeBufferPointer { offsets in
            // Force unwrap: offsets has at least the zero.
            let offsets = offsets.baseAddress!
            var first = 0
            while first < paths.count {
                var end = first + 1
                while end < paths.count, Int(offsets[end + 1] - offsets[first]) <= Self.blockRows { end += 1 }
                block(
                    offsets, first..<end, features: features, mode: mode, kernels, activations,
                    outputs: outputs + first * configuration.outputs)
                first = end
            }
        }
    }

    private func block(
        _ offsets: UnsafePointer<Int32>, _ paths: Range<Int>, features: UnsafePointer<Float>, mode: S4DMode?,
        _ kernels: [[Float]], _ activations: S4DActivations, outputs: UnsafeMutablePointer<Float>
    ) {
        let start = Int(offsets[paths.lowerBound])
        let rows = Int(offsets[paths.upperBound]) - start
        // Offsets count from the first path of the batch, the buffers from the first of the block.
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: paths.count + 1) { local in
            // Force unwrap: it has at least one element.
            for path in 0...paths.count { local[path] = offsets[paths.lowerBound + path] - Int32(start) }
            forward(
                UnsafePointer(local.baseAddress!), paths: paths.count, rows: rows,
                features: features + start * configuration.inputs, mode: mode, kernels, activations)
        }
        decode(paths: paths.count, activations, outputs: outputs)
    }

    /// Encoder, layers and readout; leaves the pooled paths in the activations.
    func forward(
        _ offsets: UnsafePointer<Int32>, paths: Int, rows: Int, features: UnsafePointer<Float>,
        mode: S4DMode?,
        _ kernels: [[Float]], _ activations: S4DActivations
    ) {
        let width = configuration.channels
        encode(
            rows: rows, features: features, into: activations.layer(0, rows: rows, channels: width).residual)
        stack.forward(offsets, paths: paths, rows: rows, mode: mode, kernels, activations)
        let pooled = activations.pooled.reserve(paths * configuration.pooledWidth)
        mneme_s4d_pool(
            width, paths, offsets, activations.layer(stack.layers.count, rows: rows, channels: width).residual,
            configuration.readout == .meanAndMax ? 1 : 0, pooled)
    }

    func encode(rows: Int, features: UnsafePointer<Float>, into x: UnsafeMutablePointer<Float>) {
        let width = configuration.channels
        mneme_s4d_matrix(
            rows, width, configuration.inputs, features, configuration.inputs, 1, encoder.transposed, width,
            encoder.bias, 0,
            x, width)
    }

    func decode(paths: Int, _ activations: S4DActivations, outputs: UnsafeMutablePointer<Float>) {
        let width = configuration.pooledWidth
        mneme_s4d_matrix(
            paths, configuration.outputs, width, activations.pooled.start, width, 1, decoder.transposed,
            configuration.outputs, decoder.bias, 0, outputs, configuration.outputs)
    }
}

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
        let kernels = kernels(length: convolvedHops(paths, mode))
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

    /// The longest path that a convolution will meet.
    func convolvedHops(_ paths: S4DPaths, _ mode: S4DMode?) -> Int {
        switch mode {
        case .recurrence: 0
        case .convolution: paths.longest
        case nil: min(paths.longest, 8 * configuration.modes)
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
        for index in layers.indices {
            run(layer: index, rows: rows, activations) { layer, input, mixed in
                layer.mix(
                    offsets, paths: paths, mode: mode, kernel: kernels[index], state: activations.state,
                    u: input, y: mixed)
            }
        }
        let pooled = activations.pooled.reserve(paths * configuration.pooledWidth)
        mneme_s4d_pool(
            width, paths, offsets, activations.layer(layers.count, rows: rows, channels: width).residual,
            configuration.readout == .meanAndMax ? 1 : 0, pooled)
    }

    func encode(rows: Int, features: UnsafePointer<Float>, into x: UnsafeMutablePointer<Float>) {
        let width = configuration.channels
        mneme_s4d_matrix(
            rows, width, configuration.inputs, features, configuration.inputs, 1, encoder.transposed, width,
            encoder.bias, 0,
            x, width)
    }

    /// One residual layer; `mix` runs its systems, over whole paths or from a carried state.
    func run(
        layer index: Int, rows: Int, _ activations: S4DActivations,
        mix: (S4DLayer, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) {
        let layer = layers[index]
        let width = configuration.channels
        let norm = norms[index]
        let buffers = activations.layer(index, rows: rows, channels: width)
        let next = activations.layer(index + 1, rows: rows, channels: width).residual
        switch configuration.norm {
        case .pre:
            mneme_s4d_layer_norm(rows, width, buffers.residual, norm.weight, norm.bias, buffers.input)
            mix(layer, buffers.input, buffers.mixed)
            if next != buffers.residual { next.update(from: buffers.residual, count: rows * width) }
            layer.finish(rows: rows, buffers, add: true, y: next)
        case .post:
            mix(layer, buffers.residual, buffers.mixed)
            if buffers.sum != buffers.residual {
                buffers.sum.update(from: buffers.residual, count: rows * width)
            }
            layer.finish(rows: rows, buffers, add: true, y: buffers.sum)
            mneme_s4d_layer_norm(rows, width, buffers.sum, norm.weight, norm.bias, next)
        }
    }

    func decode(paths: Int, _ activations: S4DActivations, outputs: UnsafeMutablePointer<Float>) {
        let width = configuration.pooledWidth
        mneme_s4d_matrix(
            paths, configuration.outputs, width, activations.pooled.start, width, 1, decoder.transposed,
            configuration.outputs, decoder.bias, 0, outputs, configuration.outputs)
    }
}

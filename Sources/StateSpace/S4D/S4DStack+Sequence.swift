import Kernels

extension S4DStack {
    /// All layers over whole paths: the stream in `layer(0).residual` of the activations, out in the last layer's.
    func forward(
        _ offsets: UnsafePointer<Int32>, paths: Int, rows: Int, mode: S4DMode?, _ kernels: [[Float]],
        _ activations: S4DActivations
    ) {
        for index in layers.indices {
            run(layer: index, rows: rows, activations) { layer, input, mixed in
                layer.mix(
                    offsets, paths: paths, mode: mode, kernel: kernels[index], state: activations.state,
                    u: input, y: mixed)
            }
        }
    }

    /// `rows` more of one sequence, from the carried `states` [layers, 2, M, H] and to them; the stream as in `forward`.
    /// Allocates nothing after the first call of a size.
    func advance(_ states: MutableFloats, rows: Int, _ activations: S4DActivations) {
        let plane = 2 * configuration.modes * configuration.channels
        for index in layers.indices {
            run(layer: index, rows: rows, activations) { layer, input, mixed in
                layer.scan(length: rows, state: states + index * plane, u: input, y: mixed, states: nil)
            }
        }
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

    /// `stream` [R, H]: gradient of the last layer's output in, of the first one's input out.
    func backward(
        _ paths: S4DPaths, mode: S4DMode?, kept activations: S4DActivations,
        stream: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>
    ) {
        let rows = paths.rows
        let kernels = kernels(length: convolvedHops(paths, mode))
        paths.offsets.withUnsafeBufferPointer { offsets in
            // Force unwrap: offsets has at least the zero.
            let offsets = offsets.baseAddress!
            for index in layers.indices.reversed() {
                var gradient = S4DSystemGradient()
                gradient.prepareKernel(length: convolvedHops(paths, mode), channels: configuration.channels)
                layerBackward(index, rows: rows, activations, stream: stream, gradients: gradients) {
                    layer, u, dy, du in
                    layer.mixBackward(
                        offsets, paths: paths.count, mode: mode, kernel: kernels[index],
                        scratch: activations.slopes.states,
                        u: u, dy: dy, du: du, gradient: &gradient, gradients: gradients)
                }
                gradient.add(
                    to: gradients, layers[index].slots.kernel, values: values, of: layers[index].system,
                    rule: configuration.discretisation)
            }
        }
    }

    /// `stream` is the gradient of the layer's output before and of its input after.
    private func layerBackward(
        _ index: Int, rows: Int, _ activations: S4DActivations, stream: UnsafeMutablePointer<Float>,
        gradients: UnsafeMutablePointer<Float>,
        mix: (S4DLayer, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) {
        let width = configuration.channels
        let size = rows * width
        let layer = layers[index]
        let buffers = activations.layer(index, rows: rows, channels: width)
        let slopes = activations.slopes
        let inner = slopes.inner.reserve(size)
        let input = slopes.input.reserve(size)
        let gated = slopes.gated.reserve(2 * size)
        let norm = place.norms[index]
        func normBackward(
            _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>
        ) {
            mneme_s4d_layer_norm_backward(
                rows, width, x, norms[index].weight, dy, dx, gradients + norm.weight.lowerBound,
                gradients + norm.bias.lowerBound)
        }
        switch configuration.norm {
        case .pre:
            layer.finishBackward(
                rows: rows, buffers, dy: stream, scratch: gated, slope: inner, gradients: gradients)
            mix(layer, buffers.input, inner, input)
            normBackward(buffers.residual, input, stream)
        case .post:
            input.update(repeating: 0, count: size)
            normBackward(buffers.sum, stream, input)
            layer.finishBackward(
                rows: rows, buffers, dy: input, scratch: gated, slope: inner, gradients: gradients)
            mix(layer, buffers.residual, inner, stream)
            // The residual's share; once per row, so a plain loop will do.
            for element in 0..<size { stream[element] += input[element] }
        }
    }
}

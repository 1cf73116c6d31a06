import Kernels

extension S4DNetwork {
    /// Forward pass that keeps what `backward` needs: `features` [R, d_in] → `outputs` [P, d_out].
    package func forward(
        _ paths: S4DPaths, features: UnsafePointer<Float>, mode: S4DMode? = nil,
        keeping activations: S4DActivations,
        into outputs: UnsafeMutablePointer<Float>
    ) {
        precondition(activations.keepsLayers, "these activations are for scoring")
        paths.offsets.withUnsafeBufferPointer { offsets in
            // Force unwrap: offsets has at least the zero.
            forward(
                offsets.baseAddress!, paths: paths.count, rows: paths.rows, features: features, mode: mode,
                stack.kernels(length: stack.convolvedHops(paths, mode)), activations)
        }
        decode(paths: paths.count, activations, outputs: outputs)
    }

    /// Backward pass of the last `forward` with the same paths, features and mode.
    ///
    /// `dOutputs` [P, d_out]. `gradients`, laid out as the parameters, are added to; `dFeatures` [R, d_in] is written.
    /// Sums run in a fixed order: the same call gives the same bits.
    package func backward(
        _ paths: S4DPaths, features: UnsafePointer<Float>, mode: S4DMode? = nil,
        kept activations: S4DActivations,
        dOutputs: UnsafePointer<Float>, gradients: UnsafeMutablePointer<Float>,
        dFeatures: UnsafeMutablePointer<Float>?
    ) {
        let rows = paths.rows
        paths.offsets.withUnsafeBufferPointer { offsets in
            // Force unwrap: offsets has at least the zero.
            let offsets = offsets.baseAddress!
            let stream = readoutBackward(
                offsets, paths, activations, dOutputs: dOutputs, gradients: gradients)
            stack.backward(
                paths, mode: mode, kept: activations, stream: stream, gradients: gradients)
            encoderBackward(
                rows: rows, features: features, stream: stream, gradients: gradients, dFeatures: dFeatures)
        }
    }

    /// Decoder and pooling; returns the gradient of the last layer's output, [R, H].
    private func readoutBackward(
        _ offsets: UnsafePointer<Int32>, _ paths: S4DPaths, _ activations: S4DActivations,
        dOutputs: UnsafePointer<Float>, gradients: UnsafeMutablePointer<Float>
    ) -> UnsafeMutablePointer<Float> {
        let width = configuration.pooledWidth
        let outputs = configuration.outputs
        mneme_s4d_matrix(
            outputs, width, paths.count, dOutputs, 1, outputs, activations.pooled.start, width, nil, 1,
            gradients + parameters.decoder.weight.lowerBound, width)
        addColumns(
            of: dOutputs, rows: paths.count, width: outputs,
            to: gradients + parameters.decoder.bias.lowerBound)
        let pooled = activations.slopes.pooled.reserve(paths.count * width)
        mneme_s4d_matrix(
            paths.count, width, outputs, dOutputs, outputs, 1, decoder.weight, width, nil, 0, pooled, width)
        let stream = activations.slopes.stream.reserve(paths.rows * configuration.channels)
        mneme_s4d_pool_backward(
            configuration.channels, paths.count, offsets,
            activations.layer(stack.layers.count, rows: paths.rows, channels: configuration.channels).residual,
            configuration.readout == .meanAndMax ? 1 : 0, pooled, stream)
        return stream
    }

    private func encoderBackward(
        rows: Int, features: UnsafePointer<Float>, stream: UnsafePointer<Float>,
        gradients: UnsafeMutablePointer<Float>,
        dFeatures: UnsafeMutablePointer<Float>?
    ) {
        let width = configuration.channels
        let inputs = configuration.inputs
        mneme_s4d_matrix(
            width, inputs, rows, stream, 1, width, features, inputs, nil, 1,
            gradients + parameters.encoder.weight.lowerBound, inputs)
        addColumns(of: stream, rows: rows, width: width, to: gradients + parameters.encoder.bias.lowerBound)
        guard let dFeatures else { return }
        mneme_s4d_matrix(
            rows, inputs, width, stream, width, 1, encoder.weight, inputs, nil, 0, dFeatures, inputs)
    }
}

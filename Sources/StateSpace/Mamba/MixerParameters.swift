/// Offsets of one mixer's tensors in the flat vector of parameters (names and shapes: math 2.1).
package struct MixerParameters: Sendable {
    /// `selection` is x_proj's matrix, or [R + 2N] where nothing is selected.
    package let inProjection, convolution, selection, stepProjection, stepBias, logA, skip, outProjection: Int
    package let inBias, convolutionBias, outBias, timeDecay: Int?

    package init(_ shape: MixerShape, prefix: String, in layout: inout ParameterLayout) {
        let (d, e, n) = (shape.width, shape.inner, shape.state)
        func name(_ suffix: String) -> String { prefix + suffix }
        inProjection = layout.add(name("in_proj.weight"), [2 * e, d], decays: true)
        inBias = shape.projectionBias ? layout.add(name("in_proj.bias"), [2 * e], decays: false) : nil
        convolution = layout.add(name("conv1d.weight"), [e, 1, shape.taps], decays: true)
        convolutionBias = shape.convolutionBias ? layout.add(name("conv1d.bias"), [e], decays: false) : nil
        selection = shape.isSelective
            ? layout.add(name("x_proj.weight"), [shape.selection, e], decays: true)
            : layout.add(name("x_proj.bias"), [shape.selection], decays: false)
        stepProjection = layout.add(name("dt_proj.weight"), [e, shape.stepRank], decays: true)
        stepBias = layout.add(name("dt_proj.bias"), [e], decays: false)
        logA = layout.add(name("A_log"), [e, n], decays: false)
        skip = layout.add(name("D"), [e], decays: false)
        outProjection = layout.add(name("out_proj.weight"), [d, e], decays: true)
        outBias = shape.projectionBias ? layout.add(name("out_proj.bias"), [d], decays: false) : nil
        timeDecay = shape.timeDecay ? layout.add(name("time_decay"), [e], decays: false) : nil
    }
}

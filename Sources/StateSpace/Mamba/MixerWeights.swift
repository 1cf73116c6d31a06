import Glibc
import Kernels

/// One mixer's weights as the kernels read them: matrices in panels, per-channel tensors with the channels inside.
package final class MixerWeights {
    package let shape: MixerShape
    package let inProjection, stepProjection, outProjection: Projection
    /// x_proj, or constants [R + 2N] where nothing is selected.
    let selection: Selection
    /// [K, E]
    let convolution: FloatBuffer
    let convolutionBias: FloatBuffer?
    /// A = -exp(A_log), [N, E]
    let decay: FloatBuffer
    /// D [E]
    let skip: FloatBuffer
    /// κ = softplus(k) of math 5 and its raw k, [E]
    let timeDecay, timeDecayRaw: FloatBuffer?

    package init(_ shape: MixerShape, trains: Bool) {
        let (d, e) = (shape.width, shape.inner)
        self.shape = shape
        inProjection = Projection(inputs: d, outputs: 2 * e, hasBias: shape.projectionBias, trains: trains)
        selection = shape.isSelective
            ? .projected(Projection(inputs: e, outputs: shape.selection, trains: trains))
            : .constant(FloatBuffer(shape.selection))
        stepProjection = Projection(inputs: shape.stepRank, outputs: e, hasBias: true, trains: trains)
        outProjection = Projection(inputs: e, outputs: d, hasBias: shape.projectionBias, trains: trains)
        convolution = FloatBuffer(shape.taps * e)
        convolutionBias = shape.convolutionBias ? FloatBuffer(e) : nil
        decay = FloatBuffer(shape.state * e)
        skip = FloatBuffer(e)
        timeDecay = shape.timeDecay ? FloatBuffer(e) : nil
        timeDecayRaw = shape.timeDecay ? FloatBuffer(e) : nil
    }

    package func load(_ parameters: Floats, at place: MixerParameters) {
        let e = shape.inner
        inProjection.load(parameters + place.inProjection, bias: place.inBias.map { parameters + $0 })
        switch selection {
        case .projected(let projection): projection.load(parameters + place.selection)
        case .constant(let values): values.start.update(from: parameters + place.selection, count: values.count)
        }
        stepProjection.load(parameters + place.stepProjection, bias: parameters + place.stepBias)
        outProjection.load(parameters + place.outProjection, bias: place.outBias.map { parameters + $0 })
        mneme_transpose(parameters + place.convolution, e, shape.taps, convolution.start)
        if let convolutionBias, let offset = place.convolutionBias {
            convolutionBias.start.update(from: parameters + offset, count: e)
        }
        skip.start.update(from: parameters + place.skip, count: e)
        mneme_transpose(parameters + place.logA, e, shape.state, decay.start)
        // In double: an error of A is an error of that state's time constant at every step.
        for index in 0..<decay.count { decay.start[index] = Float(-exp(Double(decay.start[index]))) }
        guard let offset = place.timeDecay, let timeDecay, let timeDecayRaw else { return }
        timeDecayRaw.start.update(from: parameters + offset, count: e)
        KernelTable.plain.call.pointee.softplus(timeDecayRaw.start, e, timeDecay.start)
    }

    /// The projections of math 7 as int8; steps, A, convolution and D stay float32.
    package func quantize(_ parameters: Floats, at place: MixerParameters) {
        inProjection.quantize(parameters + place.inProjection)
        outProjection.quantize(parameters + place.outProjection)
        if case .projected(let projection) = selection { projection.quantize(parameters + place.selection) }
    }
}

@available(*, unavailable)
extension MixerWeights: Sendable {}

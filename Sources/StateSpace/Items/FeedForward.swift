import Kernels

/// Offsets of one feed-forward block: RMSNorm → Linear(D → F) → gelu → Linear(F → D).
package struct FeedForwardParameters: Sendable {
    package let norm, up, upBias, down, downBias: Int

    init(_ shape: ItemShape, prefix: String, in layout: inout ParameterLayout) {
        let (width, inner) = (shape.width, shape.inner)
        norm = layout.add(prefix + "norm.weight", [width], decays: false)
        up = layout.add(prefix + "up.weight", [inner, width], decays: true)
        upBias = layout.add(prefix + "up.bias", [inner], decays: false)
        down = layout.add(prefix + "down.weight", [width, inner], decays: true)
        downBias = layout.add(prefix + "down.bias", [width], decays: false)
    }

    func initialize(_ values: MutableFloats, shape: ItemShape, using random: inout SplitMix64) {
        let (width, inner) = (shape.width, shape.inner)
        let (upBound, downBound) = (1 / Double(width).squareRoot(), 1 / Double(inner).squareRoot())
        for index in norm..<norm + width { values[index] = 1 }
        for index in up..<up + inner * width { values[index] = random.symmetric(upBound) }
        for index in upBias..<upBias + inner { values[index] = random.symmetric(upBound) }
        for index in down..<down + inner * width { values[index] = random.symmetric(downBound) }
        for index in downBias..<downBias + width { values[index] = random.symmetric(downBound) }
    }
}

/// The weights of such a block; written by `load` only.
final class FeedForward {
    let place: FeedForwardParameters
    let norm: FloatBuffer
    let up, down: Projection

    init(_ shape: ItemShape, place: FeedForwardParameters, trains: Bool) {
        self.place = place
        norm = FloatBuffer(shape.width)
        up = Projection(inputs: shape.width, outputs: shape.inner, hasBias: true, trains: trains)
        down = Projection(inputs: shape.inner, outputs: shape.width, hasBias: true, trains: trains)
    }

    func load(_ parameters: Floats) {
        norm.start.update(from: parameters + place.norm, count: norm.count)
        up.load(parameters + place.up, bias: parameters + place.upBias)
        down.load(parameters + place.down, bias: parameters + place.downBias)
    }

    /// x [T, D] += dropped(W₂ dropped(gelu(W₁ rms(x) + b₁)) + b₂).
    func forward(
        _ kernels: KernelTable, _ x: MutableFloats, rows: Int, tape: FeedForwardTape,
        dropout: inout Dropout
    ) {
        let (width, inner) = (up.inputs, up.outputs)
        tape.input.start.update(from: x, count: rows * width)
        kernels.call.pointee.rms_norm(
            rows, width, x, norm.start, MambaStack.epsilon, tape.normed.start, tape.scale.start)
        up.apply(kernels, rows: rows, tape.normed.start, stride: width, to: tape.raised.start, stride: inner)
        kernels.call.pointee.gelu(tape.raised.start, rows * inner, tape.active.start)
        dropout.drop(tape.active.start, rows * inner, mask: tape.innerMask)
        down.apply(kernels, rows: rows, tape.active.start, stride: inner, to: tape.output.start, stride: width)
        dropout.drop(tape.output.start, rows * width, mask: tape.outputMask)
        kernels.call.pointee.add(tape.output.start, rows * width, x)
    }

    /// dx [T, D]: gradient of the output in, of the input out.
    func backward(
        _ kernels: KernelTable, _ dx: MutableFloats, rows: Int, tape: FeedForwardTape,
        dropped: Bool, gradients: MutableFloats
    ) {
        let (width, inner) = (up.inputs, up.outputs)
        let dOutput = tape.output.start
        dOutput.update(from: dx, count: rows * width)
        if dropped { Dropout.apply(tape.outputMask, to: dOutput, rows * width) }
        down.gradient(
            kernels, rows: rows, dy: dOutput, stride: width, x: tape.active.start, stride: inner,
            dw: gradients + place.down, db: gradients + place.downBias, dx: tape.dInner.start, stride: inner)
        if dropped { Dropout.apply(tape.innerMask, to: tape.dInner.start, rows * inner) }
        kernels.call.pointee.gelu_gradient(
            tape.raised.start, tape.dInner.start, rows * inner, tape.dInner.start)
        up.gradient(
            kernels, rows: rows, dy: tape.dInner.start, stride: inner, x: tape.normed.start, stride: width,
            dw: gradients + place.up, db: gradients + place.upBias, dx: dOutput, stride: width)
        kernels.call.pointee.rms_norm_gradient(
            rows, width, tape.input.start, norm.start, tape.scale.start, dOutput, dx,
            gradients + place.norm)
    }
}

/// Intermediate values of one feed-forward block over up to `capacity` rows.
final class FeedForwardTape {
    /// [T, D]; 1/rms [T]; [T, F].
    let input, normed, output, outputMask: FloatBuffer
    let scale: FloatBuffer
    let raised, active, innerMask, dInner: FloatBuffer

    init(_ shape: ItemShape, capacity: Int, trains: Bool) {
        let (narrow, wide) = (capacity * shape.width, capacity * shape.inner)
        input = FloatBuffer(narrow)
        normed = FloatBuffer(narrow)
        output = FloatBuffer(narrow)
        scale = FloatBuffer(capacity)
        raised = FloatBuffer(wide)
        active = FloatBuffer(wide)
        outputMask = FloatBuffer(trains ? narrow : 0)
        innerMask = FloatBuffer(trains ? wide : 0)
        dInner = FloatBuffer(trains ? wide : 0)
    }
}

import Kernels

extension ItemNetwork {
    /// Given dh [T, D] of the last `forward` on this tape, from a zero state: `gradients` (flat) are added to.
    package func backward(
        _ dHidden: Floats, _ pass: ItemPass, tape: ItemTape, gradients: MutableFloats
    ) {
        guard let scratch = tape.scratch else { preconditionFailure("a tape made with trains: true has it") }
        let (rows, width, call) = (pass.rows, shape.width, kernels.call)
        let dx = tape.gradient.start
        dx.update(repeating: 0, count: rows * width)
        call.pointee.rms_norm_gradient(
            rows, width, tape.stream.start, norm.start, tape.scale.start, dHidden, dx,
            gradients + place.norm)
        for layer in mixers.indices.reversed() {
            if !feeds.isEmpty {
                feeds[layer].backward(
                    kernels, dx, rows: rows, tape: tape.feeds[layer], dropped: tape.isDropped,
                    gradients: gradients)
            }
            unmix(dx, pass, layer: layer, tape: tape, scratch: scratch, gradients: gradients)
        }
        embedBackward(dx, pass, tape: tape, gradients: gradients)
    }

    /// Of x += dropped(mixer(rms(x))).
    private func unmix(
        _ dx: MutableFloats, _ pass: ItemPass, layer: Int, tape: ItemTape, scratch: MixerGradientScratch,
        gradients: MutableFloats
    ) {
        let (count, own) = (pass.rows * shape.width, tape.mixers[layer])
        let dOutput = own.output.start
        dOutput.update(from: dx, count: count)
        if tape.isDropped { Dropout.apply(own.mask, to: dOutput, count) }
        let mixed = MixerPass(
            rows: pass.rows, x: own.normed.start, gaps: pass.gaps, tape: own.mixer,
            place: place.backbone.mixers[layer])
        mixers[layer].backward(
            kernels, mixed, dy: dOutput, dx: tape.dNormed.start, gradients: gradients, scratch: scratch)
        kernels.call.pointee.rms_norm_gradient(
            pass.rows, shape.width, own.input.start, mixerNorms[layer].start, own.scale.start,
            tape.dNormed.start, dx, gradients + place.backbone.norms[layer])
    }

    /// Each event's row of the table gets its share. Row 0, the unknown item, stays zero.
    private func embedBackward(
        _ dx: MutableFloats, _ pass: ItemPass, tape: ItemTape, gradients: MutableFloats
    ) {
        let (rows, width) = (pass.rows, shape.width)
        let dEmbedded = tape.dNormed.start
        dEmbedded.update(repeating: 0, count: rows * width)
        kernels.call.pointee.rms_norm_gradient(
            rows, width, tape.embedded.start, inputNorm.start, tape.inputScale.start, dx, dEmbedded,
            gradients + place.inputNorm)
        if tape.isDropped { Dropout.apply(tape.inputMask, to: dEmbedded, rows * width) }
        for row in 0..<rows where pass.items[row] > 0 {
            kernels.call.pointee.add(
                dEmbedded + row * width, width, gradients + place.table + Int(pass.items[row]) * width)
        }
    }
}

import Kernels

extension MixerWeights {
    /// Math 2.4: dx [T, D] is written, `gradients` (flat, layout of `pass.place`) are added to.
    package func backward(
        _ kernels: KernelTable, _ pass: MixerPass, dy: Floats, dx: MutableFloats, gradients: MutableFloats,
        scratch: MixerGradientScratch
    ) {
        gateBackward(kernels, pass, dy: dy, gradients, scratch)
        scanBackward(kernels, pass, gradients, scratch)
        selectionBackward(kernels, pass, gradients, scratch)
        convolutionBackward(kernels, pass, gradients, scratch)
        let e = shape.inner
        let d = shape.width
        inProjection.gradient(
            kernels, rows: pass.rows, dy: scratch.projected.start, stride: 2 * e, x: pass.x, stride: d,
            dw: pass.trainsWeights ? gradients + pass.place.inProjection : nil,
            db: pass.place.inBias.map { gradients + $0 }, dx: dx, stride: d)
    }

    private func gateBackward(
        _ kernels: KernelTable, _ pass: MixerPass, dy: Floats, _ gradients: MutableFloats,
        _ scratch: MixerGradientScratch
    ) {
        let e = shape.inner
        outProjection.gradient(
            kernels, rows: pass.rows, dy: dy, stride: shape.width, x: pass.tape.gated.start, stride: e,
            dw: pass.trainsWeights ? gradients + pass.place.outProjection : nil,
            db: pass.place.outBias.map { gradients + $0 }, dx: scratch.gated.start, stride: e)
        kernels.call.pointee.gate_gradient(
            pass.rows, e, scratch.gated.start, pass.tape.scanned.start, pass.tape.projected.start + e, 2 * e,
            scratch.scanned.start, scratch.projected.start + e, 2 * e)
    }

    private func scanBackward(
        _ kernels: KernelTable, _ pass: MixerPass, _ gradients: MutableFloats, _ scratch: MixerGradientScratch
    ) {
        guard let history = pass.tape.history else {
            preconditionFailure("a tape made with trains: true keeps it")
        }
        let (e, n, r) = (shape.inner, shape.state, shape.stepRank)
        scratch.lambda.clear()
        scratch.decay.clear()
        var scan = scanCall(pass.rows, pass.tape)
        var out = mneme_scan_gradient_t(
            dy: scratch.scanned.start, history: history.start, lambda: scratch.lambda.start,
            du: scratch.activated.start, d_delta: scratch.delta.start, d_decay: scratch.elapsed.start,
            da: scratch.decay.start, db: scratch.selected.start + r, dc: scratch.selected.start + r + n,
            d_skip: gradients + pass.place.skip)
        kernels.call.pointee.scan_gradient(&scan, &out)
        timeBackward(kernels, pass, gradients, scratch)
        // A = -exp(A_log): dA_log = dA A; from [N, E] to [E, N].
        let logA = gradients + pass.place.logA
        for state in 0..<n {
            for channel in 0..<e {
                logA[channel * n + state] +=
                    scratch.decay.start[state * e + channel] * decay.start[state * e + channel]
            }
        }
    }

    /// Γ = Δ + κ g(δ): dΔ += dΓ, dk = σ(k) Σ dΓ g(δ).
    private func timeBackward(
        _ kernels: KernelTable, _ pass: MixerPass, _ gradients: MutableFloats, _ scratch: MixerGradientScratch
    ) {
        guard let offset = pass.place.timeDecay, let timeDecayRaw else { return }
        let e = shape.inner
        // λ is no longer needed: its first row holds the sum over time.
        let total = scratch.lambda.start
        total.update(repeating: 0, count: e)
        for row in 0..<pass.rows {
            kernels.call.pointee.scaled_add(pass.gaps?[row] ?? 0, scratch.elapsed.start + row * e, e, total)
        }
        kernels.call.pointee.softplus_gradient(timeDecayRaw.start, total, e, total)
        kernels.call.pointee.add(total, e, gradients + offset)
        kernels.call.pointee.add(scratch.elapsed.start, pass.rows * e, scratch.delta.start)
    }

    private func selectionBackward(
        _ kernels: KernelTable, _ pass: MixerPass, _ gradients: MutableFloats, _ scratch: MixerGradientScratch
    ) {
        let (e, rows) = (shape.inner, pass.rows)
        let width = shape.selection
        kernels.call.pointee.softplus_gradient(
            pass.tape.step.start, scratch.delta.start, rows * e, scratch.delta.start)
        stepProjection.gradient(
            kernels, rows: rows, dy: scratch.delta.start, stride: e, x: pass.tape.selected.start,
            stride: width,
            dw: gradients + pass.place.stepProjection, db: gradients + pass.place.stepBias,
            dx: scratch.selected.start, stride: width)
        selectGradient(kernels, pass, gradients, scratch)
    }

    private func convolutionBackward(
        _ kernels: KernelTable, _ pass: MixerPass, _ gradients: MutableFloats, _ scratch: MixerGradientScratch
    ) {
        let e = shape.inner
        let taps = shape.taps
        // dc = du silu'(c), in place.
        kernels.call.pointee.silu_gradient(
            pass.tape.convolved.start, scratch.activated.start, pass.rows * e, scratch.activated.start)
        scratch.convolution.clear()
        var convolve = convolutionCall(pass.rows, pass.tape)
        kernels.call.pointee.conv_gradient(
            &convolve, pass.tape.window?.start, scratch.activated.start, e, scratch.projected.start, 2 * e,
            scratch.convolution.start, pass.place.convolutionBias.map { gradients + $0 })
        let dw = gradients + pass.place.convolution
        for tap in 0..<taps {
            for channel in 0..<e { dw[channel * taps + tap] += scratch.convolution.start[tap * e + channel] }
        }
    }
}

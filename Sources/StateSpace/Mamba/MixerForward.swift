import Kernels

/// Where one mixer's carried state stands: the convolution's window [K-1, E], oldest first, and h [N, E].
package struct MixerState {
    package let window, h: MutableFloats
}

extension MixerWeights {
    /// y [T, D] (+)= mixer(x [T, D]), from and to `state` (math 2.2; one row is math 2.3). `gaps` [T] are g(δ).
    package func forward(
        _ kernels: KernelTable, rows: Int, x: Floats, gaps: Floats?, state: MixerState, tape: MixerTape,
        to y: MutableFloats, adding: Bool
    ) {
        let (d, e, n, r) = (shape.width, shape.inner, shape.state, shape.stepRank)
        let call = kernels.call
        inProjection.apply(kernels, rows: rows, x, stride: d, to: tape.projected.start, stride: 2 * e)
        if let window = tape.window { window.start.update(from: state.window, count: window.count) }
        var convolve = convolutionCall(rows, tape)
        call.pointee.conv(&convolve, state.window, tape.convolved.start, e)
        call.pointee.silu(tape.convolved.start, rows * e, tape.activated.start)
        select(kernels, rows: rows, tape)
        stepProjection.apply(
            kernels, rows: rows, tape.selected.start, stride: r + 2 * n, to: tape.step.start, stride: e)
        call.pointee.softplus(tape.step.start, rows * e, tape.delta.start)
        addElapsedTime(kernels, rows: rows, gaps: gaps, tape)
        var scan = scanCall(rows, tape)
        call.pointee.scan(&scan, state.h, tape.history?.start, tape.scanned.start)
        call.pointee.gate(rows, e, tape.scanned.start, e, tape.projected.start + e, 2 * e, tape.gated.start)
        outProjection.apply(
            kernels, rows: rows, tape.gated.start, stride: e, to: y, stride: d, adding: adding)
    }

    /// Γ = Δ + κ g(δ) (math 5): elapsed time ages the state, and doesn't multiply what is written.
    private func addElapsedTime(_ kernels: KernelTable, rows: Int, gaps: Floats?, _ tape: MixerTape) {
        guard let timeDecay else { return }
        let e = shape.inner
        tape.elapsed.start.update(from: tape.delta.start, count: rows * e)
        guard let gaps else { return }
        for row in 0..<rows {
            kernels.call.pointee.scaled_add(gaps[row], timeDecay.start, e, tape.elapsed.start + row * e)
        }
    }

    func convolutionCall(_ rows: Int, _ tape: MixerTape) -> mneme_conv_t {
        mneme_conv_t(
            rows: rows, channels: shape.inner, taps: shape.taps, x: tape.projected.start,
            x_stride: 2 * shape.inner,
            weight: convolution.start, bias: convolutionBias.map { Floats($0.start) })
    }

    func scanCall(_ rows: Int, _ tape: MixerTape) -> mneme_scan_t {
        mneme_scan_t(
            rows: rows, channels: shape.inner, states: shape.state, u: tape.activated.start,
            delta: tape.delta.start,
            decay: tape.elapsed.start, stride: shape.inner, a: decay.start,
            b: tape.selected.start + shape.stepRank,
            c: tape.selected.start + shape.stepRank + shape.state, bc_stride: shape.selection,
            skip: skip.start)
    }

    /// Time passes and nothing is written (u = 0): h ← exp(κ g(δ) A) h. `scratch` [E].
    func decay(_ kernels: KernelTable, gap: Float, h: MutableFloats, scratch: MutableFloats) {
        guard let timeDecay else { return }
        scratch.update(repeating: 0, count: shape.inner)
        kernels.call.pointee.scaled_add(gap, timeDecay.start, shape.inner, scratch)
        kernels.call.pointee.scan_decay(shape.inner, shape.state, scratch, decay.start, h)
    }
}

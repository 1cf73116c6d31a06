import Kernels

extension Mamba3Weights {
    /// y [T, D] (+)= mixer(x [T, D]), from and to `state` (math 4.2).
    package func forward(
        _ kernels: KernelTable, rows: Int, x: Floats, state: Mamba3State, tape: Mamba3Tape,
        to y: MutableFloats,
        adding: Bool
    ) {
        precondition(rows <= tape.capacity, "a tape is made for the longest sequence")
        inProjection.apply(
            kernels, rows: rows, x, stride: shape.width, to: tape.projected.start, stride: shape.projected)
        prepareSteps(rows, tape)
        prepareAngles(rows, x, state, tape)
        prepareKeys(kernels, rows, tape)
        prepareValues(rows, tape)
        scan(kernels, rows, state, tape)
        gate(kernels, rows, tape)
        outProjection.apply(
            kernels, rows: rows, tape.collected.start, stride: shape.inner, to: y, stride: shape.width,
            adding: adding)
    }

    /// The recurrence head by head; the state's last keys and values become those of the last row.
    private func scan(_ kernels: KernelTable, _ rows: Int, _ state: Mamba3State, _ tape: Mamba3Tape) {
        let (h, r, n, p) = (shape.heads, shape.rank, shape.state, shape.headWidth)
        if let firstKeys = tape.firstKeys, let firstValues = tape.firstValues {
            firstKeys.start.update(from: state.keys, count: firstKeys.count)
            firstValues.start.update(from: state.lastValues, count: firstValues.count)
        }
        for head in 0..<h {
            var call = rotaryCall(
                head, rows, tape, previousKeys: state.keys, previousValues: state.lastValues)
            let history = tape.history.map { $0.start + head * (tape.capacity + 1) * n * p }
            kernels.call.pointee.rotary_scan(
                &call, state.matrix + head * n * p, history, tape.scanned.start + head * r * p)
        }
        guard rows > 0 else { return }
        state.keys.update(from: tape.keys.start + (rows - 1) * h * r * n, count: h * r * n)
        state.lastValues.update(from: tape.values.start + (rows - 1) * h * r * p, count: h * r * p)
    }

    func rotaryCall(
        _ head: Int, _ rows: Int, _ tape: Mamba3Tape, previousKeys: Floats, previousValues: Floats
    ) -> mneme_rotary_t {
        let (h, r, n, p) = (shape.heads, shape.rank, shape.state, shape.headWidth)
        return mneme_rotary_t(
            rows: rows, ranks: r, width: p, states: n, v: tape.values.start + head * r * p,
            v_stride: h * r * p,
            k: tape.keys.start + head * r * n, q: tape.queries.start + head * r * n, k_stride: h * r * n,
            alpha: tape.alpha.start + head, beta: tape.beta.start + head, gamma: tape.gamma.start + head,
            step_stride: h, previous_v: previousValues + head * r * p,
            previous_k: previousKeys + head * r * n,
            skip: skip.start[head])
    }

    /// o_r = y_r silu(ζ_r), after the norm where there is one; out_proj reads Σ_r mimo_o_r o_r.
    private func gate(_ kernels: KernelTable, _ rows: Int, _ tape: Mamba3Tape) {
        let (h, r, p) = (shape.heads, shape.rank, shape.headWidth)
        let count = h * r * p
        if let norm {
            for at in 0..<rows * h {
                kernels.call.pointee.rms_norm(
                    r, p, tape.scanned.start + at * r * p, norm.start + at % h * p, 1e-5,
                    tape.normed.start + at * r * p, tape.scale.start + at * r)
            }
        }
        kernels.call.pointee.gate(
            rows, count, tape.normed.start, count, tape.gates.start, count, tape.gated.start)
        for t in 0..<rows {
            for head in 0..<h {
                let out = tape.collected.start + t * shape.inner + head * p
                for i in 0..<p {
                    var total: Float = 0
                    for rank in 0..<r {
                        let at = (head * r + rank) * p + i
                        total += contract.start[at] * tape.gated.start[t * count + at]
                    }
                    out[i] = total
                }
            }
        }
    }
}

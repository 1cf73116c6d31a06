import Kernels

extension Mamba3Weights {
    /// Math 4.3: dx [T, D] written, `gradients` (flat, layout of `place`) added to.
    package func backward(
        _ kernels: KernelTable, rows: Int, x: Floats, dy: Floats, dx: MutableFloats, tape: Mamba3Tape,
        place: Mamba3Parameters, gradients: MutableFloats, scratch: Mamba3GradientScratch
    ) {
        let pass = Mamba3Pass(
            kernels: kernels, rows: rows, tape: tape, place: place, gradients: gradients, scratch: scratch)
        scratch.projected.clear()
        outProjection.gradient(
            kernels, rows: rows, dy: dy, stride: shape.width, x: tape.collected.start, stride: shape.inner,
            dw: gradients + place.outProjection, db: nil, dx: scratch.collected.start, stride: shape.inner)
        gateBackward(pass)
        scanBackward(pass)
        rotationBackward(pass, scratch.keys, tape.keys, scratch.keyNormed, bias: place.keyBias)
        rotationBackward(pass, scratch.queries, tape.queries, scratch.queryNormed, bias: place.queryBias)
        keyNormBackward(pass)
        valuesBackward(pass)
        stepsBackward(pass)
        inProjection.gradient(
            kernels, rows: rows, dy: scratch.projected.start, stride: shape.projected, x: x,
            stride: shape.width,
            dw: gradients + place.inProjection, db: nil, dx: dx, stride: shape.width)
    }

    /// do_r, dζ_r and dy_r through contraction, gate and norm.
    private func gateBackward(_ pass: Mamba3Pass) {
        let (h, r, p) = (shape.heads, shape.rank, shape.headWidth)
        let count = h * r * p
        let (tape, scratch) = (pass.tape, pass.scratch)
        for t in 0..<pass.rows {
            for at in 0..<count {
                let channel = at / (r * p) * p + at % p
                let d = scratch.collected.start[t * shape.inner + channel]
                scratch.gated.start[t * count + at] = contract.start[at] * d
                if let offset = pass.place.contract {
                    pass.gradients[offset + at] += d * tape.gated.start[t * count + at]
                }
            }
        }
        pass.kernels.call.pointee.gate_gradient(
            pass.rows, count, scratch.gated.start, tape.normed.start, tape.gates.start, count,
            scratch.normed.start,
            scratch.gates.start, count)
        guard let norm, let offset = pass.place.norm else {
            scratch.scanned.start.update(from: scratch.normed.start, count: pass.rows * count)
            return
        }
        scratch.scanned.clear()
        for at in 0..<pass.rows * h {
            pass.kernels.call.pointee.rms_norm_gradient(
                r, p, tape.scanned.start + at * r * p, norm.start + at % h * p, tape.scale.start + at * r,
                scratch.normed.start + at * r * p, scratch.scanned.start + at * r * p,
                pass.gradients + offset + at % h * p)
        }
    }

    private func scanBackward(_ pass: Mamba3Pass) {
        let (h, r, n, p) = (shape.heads, shape.rank, shape.state, shape.headWidth)
        let scratch = pass.scratch
        guard let history = pass.tape.history, let keys = pass.tape.firstKeys,
            let values = pass.tape.firstValues
        else {
            preconditionFailure("a tape made with trains: true keeps it")
        }
        scratch.values.clear()
        scratch.keys.clear()
        for head in 0..<h {
            scratch.adjoint.clear()
            var call = rotaryCall(
                head, pass.rows, pass.tape, previousKeys: keys.start, previousValues: values.start)
            var out = mneme_rotary_gradient_t(
                dy: scratch.scanned.start + head * r * p,
                history: history.start + head * (pass.tape.capacity + 1) * n * p,
                adjoint: scratch.adjoint.start, dv: scratch.values.start + head * r * p,
                dk: scratch.keys.start + head * r * n, dq: scratch.queries.start + head * r * n,
                d_alpha: scratch.alpha.start + head, d_beta: scratch.beta.start + head,
                d_gamma: scratch.gamma.start + head, d_skip: pass.gradients + pass.place.skip + head)
            pass.kernels.call.pointee.rotary_scan_gradient(&call, &out)
        }
        // The rotation's backward pass adds keys and queries to these.
        scratch.angle.clear()
        scratch.keyNormed.clear()
        scratch.queryNormed.clear()
    }
}

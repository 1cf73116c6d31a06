import Kernels

/// Room for the backward pass of one Mamba-3 mixer; names as in Mamba3Tape.
package final class Mamba3GradientScratch {
    let projected, step, alpha, beta, gamma, angle: FloatBuffer
    let keys, queries, keyNormed, queryNormed: FloatBuffer
    let values, scanned, normed, gates, gated, collected: FloatBuffer
    /// [N, P]: adjoint of a head's state.
    let adjoint: FloatBuffer

    package init(_ shape: Mamba3Shape, capacity: Int) {
        let (h, r, n, p) = (shape.heads, shape.rank, shape.state, shape.headWidth)
        func rows(_ count: Int) -> FloatBuffer { FloatBuffer(capacity * count) }
        projected = rows(shape.projected)
        (step, alpha, beta, gamma, angle) = (rows(h), rows(h), rows(h), rows(h), rows(h * shape.angles))
        (keys, queries, keyNormed, queryNormed) = (rows(h * r * n), rows(h * r * n), rows(r * n), rows(r * n))
        (values, scanned, gates, gated) = (rows(h * r * p), rows(h * r * p), rows(h * r * p), rows(h * r * p))
        normed = rows(h * r * p)
        collected = rows(shape.inner)
        adjoint = FloatBuffer(n * p)
    }
}

@available(*, unavailable)
extension Mamba3GradientScratch: Sendable {}

/// The forward pass that a backward pass belongs to, and where its gradients go.
struct Mamba3Pass {
    let kernels: KernelTable
    let rows: Int
    let tape: Mamba3Tape
    let place: Mamba3Parameters
    let gradients: MutableFloats
    let scratch: Mamba3GradientScratch
}

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

    /// Turns a gradient back by -φ, collects dφ, the bias and the sum over heads.
    private func rotationBackward(
        _ pass: Mamba3Pass, _ gradient: FloatBuffer, _ rotated: FloatBuffer, _ normed: FloatBuffer, bias: Int
    ) {
        let (h, n, m) = (shape.heads, shape.state, shape.angles)
        let width = shape.rank * n
        for at in 0..<pass.rows * h {
            let d = gradient.start + at * width
            let after = rotated.start + at * width
            for r in 0..<shape.rank {
                for i in 0..<m {
                    let (first, second) = (r * n + shape.pair(i).0, r * n + shape.pair(i).1)
                    let (c, s) = (pass.tape.cosine.start[at * m + i], pass.tape.sine.start[at * m + i])
                    let (a, b) = (d[first], d[second])
                    pass.scratch.angle.start[at * m + i] += b * after[first] - a * after[second]
                    d[first] = a * c + b * s
                    d[second] = b * c - a * s
                }
            }
            pass.kernels.call.pointee.add(d, width, pass.gradients + bias + at % h * width)
            pass.kernels.call.pointee.add(d, width, normed.start + at / h * width)
        }
    }

    private func keyNormBackward(_ pass: Mamba3Pass) {
        let (r, n) = (shape.rank, shape.state)
        for t in 0..<pass.rows {
            let row = pass.tape.projected.start + t * shape.projected
            let out = pass.scratch.projected.start + t * shape.projected
            pass.kernels.call.pointee.rms_norm_gradient(
                r, n, row + shape.keyColumn, keyNorm.start, pass.tape.keyScale.start + t * r,
                pass.scratch.keyNormed.start + t * r * n, out + shape.keyColumn,
                pass.gradients + pass.place.keyNorm)
            pass.kernels.call.pointee.rms_norm_gradient(
                r, n, row + shape.queryColumn, queryNorm.start, pass.tape.queryScale.start + t * r,
                pass.scratch.queryNormed.start + t * r * n, out + shape.queryColumn,
                pass.gradients + pass.place.queryNorm)
        }
    }

    /// dx = Σ_r mimo_x_r dv_r, dz the same, and the expansions' own gradients.
    private func valuesBackward(_ pass: Mamba3Pass) {
        let (r, p) = (shape.rank, shape.headWidth)
        let count = shape.heads * r * p
        for t in 0..<pass.rows {
            let z = pass.tape.projected.start + t * shape.projected
            let x = z + shape.inner
            let dz = pass.scratch.projected.start + t * shape.projected
            let dx = dz + shape.inner
            for at in 0..<count {
                let channel = at / (r * p) * p + at % p
                let dv = pass.scratch.values.start[t * count + at]
                let dGate = pass.scratch.gates.start[t * count + at]
                dx[channel] += expandX.start[at] * dv
                dz[channel] += expandZ.start[at] * dGate
                if let offset = pass.place.expandX { pass.gradients[offset + at] += dv * x[channel] }
                if let offset = pass.place.expandZ { pass.gradients[offset + at] += dGate * z[channel] }
            }
        }
    }

    /// Suffix sums of dφ, then Δ, A, λ and angle back to their columns of the projection.
    private func stepsBackward(_ pass: Mamba3Pass) {
        let (h, m) = (shape.heads, shape.angles)
        let tape = pass.tape
        let scratch = pass.scratch
        for t in (0..<pass.rows).reversed() {
            let row = tape.projected.start + t * shape.projected
            let out = scratch.projected.start + t * shape.projected
            for head in 0..<h {
                let at = t * h + head
                var dStep: Float = 0
                for i in 0..<m {
                    if t + 1 < pass.rows {
                        scratch.angle.start[at * m + i] += scratch.angle.start[(at + h) * m + i]
                    }
                    let turned = Float.pi * scratch.angle.start[at * m + i]
                    let turn = tape.turn.start[t * m + i]
                    dStep += turned * turn
                    out[shape.angleColumn + i] +=
                        Elementary.tanhDerivative(row[shape.angleColumn + i]) * turned * tape.step.start[at]
                }
                stepBackward(pass, head, at, row, out, dStep)
            }
        }
    }

    private func stepBackward(
        _ pass: Mamba3Pass, _ head: Int, _ at: Int, _ row: Floats, _ out: MutableFloats, _ fromAngles: Float
    ) {
        let (step, decay, share) = (
            pass.tape.step.start[at], pass.tape.decay.start[at], pass.tape.trapezoid.start[at]
        )
        let alpha = pass.tape.alpha.start[at]
        let dBeta = pass.scratch.beta.start[at]
        let dGamma = pass.scratch.gamma.start[at]
        let dExponent = (pass.scratch.alpha.start[at] + dBeta * (1 - share) * step) * alpha
        let dStep = dBeta * (1 - share) * alpha + dGamma * share + dExponent * decay + fromAngles
        let dShare = (dGamma - dBeta * alpha) * step
        out[shape.trapezoidColumn + head] = dShare * share * (1 - share)
        let raw = row[shape.decayColumn + head]
        let isClamped = -Elementary.heavy(raw) > -1e-4
        out[shape.decayColumn + head] = isClamped ? 0 : -Elementary.heavyDerivative(raw) * dExponent * step
        let dRaw = dStep * sigmoid(row[shape.stepColumn + head] + stepBias.start[head])
        out[shape.stepColumn + head] = dRaw
        pass.gradients[pass.place.stepBias + head] += dRaw
    }
}

import Glibc
import Kernels

/// What the recurrence reads, made of the projection's rows (math 4.2).
extension Mamba3Weights {
    /// Δ, A, λ and α = e^{AΔ}, β = (1-λ)Δα, γ = λΔ.
    func prepareSteps(_ rows: Int, _ tape: Mamba3Tape) {
        for t in 0..<rows {
            let row = tape.projected.start + t * shape.projected
            for head in 0..<shape.heads {
                let at = t * shape.heads + head
                let step = Elementary.softplus(row[shape.stepColumn + head] + stepBias.start[head])
                let decay = min(-shape.decay(row[shape.decayColumn + head]), -shape.decayFloor)
                let share = sigmoid(row[shape.trapezoidColumn + head])
                let alpha = exp(decay * step)
                tape.step.start[at] = step
                tape.decay.start[at] = decay
                tape.trapezoid.start[at] = share
                tape.alpha.start[at] = alpha
                tape.beta.start[at] = (1 - share) * step * alpha
                tape.gamma.start[at] = share * step
            }
        }
    }

    /// φ_t = φ_{t-1} + π tanh(angle_t) Δ_t, kept within ±π: float32 resolves no angle of a long history otherwise.
    ///
    /// Both factors in double from x on: a head with long steps turns far, and their rounding adds up over the sequence.
    func prepareAngles(_ rows: Int, _ x: Floats, _ state: Mamba3State, _ tape: Mamba3Tape) {
        let (m, d) = (shape.angles, shape.width)
        for t in 0..<rows {
            for i in 0..<m {
                let raw = mneme_dot_double(turning.start + (shape.heads + i) * d, x + t * d, d)
                tape.turns[i] = Double.pi * tanh(raw)
                tape.turn.start[t * m + i] = Float(tanh(raw))
            }
            for head in 0..<shape.heads {
                let raw =
                    mneme_dot_double(turning.start + head * d, x + t * d, d) + Double(stepBias.start[head])
                let step = max(raw, 0) + log1p(exp(-abs(raw)))
                for i in 0..<m {
                    let angle = Double(state.angles[head * m + i]) + tape.turns[i] * step
                    let reduced = remainder(angle, 2 * Double.pi)
                    state.angles[head * m + i] = Float(reduced)
                    tape.cosine.start[(t * shape.heads + head) * m + i] = Float(cos(reduced))
                    tape.sine.start[(t * shape.heads + head) * m + i] = Float(sin(reduced))
                }
            }
        }
    }

    /// k_r = Rot(RMSNorm(B_r) w + bias), q_r the same of C.
    func prepareKeys(_ kernels: KernelTable, _ rows: Int, _ tape: Mamba3Tape) {
        let width = shape.rank * shape.state
        let vectors = shape.rank * shape.groups
        for t in 0..<rows {
            let row = tape.projected.start + t * shape.projected
            kernels.call.pointee.rms_norm(
                vectors, shape.state, row + shape.keyColumn, keyNorm.start, 1e-5,
                tape.keyNormed.start + t * shape.keys, tape.keyScale.start + t * vectors)
            kernels.call.pointee.rms_norm(
                vectors, shape.state, row + shape.queryColumn, queryNorm.start, 1e-5,
                tape.queryNormed.start + t * shape.keys, tape.queryScale.start + t * vectors)
            for head in 0..<shape.heads {
                let at = t * shape.heads + head
                rotate(
                    tape.keyNormed.start + t * shape.keys, keyBias, head, at, tape,
                    to: tape.keys.start + at * width)
                rotate(
                    tape.queryNormed.start + t * shape.keys, queryBias, head, at, tape,
                    to: tape.queries.start + at * width)
            }
        }
    }

    /// One head's R vectors of N, with bias, rotated by +φ.
    private func rotate(
        _ normed: Floats, _ bias: FloatBuffer, _ head: Int, _ at: Int, _ tape: Mamba3Tape,
        to out: MutableFloats
    ) {
        let n = shape.state
        for r in 0..<shape.rank {
            let source = normed + shape.key(rank: r, head: head)
            let offset = bias.start + (head * shape.rank + r) * n
            for i in 0..<n { out[r * n + i] = source[i] + offset[i] }
            for i in 0..<shape.angles {
                let (first, second) = shape.pair(i)
                let (c, s) = (
                    tape.cosine.start[at * shape.angles + i], tape.sine.start[at * shape.angles + i]
                )
                let (a, b) = (out[r * n + first], out[r * n + second])
                out[r * n + first] = a * c - b * s
                out[r * n + second] = a * s + b * c
            }
        }
    }

    /// v_r = mimo_x_r x and ζ_r = mimo_z_r z.
    func prepareValues(_ rows: Int, _ tape: Mamba3Tape) {
        let (h, r, p) = (shape.heads, shape.rank, shape.headWidth)
        for t in 0..<rows {
            let z = tape.projected.start + t * shape.projected
            let x = z + shape.inner
            for head in 0..<h {
                for rank in 0..<r {
                    let at = (head * r + rank) * p
                    for i in 0..<p {
                        tape.values.start[t * h * r * p + at + i] = expandX.start[at + i] * x[head * p + i]
                        tape.gates.start[t * h * r * p + at + i] = expandZ.start[at + i] * z[head * p + i]
                    }
                }
            }
        }
    }
}

func sigmoid(_ v: Float) -> Float {
    let e = exp(-abs(v))
    return (v >= 0 ? 1 : e) / (1 + e)
}

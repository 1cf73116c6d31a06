/// Gradients of Δ, A, λ and the angles back to the projection (math 4.3).
extension Mamba3Weights {
    /// Suffix sums of dφ, then Δ, A, λ and angle back to their columns of the projection.
    func stepsBackward(_ pass: Mamba3Pass) {
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
        let isClamped = -shape.decay(raw) > -shape.decayFloor
        out[shape.decayColumn + head] = isClamped ? 0 : -shape.decay.derivative(raw) * dExponent * step
        let dRaw = dStep * sigmoid(row[shape.stepColumn + head] + stepBias.start[head])
        out[shape.stepColumn + head] = dRaw
        pass.gradients[pass.place.stepBias + head] += dRaw
    }
}

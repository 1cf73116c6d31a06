import Kernels

/// Gradients of keys, queries and values back to the projection (math 4.3).
extension Mamba3Weights {
    /// Turns a gradient back by -φ, collects dφ, the bias and the sum over heads.
    func rotationBackward(
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
            // The heads of a group share the vectors.
            for r in 0..<shape.rank {
                pass.kernels.call.pointee.add(
                    d + r * n, n, normed.start + at / h * shape.keys + shape.key(rank: r, head: at % h))
            }
        }
    }

    func keyNormBackward(_ pass: Mamba3Pass) {
        let (vectors, n) = (shape.rank * shape.groups, shape.state)
        for t in 0..<pass.rows {
            let row = pass.tape.projected.start + t * shape.projected
            let out = pass.scratch.projected.start + t * shape.projected
            pass.kernels.call.pointee.rms_norm_gradient(
                vectors, n, row + shape.keyColumn, keyNorm.start, pass.tape.keyScale.start + t * vectors,
                pass.scratch.keyNormed.start + t * shape.keys, out + shape.keyColumn,
                pass.gradients + pass.place.keyNorm)
            pass.kernels.call.pointee.rms_norm_gradient(
                vectors, n, row + shape.queryColumn, queryNorm.start,
                pass.tape.queryScale.start + t * vectors,
                pass.scratch.queryNormed.start + t * shape.keys, out + shape.queryColumn,
                pass.gradients + pass.place.queryNorm)
        }
    }

    /// dx = Σ_r mimo_x_r dv_r, dz the same, and the expansions' own gradients.
    func valuesBackward(_ pass: Mamba3Pass) {
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
}

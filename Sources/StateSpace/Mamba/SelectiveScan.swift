import Kernels

/// The scan operator alone, of one sequence (math 2.2): Δ = softplus(raw + bias) where asked, y gated by silu(z) where
/// there is a z. Time is the outer dimension everywhere; A and h are [N, E].
package struct SelectiveScan {
    package var rows, channels, states: Int
    /// u, raw Δ, z: [T, E]; B, C: [T, N]; A: [N, E], negative; D, bias: [E].
    package var u, delta, b, c, a: FloatBuffer
    package var z, skip, deltaBias: FloatBuffer?
    package var usesSoftplus: Bool
    package var kernels: KernelTable

    package init(
        rows: Int, channels: Int, states: Int, u: FloatBuffer, delta: FloatBuffer, a: FloatBuffer,
        b: FloatBuffer,
        c: FloatBuffer, skip: FloatBuffer? = nil, z: FloatBuffer? = nil, deltaBias: FloatBuffer? = nil,
        usesSoftplus: Bool, kernels: KernelTable
    ) {
        (self.rows, self.channels, self.states) = (rows, channels, states)
        (self.u, self.delta, self.a, self.b, self.c) = (u, delta, a, b, c)
        (self.skip, self.z, self.deltaBias) = (skip, z, deltaBias)
        self.usesSoftplus = usesSoftplus
        self.kernels = kernels
    }

    /// What the backward pass needs; `y` is the answer, `h` the last state.
    package struct Result {
        package let y, h: FloatBuffer
        let raw, step, scanned, history: FloatBuffer
    }

    package struct Gradients {
        package let u, delta, a, b, c, z, skip, deltaBias: FloatBuffer
    }

    private var count: Int { rows * channels }

    package func forward() -> Result {
        let result = Result(
            y: FloatBuffer(count), h: FloatBuffer(states * channels), raw: FloatBuffer(count),
            step: FloatBuffer(count),
            scanned: FloatBuffer(count), history: FloatBuffer((rows + 1) * states * channels))
        result.raw.start.update(from: delta.start, count: count)
        if let deltaBias {
            for row in 0..<rows {
                kernels.call.pointee.add(deltaBias.start, channels, result.raw.start + row * channels)
            }
        }
        if usesSoftplus {
            kernels.call.pointee.softplus(result.raw.start, count, result.step.start)
        } else {
            result.step.start.update(from: result.raw.start, count: count)
        }
        var call = scanCall(result)
        kernels.call.pointee.scan(&call, result.h.start, result.history.start, result.scanned.start)
        if let z {
            kernels.call.pointee.gate(
                rows, channels, result.scanned.start, channels, z.start, channels, result.y.start)
        } else {
            result.y.start.update(from: result.scanned.start, count: count)
        }
        return result
    }

    /// `dy` [T, E], `dh` [N, E] the gradient of the last state.
    package func backward(_ result: Result, dy: FloatBuffer, dh: FloatBuffer) -> Gradients {
        let out = Gradients(
            u: FloatBuffer(count), delta: FloatBuffer(count), a: FloatBuffer(states * channels),
            b: FloatBuffer(rows * states), c: FloatBuffer(rows * states), z: FloatBuffer(count),
            skip: FloatBuffer(channels), deltaBias: FloatBuffer(channels))
        let dScanned = FloatBuffer(count)
        let lambda = FloatBuffer(states * channels)
        if let z {
            kernels.call.pointee.gate_gradient(
                rows, channels, dy.start, result.scanned.start, z.start, channels, dScanned.start,
                out.z.start, channels)
        } else {
            dScanned.start.update(from: dy.start, count: count)
        }
        lambda.start.update(from: dh.start, count: lambda.count)
        var call = scanCall(result)
        var gradient = mneme_scan_gradient_t(
            dy: dScanned.start, history: result.history.start, lambda: lambda.start, du: out.u.start,
            d_delta: out.delta.start, d_decay: out.delta.start, da: out.a.start, db: out.b.start,
            dc: out.c.start,
            d_skip: out.skip.start)
        kernels.call.pointee.scan_gradient(&call, &gradient)
        if usesSoftplus {
            kernels.call.pointee.softplus_gradient(result.raw.start, out.delta.start, count, out.delta.start)
        }
        for row in 0..<rows {
            kernels.call.pointee.add(out.delta.start + row * channels, channels, out.deltaBias.start)
        }
        return out
    }

    private func scanCall(_ result: Result) -> mneme_scan_t {
        mneme_scan_t(
            rows: rows, channels: channels, states: states, u: u.start, delta: result.step.start,
            decay: result.step.start, stride: channels, a: a.start, b: b.start, c: c.start, bc_stride: states,
            skip: skip.map { Floats($0.start) })
    }
}

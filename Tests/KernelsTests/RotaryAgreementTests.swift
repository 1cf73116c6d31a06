import Differences
import Kernels
import StateSpace
import Testing

/// Mamba-3's recurrence against its plain loop, on every dispatch level.
@Suite struct RotaryAgreementTests {
    @Test(arguments: KernelTable.levels, [(1, 4, 1), (8, 8, 1), (16, 16, 1), (5, 6, 3), (20, 7, 2)])
    func recurrencesAgree(_ kernels: KernelTable, _ sizes: (width: Int, states: Int, ranks: Int)) {
        let k = kernels.functions
        let plain = KernelTable.plain.functions
        let rows = 4
        let (p, n, r) = sizes
        let size = p * n
        let vs = rows * r * p
        let ks = rows * r * n
        let v = noise(vs, seed: 1)
        let key = noise(ks, seed: 2)
        let q = noise(ks, seed: 3)
        let dy = noise(vs, seed: 4)
        let steps = noise(3 * rows, seed: 5)
        let before = noise(r * (p + n), seed: 6)
        let history = noise((rows + 1) * size, seed: 7)
        var call = mneme_rotary_t(
            rows: rows, ranks: r, width: p, states: n, v: v.start, v_stride: r * p, k: key.start, q: q.start,
            k_stride: r * n, alpha: steps.start, beta: steps.start + rows, gamma: steps.start + 2 * rows,
            step_stride: 1,
            previous_v: before.start, previous_k: before.start + r * p, skip: 0.7)
        var worst = WorstError()
        compare("rotary_scan", size + vs, k, plain, &worst) { $0.rotary_scan(&call, $1, nil, $1 + size) }
        compare("rotary_scan_gradient", size + vs + 2 * ks + 3 * rows + 1, k, plain, &worst) { table, out in
            let dk = out + size + vs
            let steps = dk + 2 * ks
            var gradient = mneme_rotary_gradient_t(
                dy: dy.start, history: history.start, adjoint: out, dv: out + size, dk: dk, dq: dk + ks,
                d_alpha: steps,
                d_beta: steps + rows, d_gamma: steps + 2 * rows, d_skip: steps + 3 * rows)
            table.rotary_scan_gradient(&call, &gradient)
        }
        #expect(worst.value < 3e-6, "\(worst)")
    }
}

import Differences
import Kernels
import StateSpace
import Testing

/// Convolution, scan and losses against their plain loops, on every dispatch level.
@Suite struct TimeAgreementTests {
    @Test(arguments: KernelTable.levels, AgreementTests.sizes)
    func convolutionsAgree(_ kernels: KernelTable, _ channels: Int) {
        let k = kernels.functions
        let plain = KernelTable.plain.functions
        var worst = WorstError()
        for (rows, taps) in [(1, 1), (1, 4), (2, 4), (7, 3)] {
            let count = rows * channels
            let kept = (taps - 1) * channels
            let x = noise(count, seed: 1)
            let w = noise(taps * channels, seed: 2)
            let b = noise(channels, seed: 3)
            let dy = noise(count, seed: 4)
            let state = noise(kept, seed: 5)
            var call = convolution(rows: rows, channels: channels, taps: taps, x: x, weight: w, bias: b)
            compare("conv", count + kept, k, plain, &worst) { $0.conv(&call, $1 + count, $1, channels) }
            compare("conv_gradient", count + taps * channels + channels, k, plain, &worst) {
                $0.conv_gradient(
                    &call, state.start, dy.start, channels, $1, channels, $1 + count,
                    $1 + count + taps * channels)
            }
        }
        #expect(worst.value < 1e-6, "\(worst)")
    }

    @Test(arguments: KernelTable.levels, AgreementTests.sizes) func scansAgree(
        _ kernels: KernelTable, _ channels: Int
    ) {
        let k = kernels.functions
        let plain = KernelTable.plain.functions
        let rows = 5
        var worst = WorstError()
        for states in [1, 5, 16] {
            let count = rows * channels
            let size = states * channels
            let values = ScanInputs(rows: rows, channels: channels, states: states)
            var call = values.call
            compare("scan", size + count, k, plain, &worst) { $0.scan(&call, $1, nil, $1 + size) }
            compare("scan_decay", size, k, plain, &worst) {
                $0.scan_decay(channels, states, values.delta.start, values.a.start, $1)
            }
            compare("scan_gradient", 3 * count + 2 * size + 2 * rows * states + channels, k, plain, &worst) {
                table, out in
                let bc = out + 3 * count + 2 * size
                var gradient = mneme_scan_gradient_t(
                    dy: values.u.start, history: values.history.start, lambda: out + 3 * count, du: out,
                    d_delta: out + count, d_decay: out + 2 * count, da: out + 3 * count + size, db: bc,
                    dc: bc + rows * states, d_skip: bc + 2 * rows * states)
                table.scan_gradient(&call, &gradient)
            }
        }
        #expect(worst.value < 3e-6, "\(worst)")
    }

    @Test(arguments: KernelTable.levels, AgreementTests.sizes) func lossesAgree(
        _ kernels: KernelTable, _ n: Int
    ) {
        let k = kernels.functions
        let plain = KernelTable.plain.functions
        let scores = noise(n, seed: 1, bound: 40)
        let labels = FloatBuffer((0..<n).map { Float($0 % 3) })
        var worst = WorstError()
        compare("listwise", n + 1, k, plain, &worst) {
            _ = $0.listwise(n, scores.start, labels.start, nil, 0.5, $1 + n, $1)
        }
        compare("cross_entropy", n + 1, k, plain, &worst) {
            ($1 + n).pointee = $0.cross_entropy(n, scores.start, n / 2, 0.5, $1)
        }
        #expect(worst.value < 1e-6, "\(worst)")
    }
}

private struct ScanInputs {
    let rows, channels, states: Int
    let u, delta, a, b, c, skip, history: FloatBuffer

    init(rows: Int, channels: Int, states: Int) {
        (self.rows, self.channels, self.states) = (rows, channels, states)
        u = noise(rows * channels, seed: 1)
        delta = FloatBuffer(noise(rows * channels, seed: 2).array.map { abs($0) })
        a = FloatBuffer(noise(states * channels, seed: 3).array.map { -abs($0) * 4 })
        b = noise(rows * states, seed: 4)
        c = noise(rows * states, seed: 5)
        skip = noise(channels, seed: 6)
        history = noise((rows + 1) * states * channels, seed: 7)
    }

    var call: mneme_scan_t {
        mneme_scan_t(
            rows: rows, channels: channels, states: states, u: u.start, delta: delta.start,
            decay: delta.start,
            stride: channels, a: a.start, b: b.start, c: c.start, bc_stride: states, skip: skip.start)
    }
}

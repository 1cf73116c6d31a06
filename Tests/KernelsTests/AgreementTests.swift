import Differences
import Kernels
import StateSpace
import Testing

/// Every kernel and its plain loop give the same answer, on every dispatch level and on sizes that fill no vector.
@Suite struct AgreementTests {
    static let sizes = [1, 3, 7, 16, 17, 36, 64, 130]

    @Test(arguments: KernelTable.levels, sizes) func elementFunctionsAgree(_ kernels: KernelTable, _ n: Int) {
        let k = kernels.functions
        let plain = KernelTable.plain.functions
        let x = noise(n, seed: 1, bound: 12)
        let dy = noise(n, seed: 2)
        var worst = WorstError()
        func check(_ name: String, _ run: (mneme_kernels_t, MutableFloats) -> Void) {
            compare(name, n, k, plain, &worst, run)
        }
        check("exp") { $0.exp(x.start, n, $1) }
        check("softplus") { $0.softplus(x.start, n, $1) }
        check("sigmoid") { $0.sigmoid(x.start, n, $1) }
        check("silu") { $0.silu(x.start, n, $1) }
        check("gelu") { $0.gelu(x.start, n, $1) }
        check("softplus_gradient") { $0.softplus_gradient(x.start, dy.start, n, $1) }
        check("silu_gradient") { $0.silu_gradient(x.start, dy.start, n, $1) }
        check("gelu_gradient") { $0.gelu_gradient(x.start, dy.start, n, $1) }
        check("add") { $0.add(x.start, n, $1) }
        check("scaled_add") { $0.scaled_add(0.3, x.start, n, $1) }
        #expect(worst.value < 1e-6, "\(worst)")
        let sum = k.sum_of_squares(x.start, n)
        let expected = plain.sum_of_squares(x.start, n)
        #expect(abs(sum - expected) <= 1e-14 * expected)
    }

    /// Two strides, biases, accumulation; rows that fill tiles and rows that don't.
    @Test(arguments: KernelTable.levels, sizes) func matrixProductsAgree(
        _ kernels: KernelTable, _ outputs: Int
    ) {
        let k = kernels.functions
        let plain = KernelTable.plain.functions
        var worst = WorstError()
        for (rows, inputs) in [(1, 1), (1, 33), (2, 64), (5, 7), (9, 130)] {
            let x = noise(rows * (inputs + 3), seed: 3)
            let w = noise(outputs * inputs, seed: 4)
            let b = noise(outputs, seed: 5)
            let dy = noise(rows * outputs, seed: 6)
            let panels = FloatBuffer(mneme_packed_count(outputs, inputs))
            mneme_pack(w.start, outputs, inputs, inputs, 1, panels.start)
            for adding in [Int32(0), 1] {
                compare("linear", rows * (outputs + 2), k, plain, &worst) { table, y in
                    var call = mneme_linear_t(
                        rows: rows, inputs: inputs, outputs: outputs, x: x.start, x_stride: inputs + 3, y: y,
                        y_stride: outputs + 2, bias: b.start, accumulate: adding)
                    table.linear(&call, panels.start)
                }
            }
            compare("linear_gradient", outputs * (inputs + 1), k, plain, &worst) { table, dw in
                table.linear_gradient(
                    rows, inputs, outputs, dy.start, outputs, x.start, inputs + 3, dw, dw + outputs * inputs)
            }
        }
        // f32 sums over 130 terms.
        #expect(worst.value < 3e-6, "\(worst)")
    }

    @Test(arguments: KernelTable.levels, sizes) func normsAndGatesAgree(_ kernels: KernelTable, _ n: Int) {
        let k = kernels.functions
        let plain = KernelTable.plain.functions
        let rows = 3
        let x = noise(rows * n, seed: 7, bound: 3)
        let z = noise(rows * n, seed: 8, bound: 3)
        let w = noise(n, seed: 9)
        let dg = noise(rows * n, seed: 10)
        var worst = WorstError()
        compare("gate", rows * n, k, plain, &worst) { $0.gate(rows, n, x.start, n, z.start, n, $1) }
        compare("gate_gradient", 2 * rows * n, k, plain, &worst) {
            $0.gate_gradient(rows, n, dg.start, x.start, z.start, n, $1, $1 + rows * n, n)
        }
        compare("rms_norm", rows * n + rows, k, plain, &worst) {
            $0.rms_norm(rows, n, x.start, w.start, 1e-5, $1, $1 + rows * n)
        }
        let scale = FloatBuffer([0.5, 0.7, 1.1])
        let mean = FloatBuffer([0.1, -0.2, 0])
        compare("rms_norm_gradient", rows * n + n, k, plain, &worst) {
            $0.rms_norm_gradient(rows, n, x.start, w.start, scale.start, z.start, $1, $1 + rows * n)
        }
        compare("layer_norm_gradient", rows * n + 2 * n, k, plain, &worst) {
            $0.layer_norm_gradient(
                rows, n, x.start, w.start, mean.start, scale.start, z.start, $1, $1 + rows * n,
                $1 + rows * n + n)
        }
        if n > 1 {  // One element has no variance: 1/√ε amplifies its rounding.
            compare("layer_norm", rows * n + 2 * rows, k, plain, &worst) {
                $0.layer_norm(
                    rows, n, x.start, w.start, w.start, 1e-5, $1, $1 + rows * n, $1 + rows * n + rows)
            }
        }
        #expect(worst.value < 3e-6, "\(worst)")
    }
}

/// Runs both tables into buffers that start with the same numbers.
func compare(
    _ name: String, _ count: Int, _ k: mneme_kernels_t, _ plain: mneme_kernels_t, _ worst: inout WorstError,
    _ run: (mneme_kernels_t, MutableFloats) -> Void
) {
    let values = noise(count, seed: 11)
    let expected = noise(count, seed: 11)
    run(k, values.start)
    run(plain, expected.start)
    worst.add(name, values.array, expected.array)
}

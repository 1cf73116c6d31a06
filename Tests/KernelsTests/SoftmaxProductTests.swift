import Differences
import Kernels
import StateSpace
import Testing

/// The softmax over a table and its plain loop give the same answer, on every dispatch level, on sizes that fill no tile
/// and on sizes that need several.
@Suite struct SoftmaxProductTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var rows, width, items: Int
        var hasBias = true
        /// Of the hidden rows; large ones give logits whose exponentials leave float32.
        var bound = 1.0
        var testDescription: String { "\(rows) × \(width) × \(items), bias \(hasBias), bound \(bound)" }
    }

    static let cases = [
        Case(rows: 1, width: 1, items: 1), Case(rows: 3, width: 5, items: 7, hasBias: false),
        Case(rows: 17, width: 64, items: 129), Case(rows: 300, width: 20, items: 140, hasBias: false),
        Case(rows: 260, width: 33, items: 300), Case(rows: 20, width: 16, items: 200, bound: 60),
    ]

    @Test(arguments: KernelTable.levels, cases) func theSoftmaxOverATableAgrees(
        _ kernels: KernelTable, _ sizes: Case
    ) {
        let (rows, width, items) = (sizes.rows, sizes.width, sizes.items)
        let hidden = noise(rows * width, seed: 21, bound: sizes.bound)
        let table = noise(items * width, seed: 22)
        let bias = noise(items, seed: 23)
        let workspace = FloatBuffer(mneme_softmax_workspace(width))
        var call = mneme_softmax_product_t(
            rows: rows, width: width, items: items, hidden: hidden.start, table: table.start,
            bias: sizes.hasBias ? Floats(bias.start) : nil)
        let (k, plain) = (kernels.functions, KernelTable.plain.functions)
        var worst = WorstError()
        compare("log sums", rows, k, plain, &worst) { $0.softmax_product(&call, workspace.start, $1) }
        let sums = FloatBuffer(rows)
        plain.softmax_product(&call, workspace.start, sums.start)
        let dBias = rows * width + items * width
        compare("gradients", dBias + items, k, plain, &worst) {
            $0.softmax_product_gradient(
                &call, workspace.start, sums.start, $1, $1 + rows * width,
                sizes.hasBias ? $1 + dBias : nil)
        }
        // Logits up to 240 are rounded to 1.5e-5 before their exponential is taken.
        #expect(worst.value < (sizes.bound > 1 ? 2e-4 : 3e-6), "\(worst)")
    }

    @Test func theProbabilitiesOfARowAddUpToOne() {
        let (rows, width, items) = (5, 12, 400)
        let hidden = noise(rows * width, seed: 1, bound: 2)
        let table = noise(items * width, seed: 2)
        let workspace = FloatBuffer(mneme_softmax_workspace(width))
        let sums = FloatBuffer(rows)
        let (dHidden, dTable, dBias) = (
            FloatBuffer(rows * width), FloatBuffer(items * width), FloatBuffer(items)
        )
        var call = mneme_softmax_product_t(
            rows: rows, width: width, items: items, hidden: hidden.start, table: table.start, bias: nil)
        let k = KernelTable.best.functions
        k.softmax_product(&call, workspace.start, sums.start)
        k.softmax_product_gradient(
            &call, workspace.start, sums.start, dHidden.start, dTable.start, dBias.start)
        #expect(abs(dBias.array.reduce(0, +) - Float(rows)) < 1e-4)
    }
}

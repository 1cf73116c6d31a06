import Glibc
import Kernels
import StateSpace

/// Arithmetic rate of the softmax over a table, one thread, per dispatch level: 2 products of the table with the rows
/// forward and in the gradient each once more, 2 for the two gradients. Processor time, so that neighbours count less.
func softmaxRates() {
    let (rows, width, items) = (768, 64, 23_715)
    let hidden = FloatBuffer((0..<rows * width).map { Float(($0 * 31) % 61) / 61 - 0.5 })
    let table = FloatBuffer((0..<items * width).map { Float(($0 * 17) % 97) / 97 - 0.5 })
    let (dHidden, dTable) = (FloatBuffer(rows * width), FloatBuffer(items * width))
    let sums = FloatBuffer(rows)
    let workspace = FloatBuffer(mneme_softmax_workspace(width))
    var call = mneme_softmax_product_t(
        rows: rows, width: width, items: items, hidden: hidden.start, table: table.start, bias: nil)
    let product = 2 * Double(rows) * Double(width) * Double(items)
    for kernels in KernelTable.levels {
        let functions = kernels.functions
        var (forward, gradient) = (Double.infinity, Double.infinity)
        for _ in 0..<8 {
            let start = processorSeconds()
            functions.softmax_product(&call, workspace.start, sums.start)
            let middle = processorSeconds()
            functions.softmax_product_gradient(
                &call, workspace.start, sums.start, dHidden.start, dTable.start, nil)
            forward = min(forward, middle - start)
            gradient = min(gradient, processorSeconds() - middle)
        }
        func rate(_ products: Double, _ seconds: Double) -> Int { Int(products * product / seconds / 1e9) }
        print(
            "softmax over \(items) × \(width), \(rows) rows, \(kernels.name)\tforward \(rate(1, forward))"
                + "\tgradient \(rate(3, gradient))\tboth \(rate(4, forward + gradient)) GFLOP/s"
        )
    }
}

private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

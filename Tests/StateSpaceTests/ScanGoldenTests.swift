import GoldenTensors
import StateSpace
import Testing

/// `mamba1-scan*` of Tests/Golden: the operator alone, with gaps of 0 and 500 in the irregular one.
@Suite struct ScanGoldenTests {
    @Test(arguments: ["mamba1-scan", "mamba1-scan-irregular"], KernelTable.levels + [.plain])
    func theScanAnswersAsRecorded(_ name: String, _ kernels: KernelTable) throws {
        let golden = try GoldenTensors(name)
        let sizes = golden.shape("in.u")
        let batches = sizes[0]
        let e = sizes[1]
        let length = sizes[2]
        let n = golden.shape("in.A")[1]
        var values: [String: [Float]] = [:]
        var sums: [String: [Float]] = [:]
        for batch in 0..<batches {
            let scan = SelectiveScan(golden, batch: batch, kernels: kernels)
            let result = scan.forward()
            let gradients = scan.backward(
                result, dy: timeFirst(golden, "loss.cot", batch),
                dh: timeFirst(golden, "loss.cot_last", batch))
            values["out.y", default: []] += transpose(result.y, length, e)
            values["out.last_state", default: []] += transpose(result.h, n, e)
            values["grad.in.u", default: []] += transpose(gradients.u, length, e)
            values["grad.in.delta", default: []] += transpose(gradients.delta, length, e)
            values["grad.in.B", default: []] += transpose(gradients.b, length, n)
            values["grad.in.C", default: []] += transpose(gradients.c, length, n)
            values["grad.in.z", default: []] += transpose(gradients.z, length, e)
            sums["grad.in.A"] = added(sums["grad.in.A"], transpose(gradients.a, n, e))
            sums["grad.in.D"] = added(sums["grad.in.D"], gradients.skip.array)
            sums["grad.in.delta_bias"] = added(sums["grad.in.delta_bias"], gradients.deltaBias.array)
        }
        var outputs = WorstError()
        var gradients = WorstError()
        for (key, value) in values.merging(sums, uniquingKeysWith: { $1 }) where golden.tensors[key] != nil {
            if key.hasPrefix("out") {
                outputs.add(key, value, golden[key])
            } else {
                gradients.add(key, value, golden[key])
            }
        }
        print("\(name) \(kernels.name): outputs \(outputs), gradients \(gradients)")
        #expect(outputs.value < 1e-5)
        #expect(gradients.value < 1e-4)
    }
}

extension SelectiveScan {
    fileprivate init(_ golden: GoldenTensors, batch: Int, kernels: KernelTable) {
        let sizes = golden.shape("in.u")
        let n = golden.shape("in.A")[1]
        func optional(_ name: String) -> FloatBuffer? {
            golden.tensors[name].map { FloatBuffer($0.values) }
        }
        let a = golden["in.A"]
        self.init(
            rows: sizes[2], channels: sizes[1], states: n, u: timeFirst(golden, "in.u", batch),
            delta: timeFirst(golden, "in.delta", batch),
            a: FloatBuffer((0..<n).flatMap { state in (0..<sizes[1]).map { a[$0 * n + state] } }),
            b: timeFirst(golden, "in.B", batch), c: timeFirst(golden, "in.C", batch), skip: optional("in.D"),
            z: golden.tensors["in.z"] == nil ? nil : timeFirst(golden, "in.z", batch),
            deltaBias: optional("in.delta_bias"),
            usesSoftplus: golden.config["softplus"] as? Bool ?? false, kernels: kernels)
    }
}

/// One batch row of a [B, X, L] tensor as [L, X].
private func timeFirst(_ golden: GoldenTensors, _ name: String, _ batch: Int) -> FloatBuffer {
    let sizes = golden.shape(name)
    let x = sizes[1]
    let length = sizes[2]
    let values = golden[name]
    return FloatBuffer((0..<length).flatMap { t in (0..<x).map { values[(batch * x + $0) * length + t] } })
}

/// [rows, columns] as [columns, rows].
private func transpose(_ buffer: FloatBuffer, _ rows: Int, _ columns: Int) -> [Float] {
    let values = buffer.array
    return (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }
}

private func added(_ sum: [Float]?, _ values: [Float]) -> [Float] {
    guard let sum else { return values }
    return zip(sum, values).map(+)
}

import Glibc
import StateSpace

/// Functions with their derivatives, norms and the short convolution.
func goldenPrimitives(_ file: GoldenFile, _ kernels: KernelTable) throws -> GoldenTally {
    var results = GoldenResults()
    try functions(file, kernels, &results)
    for kind in ["rmsnorm", "layernorm"] where file.has(kind + ".x") {
        try norm(kind, file, kernels, &results)
    }
    if file.has("conv.x") { try convolution(file, kernels, &results) }
    let known = Set(results.tensors.keys)
    // Here an answer is whatever isn't an input.
    let strangers = file.tensors.names.filter {
        !known.contains($0) && $0 != "x" && !$0.hasSuffix(".x") && !$0.hasSuffix(".cot")
            && !$0.contains(".w.")
    }
    if let stranger = strangers.first {
        throw file.failure("\(stranger) is recorded and no function of ours")
    }
    var tally = GoldenTally()
    try tally.compare(results, of: file)
    return tally
}

private func functions(_ file: GoldenFile, _ kernels: KernelTable, _ results: inout GoldenResults) throws {
    guard file.has("x") else { return }
    let x = FloatBuffer(try file.floats("x"))
    let ones = FloatBuffer([Float](repeating: 1, count: x.count))
    let y = FloatBuffer(x.count)
    let k = kernels.functions
    func fill(_ name: String, _ body: (MutableFloats) -> Void) {
        body(y.start)
        results.append(name, y.array)
    }
    fill("softplus") { k.softplus(x.start, x.count, $0) }
    fill("sigmoid") { k.sigmoid(x.start, x.count, $0) }
    fill("silu") { k.silu(x.start, x.count, $0) }
    fill("gelu_erf") { k.gelu(x.start, x.count, $0) }
    fill("d_softplus") { k.softplus_gradient(x.start, ones.start, x.count, $0) }
    fill("d_silu") { k.silu_gradient(x.start, ones.start, x.count, $0) }
    fill("d_gelu_erf") { k.gelu_gradient(x.start, ones.start, x.count, $0) }
    for (name, function) in scalars { results.append(name, x.array.map(function)) }
    guard file.has("exp") else { return }
    fill("exp") { k.exp(x.start, x.count, $0) }
}

/// Those that no loop is hot in have no kernel.
private let scalars: [(String, @Sendable (Float) -> Float)] = [
    ("heavy_tail", Elementary.heavy), ("d_heavy_tail", Elementary.heavyDerivative),
    ("tanh", { tanh($0) }), ("d_tanh", Elementary.tanhDerivative),
    ("d_sigmoid", Elementary.sigmoidDerivative),
    ("gelu_tanh", Elementary.geluTanh), ("d_gelu_tanh", Elementary.geluTanhDerivative),
]

private func norm(
    _ kind: String, _ file: GoldenFile, _ kernels: KernelTable, _ results: inout GoldenResults
) throws {
    let shape = try file.shape(kind + ".x", rank: 2)
    let (rows, n) = (shape[0], shape[1])
    let x = FloatBuffer(try file.floats(kind + ".x"))
    let w = FloatBuffer(try file.floats(kind + ".w.weight", shape: [n]))
    let dy = FloatBuffer(try file.floats(kind + ".cot", shape: shape))
    let y = FloatBuffer(x.count)
    let (mean, scale) = (FloatBuffer(rows), FloatBuffer(rows))
    let (dx, dw, db) = (FloatBuffer(x.count), FloatBuffer(n), FloatBuffer(n))
    let k = kernels.functions
    if kind == "rmsnorm" {
        k.rms_norm(rows, n, x.start, w.start, 1e-5, y.start, scale.start)
        k.rms_norm_gradient(rows, n, x.start, w.start, scale.start, dy.start, dx.start, dw.start)
    } else {
        let b = FloatBuffer(try file.floats(kind + ".w.bias", shape: [n]))
        k.layer_norm(rows, n, x.start, w.start, b.start, 1e-5, y.start, mean.start, scale.start)
        k.layer_norm_gradient(
            rows, n, x.start, w.start, mean.start, scale.start, dy.start, dx.start, dw.start, db.start)
        results.append("grad.\(kind).w.bias", db.array)
    }
    results.append(kind + ".y", y.array)
    results.append("grad.\(kind).x", dx.array)
    results.append("grad.\(kind).w.weight", dw.array)
}

/// The file holds (B, channels, L); the kernels want time outside.
private func convolution(
    _ file: GoldenFile, _ kernels: KernelTable, _ results: inout GoldenResults
) throws {
    let shape = try file.shape("conv.x", rank: 3)
    let (channels, length) = (shape[1], shape[2])
    let taps = try file.shape("conv.w.weight", rank: 3)[2]
    guard taps > 0 else { throw file.failure("conv.w.weight has no taps") }
    let weight = try file.floats("conv.w.weight", shape: [channels, 1, taps])
    let convolution = CausalConvolution(
        channels: channels, taps: taps, weight: weight,
        bias: file.has("conv.w.bias") ? try file.floats("conv.w.bias", shape: [channels]) : nil,
        kernels: kernels)
    func row(_ name: String, _ batch: Int) throws -> [Float] {
        let count = channels * length
        let values = try file.floats(name, shape: shape)[batch * count..<(batch + 1) * count]
        return GoldenFile.turned(Array(values), rows: channels, columns: length)
    }
    func back(_ values: [Float]) -> [Float] { GoldenFile.turned(values, rows: length, columns: channels) }
    for batch in 0..<shape[0] {
        let x = try row("conv.x", batch)
        let slopes = convolution.gradients(x, dy: try row("conv.cot", batch))
        results.append("conv.y", back(convolution.run(x)))
        results.append("grad.conv.x", back(slopes.x))
        results.add("grad.conv.w.weight", slopes.weight)
        results.add("grad.conv.w.bias", slopes.bias)
    }
}

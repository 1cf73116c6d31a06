import StateSpace

/// int8 rows and activations with straight-through gradients, and ternary weights. No kernel takes part.
func goldenQuantization(_ file: GoldenFile) throws -> GoldenTally {
    let sizes = try file.shape("in.W", rank: 2)
    let weight = try file.floats("in.W")
    let buffer = FloatBuffer(weight)
    let rows = QuantizedRows(buffer.start, rows: sizes[0], columns: sizes[1])
    var results = GoldenResults()
    results.append("w8.int", rows.codes.map { Float($0) })
    results.append("w8.scale", rows.scales)
    results.append("w8.fake", rows.weight)
    if file.has("w8.cot") {
        let dy = try file.floats("w8.cot", shape: sizes)
        for row in 0..<sizes[0] {
            let range = row * sizes[1]..<(row + 1) * sizes[1]
            results.append(
                "grad.w8",
                fakeQuantizeGradient(
                    Array(weight[range]), dy: Array(dy[range]), scale: rows.scales[row], in: -127...127))
        }
    }
    try activations(file, &results)
    let ternary = TernaryMatrix(weight)
    results.append("ternary.codes", ternary.codes)
    results.append("ternary.gamma", [ternary.gamma])
    results.append("ternary.weight", ternary.weight)
    var tally = GoldenTally()
    try tally.compare(results, of: file)
    // Their names don't begin with grad.
    for (name, ours) in [("w8.grad", "grad.w8"), ("x8.grad", "grad.x8")] where file.has(name) {
        try tally.compare(name, of: file, with: results.tensors[ours] ?? [])
    }
    return tally
}

/// Per tensor, with the scale of the file.
private func activations(_ file: GoldenFile, _ results: inout GoldenResults) throws {
    guard file.has("in.x") else { return }
    let x = try file.floats("in.x")
    let scale = try file.floats("x8.scale", shape: [1])[0]
    guard scale > 0, scale.isFinite else { throw file.failure("x8.scale is \(scale)") }
    results.append("x8.fake", fakeQuantize(x, scale: scale, in: -128...127))
    let dy = try file.floats("x8.cot")
    guard dy.count == x.count else { throw file.failure("x8.cot and in.x differ in size") }
    results.append("grad.x8", fakeQuantizeGradient(x, dy: dy, scale: scale, in: -128...127))
}

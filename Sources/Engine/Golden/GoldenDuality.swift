import StateSpace

/// The operator of Mamba-2: `in.X`, `in.A`, `in.B`, `in.C` (B, L, H, …).
func goldenDuality(_ file: GoldenFile) throws -> GoldenTally {
    let (batch, length, heads) = (try file.size("B"), try file.size("L"), try file.size("H"))
    let (width, size) = (try file.size("P"), try file.size("N"))
    let operation = DualityOperator(heads: heads, width: width, stateSize: size)
    func sequence(_ name: String, _ number: Int, _ rest: [Int]) throws -> [Float] {
        let values = try file.floats(name, shape: [batch, length, heads] + rest)
        let count = values.count / batch
        return Array(values[number * count..<(number + 1) * count])
    }
    var outputs: (y: [Float], state: [Float]) = ([], [])
    var gradients = DualityOperator.Inputs(x: [], a: [], b: [], c: [])
    for number in 0..<batch {
        let inputs = DualityOperator.Inputs(
            x: try sequence("in.X", number, [width]), a: try sequence("in.A", number, []),
            b: try sequence("in.B", number, [size]), c: try sequence("in.C", number, [size]))
        let trace = operation.run(inputs)
        outputs.y += trace.y
        outputs.state += GoldenFile.turned(trace.lastState, rows: size, columns: width)
        let slopes = operation.gradients(inputs, trace, dy: try sequence("loss.cot", number, [width]))
        gradients.x += slopes.x
        gradients.a += slopes.a
        gradients.b += slopes.b
        gradients.c += slopes.c
    }
    var tally = GoldenTally()
    try tally.compare("out.Y", of: file, with: outputs.y)
    try tally.compare("out.final_state", of: file, with: outputs.state)
    for (name, ours) in [("X", gradients.x), ("A", gradients.a), ("B", gradients.b), ("C", gradients.c)] {
        try tally.compare("grad.in." + name, of: file, with: ours)
    }
    return tally
}

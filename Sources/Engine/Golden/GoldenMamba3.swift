import StateSpace

/// One Mamba-3 mixer, SISO or MIMO, with the operands of its recurrence.
func goldenMamba3(_ file: GoldenFile, _ kernels: KernelTable) throws -> GoldenTally {
    let shape = try file.mamba3Shape()
    var layout = ParameterLayout()
    let place = Mamba3Parameters(shape, prefix: "", in: &layout)
    try file.refuseWeights(beyond: layout.entries.map(\.name))
    let sizes = try file.shape("in.x", rank: 3)
    try file.agree(["B": sizes[0], "L": sizes[1], "params": layout.count])
    let weights = Mamba3Weights(shape, trains: true)
    let values = try file.parameters(layout, prefix: "w.")
    weights.load(values.start, at: place)
    let run = Mamba3Run(file: file, kernels: kernels, shape: shape, place: place, weights: weights)
    let gradients = FloatBuffer(layout.count)
    var results = GoldenResults(angles: ["state.angle", "state.angle_next"])
    for row in 0..<sizes[0] { try run.run(row, of: sizes, gradients, &results) }
    for entry in layout.entries { results.append("grad.w." + entry.name, gradients[entry]) }
    var tally = GoldenTally()
    try tally.compare(results, of: file)
    return tally
}

private struct Mamba3Run {
    let file: GoldenFile
    let kernels: KernelTable
    let shape: Mamba3Shape
    let place: Mamba3Parameters
    let weights: Mamba3Weights

    func run(_ row: Int, of sizes: [Int], _ gradients: FloatBuffer, _ results: inout GoldenResults) throws {
        let length = try file.bounded(sizes[1], shape.inner * shape.state)
        let tape = Mamba3Tape(shape, capacity: length, trains: true)
        let state = Mamba3State(shape)
        let x = try file.batch("in.x", row, sizes)
        let dy = try file.batch("loss.cot", row, sizes)
        let y = FloatBuffer(x.count)
        let dx = FloatBuffer(x.count)
        weights.forward(
            kernels, rows: length, x: x.start, state: state, tape: tape, to: y.start, adding: false)
        results.append("out.y", y.array)
        collect(tape, length, &results)
        collect(state, "", &results)
        weights.backward(
            kernels, rows: length, x: x.start, dy: dy.start, dx: dx.start, tape: tape, place: place,
            gradients: gradients.start, scratch: Mamba3GradientScratch(shape, capacity: length))
        results.append("grad.in.x", dx.array)
        try goOn(row, from: state, &results)
    }

    /// The next tokens, one at a time, from the state that the first ones left.
    private func goOn(_ row: Int, from state: Mamba3State, _ results: inout GoldenResults) throws {
        guard file.has("in.x_next") else { return }
        let sizes = try file.shape("in.x_next", rank: 3)
        let x = try file.batch("in.x_next", row, sizes)
        let y = FloatBuffer(x.count)
        let tape = Mamba3Tape(shape, capacity: 1, trains: false)
        for t in 0..<sizes[1] {
            weights.forward(
                kernels, rows: 1, x: x.start + t * shape.width, state: state, tape: tape,
                to: y.start + t * shape.width, adding: false)
        }
        results.append("out.y_next", y.array)
        collect(state, "_next", &results)
    }

    private func collect(_ state: Mamba3State, _ suffix: String, _ results: inout GoldenResults) {
        results.append("state.angle" + suffix, state.angle)
        results.append("state.ssm" + suffix, state.ssm)
        results.append("state.k" + suffix, state.key)
        results.append((shape.isMultiInput ? "state.v_projected" : "state.v") + suffix, state.value)
    }

    private func collect(_ tape: Mamba3Tape, _ length: Int, _ results: inout GoldenResults) {
        let projected = tape.projected.array
        func columns(_ start: Int, _ count: Int) -> [Float] {
            (0..<length).flatMap {
                projected[$0 * shape.projected + start..<$0 * shape.projected + start + count]
            }
        }
        /// [T, H] as [H, T].
        func perHead(_ values: [Float]) -> [Float] {
            GoldenFile.turned(values, rows: length, columns: shape.heads)
        }
        let steps = tape.step.array
        results.append("mid.Q", tape.queryNormed.array)
        results.append("mid.K", tape.keyNormed.array)
        results.append("mid.V", columns(shape.inner, shape.inner))
        results.append("mid.DT", perHead(steps))
        results.append("mid.ADT", perHead(zip(tape.decay.array, steps).map(*)))
        results.append("mid.Trap", perHead(columns(shape.trapezoidColumn, shape.heads)))
        // The reference repeats the shared angles for every head.
        for t in 0..<length {
            let angles = projected[(t * shape.projected + shape.angleColumn)...].prefix(shape.angles)
            for _ in 0..<shape.heads { results.append("mid.Angles", angles) }
        }
    }
}

extension GoldenFile {
    fileprivate func mamba3Shape() throws -> Mamba3Shape {
        let projection = try shape("w.in_proj.weight", rank: 2)
        let inner = try shape("w.out_proj.weight", rank: 2)[1]
        // (H, R, N).
        let bias = try shape("w.B_bias", rank: 3)
        let (heads, rank, state) = (bias[0], bias[1], bias[2])
        guard heads > 0, rank > 0, state > 0, inner % heads == 0 else {
            throw failure("\(heads) heads of \(inner) channels, rank \(rank), state \(state)")
        }
        let groups = try groups(rank: rank)
        let block = Mamba3Shape(
            width: projection[1], inner: inner, state: state, headWidth: inner / heads, rank: rank,
            angles: projection[0] - 2 * inner - 2 * rank * groups * state - 3 * heads, groups: groups,
            isMultiInput: has("w.mimo_x"), outputNorm: has("w.norm.weight"),
            decay: try choice("A_activation", Mamba3Decay.self, default: .heavy),
            decayFloor: Float(try number("A_floor", default: 1e-4)))
        guard block.isValid else { throw failure("the sizes of in_proj, out_proj and B_bias fit no mixer") }
        try check(block)
        return block
    }

    /// Heads that share B and C, as the config or the recorded keys have it.
    private func groups(rank: Int) throws -> Int {
        if hasOption("ngroups") { return max(1, try integer("ngroups")) }
        // (B, L, R, G, N), without R for SISO.
        guard let shape = tensors.tensor("mid.K")?.shape, shape.count >= 4 else { return 1 }
        return max(1, shape[shape.count - 2])
    }

    private func check(_ block: Mamba3Shape) throws {
        try agree([
            "d_model": block.width, "d_inner": block.inner, "d_state": block.state,
            "headdim": block.headWidth,
            "nheads": block.heads, "rank": block.rank, "mimo_rank": block.rank,
            "num_rope_angles": block.angles,
        ])
        if hasOption("outproj_norm"), try flag("outproj_norm") != block.outputNorm {
            throw failure("its config and its tensors disagree about \"outproj_norm\"")
        }
        if hasOption("rope_fraction") {
            let angles = Int(Double(block.state) * (try number("rope_fraction"))) / 2
            guard angles == block.angles else {
                throw failure(
                    "\"rope_fraction\" makes \(angles) angles of a state of \(block.state), in_proj has \(block.angles)"
                )
            }
        }
        let order = "z,x,B,C,dd_dt,dd_A,trap,angles"
        guard try text("in_proj_order", default: order) == order else {
            throw failure("\"in_proj_order\" is \(try text("in_proj_order")); allowed: \(order)")
        }
    }
}

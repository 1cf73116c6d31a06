import StateSpace

// Mamba-1: one mixer, stacks of them, and the scan alone.

func goldenMambaBlock(_ file: GoldenFile, _ kernels: KernelTable) throws -> GoldenTally {
    let shape = try file.mixerShape("w.")
    var layout = ParameterLayout()
    let place = MixerParameters(shape, prefix: "", in: &layout)
    try file.refuseWeights(beyond: layout.entries.map(\.name))
    let sizes = try file.shape("in.x", rank: 3)
    try file.agree(["B": sizes[0], "L": sizes[1]])
    let weights = MixerWeights(shape, trains: true)
    let values = try file.parameters(layout, prefix: "w.")
    weights.load(values.start, at: place)
    let block = MixerRun(file: file, kernels: kernels, shape: shape, place: place, weights: weights)
    let gradients = FloatBuffer(layout.count)
    var results = GoldenResults()
    for row in 0..<sizes[0] { try block.run(row, of: sizes, gradients, &results) }
    for entry in layout.entries { results.append("grad.w." + entry.name, gradients[entry]) }
    var tally = GoldenTally()
    try tally.compare(results, of: file)
    return tally
}

/// One batch row through a mixer, back, and on from where it ended.
private struct MixerRun {
    let file: GoldenFile
    let kernels: KernelTable
    let shape: MixerShape
    let place: MixerParameters
    let weights: MixerWeights

    func run(_ row: Int, of sizes: [Int], _ gradients: FloatBuffer, _ results: inout GoldenResults) throws {
        let length = sizes[1]
        let tape = try MixerTape(
            shape, capacity: file.bounded(length, shape.state * shape.inner), trains: true)
        let state = MambaState(shape, layers: 1)
        let x = try file.batch("in.x", row, sizes)
        let dy = try file.batch("loss.cot", row, sizes)
        let y = FloatBuffer(x.count)
        let dx = FloatBuffer(x.count)
        weights.forward(
            kernels, rows: length, x: x.start, gaps: nil, state: state.layer(0), tape: tape, to: y.start,
            adding: false)
        results.append("out.y", y.array)
        collect(tape, length, &results)
        results.append("state.h", state.h(ofLayer: 0))
        results.append("state.conv", state.window(ofLayer: 0))
        weights.backward(
            kernels, MixerPass(rows: length, x: x.start, tape: tape, place: place), dy: dy.start,
            dx: dx.start,
            gradients: gradients.start, scratch: MixerGradientScratch(shape, capacity: length))
        results.append("grad.in.x", dx.array)
        try goOn(row, from: state, &results)
    }

    /// The next tokens, from the state that the first ones left.
    private func goOn(_ row: Int, from state: MambaState, _ results: inout GoldenResults) throws {
        guard file.has("in.x_next") else { return }
        let sizes = try file.shape("in.x_next", rank: 3)
        let x = try file.batch("in.x_next", row, sizes)
        let y = FloatBuffer(x.count)
        let tape = MixerTape(shape, capacity: 1, trains: false)
        // One at a time: the step is what a session runs.
        for t in 0..<sizes[1] {
            weights.forward(
                kernels, rows: 1, x: x.start + t * shape.width, gaps: nil, state: state.layer(0), tape: tape,
                to: y.start + t * shape.width, adding: false)
        }
        results.append("out.y_next", y.array)
        results.append("state.h_next", state.h(ofLayer: 0))
        results.append("state.conv_next", state.window(ofLayer: 0))
    }

    private func collect(_ tape: MixerTape, _ length: Int, _ results: inout GoldenResults) {
        let (e, n, r) = (shape.inner, shape.state, shape.stepRank)
        let selected = tape.selected.array
        func columns(_ range: Range<Int>) -> [Float] {
            (0..<length).flatMap { t in range.map { selected[t * (r + 2 * n) + $0] } }
        }
        results.append("mid.xz", tape.projected.array.prefix(length * 2 * e))
        results.append("mid.conv", tape.convolved.array.prefix(length * e))
        results.append("mid.u", tape.activated.array.prefix(length * e))
        results.append("mid.dtBC", columns(0..<r + 2 * n))
        results.append("mid.B", columns(r..<r + n))
        results.append("mid.C", columns(r + n..<r + 2 * n))
        results.append("mid.delta", tape.delta.array.prefix(length * e))
        results.append("mid.yscan", tape.scanned.array.prefix(length * e))
    }
}

func goldenMambaStack(_ file: GoldenFile, _ kernels: KernelTable) throws -> GoldenTally {
    let shape = try file.mixerShape("w.layers.0.mixer.")
    let layers = file.count(of: { "w.layers.\($0).norm.weight" })
    var layout = ParameterLayout()
    let place = MambaParameters(shape, layers: layers, in: &layout)
    try file.refuseWeights(beyond: layout.entries.map(\.name))
    let sizes = try file.shape("in.x", rank: 3)
    try file.agree(["B": sizes[0], "L": sizes[1], "n_layers": layers, "params": layout.count])
    let stack = MambaStack(shape, place: place, kernels: kernels, trains: true)
    let values = try file.parameters(layout, prefix: "w.")
    stack.load(values.start)
    let tape = try MambaTape(stack, capacity: file.bounded(sizes[1], layers * shape.state * shape.inner))
    let gradients = FloatBuffer(layout.count)
    var results = GoldenResults()
    for row in 0..<sizes[0] {
        try runStack(stack, file, row, sizes, tape, gradients, &results)
    }
    for entry in layout.entries { results.append("grad.w." + entry.name, gradients[entry]) }
    var tally = GoldenTally(outputLimit: 2e-5)
    try tally.compare(results, of: file)
    return tally
}

private func runStack(
    _ stack: MambaStack, _ file: GoldenFile, _ row: Int, _ sizes: [Int], _ tape: MambaTape,
    _ gradients: FloatBuffer, _ results: inout GoldenResults
) throws {
    let state = stack.makeState()
    let x = try file.batch("in.x", row, sizes)
    stack.forward(x.start, rows: sizes[1], state: state, tape: tape)
    results.append("out.y", x.array)
    for layer in stack.layers.indices {
        // A layer's output is the next one's input.
        let isLast = layer == stack.layers.count - 1
        results.append("mid.layer\(layer)", isLast ? x.array : tape.inputs[layer + 1].array)
        results.append("state.\(layer).h", state.h(ofLayer: layer))
        results.append("state.\(layer).conv", state.window(ofLayer: layer))
    }
    let gradient = try file.batch("loss.cot", row, sizes)
    stack.backward(gradient.start, tape: tape, gradients: gradients.start)
    results.append("grad.in.x", gradient.array)
}

// MARK: Reading

extension GoldenFile {
    /// Sizes of the mixer whose tensors stand under `prefix`; biases are there or not.
    func mixerShape(_ prefix: String) throws -> MixerShape {
        let width = try shape(prefix + "in_proj.weight", rank: 2)[1]
        let mixer = try MixerShape(tensors, prefix: prefix, width: width)
        try agree([
            "d_model": width, "d_inner": mixer.inner, "d_state": mixer.state, "d_conv": mixer.taps,
            "dt_rank": mixer.stepRank, "D": width, "N": mixer.state,
        ])
        if hasOption("bias"), try flag("bias") != mixer.projectionBias {
            throw failure("its config and its tensors disagree about \"bias\"")
        }
        if hasOption("conv_bias"), try flag("conv_bias") != mixer.convolutionBias {
            throw failure("its config and its tensors disagree about \"conv_bias\"")
        }
        // PyTorch truncates the product.
        if let expand = option("expand") as? Double, abs(expand * Double(width) - Double(mixer.inner)) >= 1 {
            throw failure("its config has \"expand\" \(expand), its tensors say \(mixer.inner) of \(width)")
        }
        return mixer
    }

    /// Parameters in a layout's order, one flat vector.
    func parameters(_ layout: ParameterLayout, prefix: String) throws -> FloatBuffer {
        let values = FloatBuffer(layout.count)
        for entry in layout.entries {
            let stored = try floats(prefix + entry.name, shape: entry.shape)
            for (index, value) in stored.enumerated() { values.start[entry.offset + index] = value }
        }
        return values
    }

    /// One row of a tensor [B, …] of that shape.
    func batch(_ name: String, _ row: Int, _ shape: [Int]) throws -> FloatBuffer {
        let count = shape.dropFirst().reduce(1, *)
        return FloatBuffer(try floats(name, shape: shape)[row * count..<(row + 1) * count])
    }

    /// How many names 0, 1, 2 … there are.
    func count(of name: (Int) -> String) -> Int {
        var count = 0
        while has(name(count)) { count += 1 }
        return count
    }

    /// `length`, unless what a run keeps per step would fill the memory: a small file can claim a long sequence.
    func bounded(_ length: Int, _ floatsPerStep: Int) throws -> Int {
        guard floatsPerStep < 1 << 40, (length + 1) * floatsPerStep <= 1 << 28 else {
            throw failure("\(length) steps of \(floatsPerStep) floats are more than this command keeps")
        }
        return length
    }
}

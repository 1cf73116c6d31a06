import StateSpace

// A layer alone, whole models, initial eigenvalues. Each by convolution and by recurrence: the worse one counts.

func goldenS4DLayer(_ file: GoldenFile) throws -> GoldenTally {
    let (channels, length, batch) = (try file.size("H"), try file.size("L"), try file.size("B"))
    let configuration = S4DConfiguration(
        inputs: channels, outputs: 1, channels: channels, stateSize: try file.evenSize("N"), layers: 1)
    let layout = S4DSingleLayer.layout(configuration)
    try file.refuseWeights(beyond: layout.entries.map(\.name))
    let layer = S4DSingleLayer(configuration, values: try layout.read(file.tensors, prefix: "w."))
    let paths = S4DPaths(lengths: Array(repeating: length, count: batch))
    let u = try file.rows("in.u", [batch, channels, length])
    let dy = try file.rows("loss.cot", [batch, channels, length])
    func back(_ rows: [Float]) -> [Float] { GoldenFile.turned(rows, rows: length, columns: channels) }
    var tally = GoldenTally()
    for mode in S4DMode.allCases {
        let result = layer.run(paths, u: u, dy: dy, mode: mode)
        try tally.compare("mid.pre_activation", of: file, with: back(result.mixed))
        try tally.compare("out.y", of: file, with: back(result.y))
        try tally.compare("grad.in.u", of: file, with: back(result.du))
        try tally.compareGradients(result.gradients, layout, of: file)
    }
    return tally
}

func goldenS4DModel(_ file: GoldenFile) throws -> GoldenTally {
    var configuration = S4DConfiguration(
        inputs: try file.size("d_input"), outputs: try file.size("d_output"),
        channels: try file.size("H"),
        stateSize: try file.evenSize("N"), layers: try file.size("layers"))
    configuration.norm = try file.flag("prenorm") ? .pre : .post
    let layout = S4DParameters(configuration).layout
    try file.refuseWeights(beyond: layout.entries.map(\.name))
    try file.agree(["params": layout.count])
    let network = S4DNetwork(configuration, values: try layout.read(file.tensors, prefix: "w."))
    let (batch, length) = (try file.size("B"), try file.size("L"))
    let x = try file.floats("in.x", shape: [batch, length, configuration.inputs])
    var tally = GoldenTally()
    for mode in S4DMode.allCases {
        try compareWhole(network, x: x, batch: batch, length: length, mode: mode, file, &tally)
    }
    try comparePrefix(network, x: x, batch: batch, length: length, file, &tally)
    return tally
}

private func compareWhole(
    _ network: S4DNetwork, x: [Float], batch: Int, length: Int, mode: S4DMode, _ file: GoldenFile,
    _ tally: inout GoldenTally
) throws {
    let paths = S4DPaths(lengths: Array(repeating: length, count: batch))
    let outputs = batch * network.configuration.outputs
    var scored = [Float](repeating: 0, count: outputs)
    network.score(
        paths, features: x, mode: mode, with: S4DActivations(network.configuration), into: &scored)
    try tally.compare("out.y", of: file, with: scored)
    let activations = S4DActivations(network.configuration, forTraining: true)
    network.forward(paths, features: x, mode: mode, keeping: activations, into: &scored)
    try tally.compare("out.y", of: file, with: scored)
    var gradients = [Float](repeating: 0, count: network.values.count)
    var dx = [Float](repeating: 0, count: x.count)
    network.backward(
        paths, features: x, mode: mode, kept: activations,
        dOutputs: try file.floats("loss.cot", shape: [batch, network.configuration.outputs]),
        gradients: &gradients,
        dFeatures: &dx)
    try tally.compare("grad.in.x", of: file, with: dx)
    try tally.compareGradients(gradients, network.parameters.layout, of: file)
}

/// The first three hops beside whole sequences in one ragged batch, and step by step from an exported state.
private func comparePrefix(
    _ network: S4DNetwork, x: [Float], batch: Int, length: Int, _ file: GoldenFile, _ tally: inout GoldenTally
) throws {
    guard file.has("out.y_prefix3"), length >= 3 else { return }
    let (width, outputs) = (network.configuration.inputs, network.configuration.outputs)
    let activations = S4DActivations(network.configuration)
    var ragged: [Float] = []
    var stepped: [Float] = []
    for sequence in 0..<batch {
        let all = x[sequence * length * width..<(sequence + 1) * length * width]
        ragged += all.prefix(3 * width) + all
        var state = S4DState(network.configuration)
        var output = [Float](repeating: 0, count: outputs)
        for hop in 0..<3 {
            let row = Array(all.dropFirst(hop * width).prefix(width))
            network.advance(&state, rows: 1, features: row, with: activations, into: &output)
        }
        stepped += output
    }
    var scored = [Float](repeating: 0, count: 2 * batch * outputs)
    let paths = S4DPaths(lengths: (0..<2 * batch).map { $0 % 2 == 0 ? 3 : length })
    network.score(paths, features: ragged, with: activations, into: &scored)
    let prefixes = (0..<batch).flatMap { scored[2 * $0 * outputs..<(2 * $0 + 1) * outputs] }
    try tally.compare("out.y_prefix3", of: file, with: prefixes)
    try tally.compare("out.y_prefix3", of: file, with: stepped)
}

/// A of every initialisation in the file, `<init>.N<size>.A_real` and so on; its imaginary parts are negative.
func goldenS4DInits(_ file: GoldenFile) throws -> GoldenTally {
    var tally = GoldenTally()
    for name in file.tensors.names where name.hasSuffix(".A_real") {
        let parts = name.split(separator: ".")
        guard parts.count == 3, let size = Int(parts[1].dropFirst()), size > 0, size <= 1024, size % 2 == 0,
            let start = S4DInitialisation(rawValue: String(parts[0]))
        else { throw file.failure("no initialisation of ours is called \(name)") }
        let stem = name.dropLast("real".count)
        let (real, imaginary) = start.eigenvalues(stateSize: size)
        try tally.compare(name, of: file, with: real.map { Float($0) })
        try tally.compare(stem + "imag", of: file, with: imaginary.map { Float(-$0) })
    }
    return tally
}

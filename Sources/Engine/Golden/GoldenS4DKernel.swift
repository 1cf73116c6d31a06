import StateSpace

// The systems alone: kernel, convolution, recurrence, discretised values, gradients.

func goldenS4DKernel(_ file: GoldenFile) throws -> GoldenTally {
    let (channels, length, batch) = (try file.size("H"), try file.size("L"), try file.size("B"))
    let layout = S4DKernel.layout(
        channels: channels, stateSize: try file.evenSize("N"), hasInputMatrix: false)
    let kernel = S4DKernel(
        channels: channels, stateSize: try file.evenSize("N"),
        values: try layout.read(file.tensors, prefix: "w."))
    try file.refuseWeights(beyond: layout.entries.map(\.name))
    var tally = GoldenTally()
    try compareKernel(kernel, channels: channels, length: length, file, &tally)
    try comparePlanes(kernel.transition, "mid.dA", channels: channels, batch: 1, file, &tally)
    try comparePlanes(kernel.drive, "mid.dB", channels: channels, batch: 1, file, &tally)
    let u = try file.rows("in.u", [batch, channels, length])
    let sequence = channels * length
    var convolved: [Float] = []
    var states: [Float] = []
    for start in stride(from: 0, to: batch * sequence, by: sequence) {
        let input = Array(u[start..<start + sequence])
        convolved += kernel.convolve(input)
        var state = [Float](repeating: 0, count: kernel.transition.count)
        _ = kernel.scan(input, state: &state)
        states += state
    }
    try tally.compare(
        "out.conv", of: file, with: GoldenFile.turned(convolved, rows: length, columns: channels))
    try comparePlanes(states, "state.x", channels: channels, batch: batch, file, &tally)
    let gradients = kernel.gradients(
        dKernel: try file.rows("loss.cot", [channels, length]), length: length)
    try tally.compareGradients(gradients, layout, of: file)
    return tally
}

/// The full reference: trainable B, `inv_dt` (which is log dt), A = -exp(A_real) - i A_imag, and a rate.
func goldenS4DFullKernel(_ file: GoldenFile) throws -> GoldenTally {
    let (channels, size) = (try file.size("H"), try file.evenSize("N"))
    let (length, batch) = (try file.size("L"), try file.size("B"))
    let rule = try file.choice("disc", S4DDiscretisation.self, default: .zeroOrderHold)
    // Where A starts; the file has the values.
    _ = file.hasOption("init")
    let layout = S4DKernel.layout(channels: channels, stateSize: size, hasInputMatrix: true)
    var values: [Float] = []
    for entry in layout.entries {
        let theirs = try file.floats("w." + fullName(entry.name))
        guard theirs.count == entry.range.count else {
            throw file.failure("\(fullName(entry.name)) has \(theirs.count) values")
        }
        // Only the sign of Im A differs; B and C belong to the same A.
        values += entry.name == "A_imag" ? theirs.map(-) : theirs
    }
    try file.refuseWeights(beyond: layout.entries.map { fullName($0.name) })
    func kernel(rate: Double) -> S4DKernel {
        S4DKernel(
            channels: channels, stateSize: size, hasInputMatrix: true, rule: rule, rate: rate, values: values)
    }
    var tally = GoldenTally()
    let rated = kernel(rate: try file.number("rate"))
    try compareKernel(rated, channels: channels, length: length, file, &tally)
    let gradients = rated.gradients(
        dKernel: try file.rows("loss.cot", [channels, length]), length: length)
    for entry in layout.entries {
        let ours = Array(gradients[entry.range])
        try tally.compare(
            "grad.w." + fullName(entry.name), of: file, with: entry.name == "A_imag" ? ours.map(-) : ours)
    }
    try compareRecurrence(kernel(rate: 1), channels: channels, length: length, batch: batch, file, &tally)
    return tally
}

private func fullName(_ name: String) -> String {
    ["log_dt": "inv_dt", "log_A_real": "A_real"][name] ?? name
}

/// `out.y_from_state`: from `state.x0` over `in.u`.
private func compareRecurrence(
    _ kernel: S4DKernel, channels: Int, length: Int, batch: Int, _ file: GoldenFile,
    _ tally: inout GoldenTally
) throws {
    try comparePlanes(kernel.transition, "state.dA", channels: channels, batch: 1, file, &tally)
    try comparePlanes(kernel.drive, "state.dB", channels: channels, batch: 1, file, &tally)
    let plane = kernel.transition.count / 2
    let modes = plane / channels
    let u = try file.rows("in.u", [batch, channels, length])
    let (re, im) = (
        GoldenFile.turned(
            try file.floats("state.x0_real", shape: [batch, channels, modes]), rows: channels, columns: modes),
        GoldenFile.turned(
            try file.floats("state.x0_imag", shape: [batch, channels, modes]), rows: channels, columns: modes)
    )
    var y: [Float] = []
    var states: [Float] = []
    for sequence in 0..<batch {
        var state = Array(
            re[sequence * plane..<(sequence + 1) * plane] + im[sequence * plane..<(sequence + 1) * plane])
        let size = channels * length
        y += kernel.scan(Array(u[sequence * size..<(sequence + 1) * size]), state: &state)
        states += state
    }
    try tally.compare(
        "out.y_from_state", of: file, with: GoldenFile.turned(y, rows: length, columns: channels))
    try comparePlanes(states, "state.x_last", channels: channels, batch: batch, file, &tally)
}

private func compareKernel(
    _ kernel: S4DKernel, channels: Int, length: Int, _ file: GoldenFile, _ tally: inout GoldenTally
) throws {
    // The shape first: a config may claim a length that fills the memory.
    _ = try file.floats("out.K", shape: [channels, length])
    let ours = kernel.convolutionKernel(length: length)
    try tally.compare("out.K", of: file, with: GoldenFile.turned(ours, rows: length, columns: channels))
}

/// Ours [batch, 2, M, H] with theirs, `name_real` and `name_imag` (batch, H, M).
private func comparePlanes(
    _ ours: [Float], _ name: String, channels: Int, batch: Int, _ file: GoldenFile, _ tally: inout GoldenTally
) throws {
    let plane = ours.count / batch / 2
    for (part, suffix) in ["_real", "_imag"].enumerated() {
        var values: [Float] = []
        for sequence in 0..<batch {
            let start = (2 * sequence + part) * plane
            values += GoldenFile.turned(
                Array(ours[start..<start + plane]), rows: plane / channels, columns: channels)
        }
        try tally.compare(name + suffix, of: file, with: values)
    }
}

import StateSpace

/// The selective scan alone. The file has time inside, (B, channels, L); ours outside.
func goldenSelectiveScan(_ file: GoldenFile, _ kernels: KernelTable) throws -> GoldenTally {
    let sizes = try file.shape("in.u", rank: 3)
    let states = try file.shape("in.A", rank: 2)[1]
    try file.agree(["B": sizes[0], "D": sizes[1], "L": sizes[2], "N": states])
    let groups = try file.groups(sizes[1])
    var results = GoldenResults()
    for row in 0..<sizes[0] {
        for group in 0..<groups {
            let scan = try ScanRun(file, kernels, row: row, group: group, groups: groups, states: states)
            try scan.run(&results)
        }
    }
    var tally = GoldenTally()
    try tally.compare(results, of: file)
    return tally
}

/// The channels of one group of one batch row: those that share B and C.
private struct ScanRun {
    let file: GoldenFile
    let row: Int
    let channels: Range<Int>
    /// All channels, then length and states.
    let (all, length, states): (Int, Int, Int)
    let group, groups: Int
    let scan: SelectiveScan

    init(_ file: GoldenFile, _ kernels: KernelTable, row: Int, group: Int, groups: Int, states: Int) throws {
        let sizes = try file.shape("in.u", rank: 3)
        let width = sizes[1] / groups
        let channels = group * width..<(group + 1) * width
        let source = ScanSource(file: file, sizes: sizes, row: row, channels: channels)
        let a = try file.floats("in.A", shape: [sizes[1], states])
        scan = SelectiveScan(
            rows: try file.bounded(sizes[2], states * sizes[1]), channels: width, states: states,
            u: try source.sequence("in.u"), delta: try source.sequence("in.delta"),
            a: FloatBuffer((0..<states).flatMap { state in channels.map { a[$0 * states + state] } }),
            b: try source.shared("in.B", states, group, groups),
            c: try source.shared("in.C", states, group, groups),
            skip: try source.perChannel("in.D"), z: file.has("in.z") ? try source.sequence("in.z") : nil,
            deltaBias: try source.perChannel("in.delta_bias"),
            usesSoftplus: try file.flag("softplus"), kernels: kernels)
        guard try file.flag("z", default: file.has("in.z")) == file.has("in.z") else {
            throw file.failure("its config and its tensors disagree about \"z\"")
        }
        (self.file, self.row, self.channels, self.states) = (file, row, channels, states)
        (all, length, self.group, self.groups) = (sizes[1], sizes[2], group, groups)
    }

    func run(_ results: inout GoldenResults) throws {
        let source = ScanSource(file: file, sizes: [0, all, length], row: row, channels: channels)
        let forward = scan.forward()
        results.append("out.y", source.back(forward.y, length))
        results.append("out.last_state", source.back(forward.h, states))
        let dh =
            file.has("loss.cot_last")
            ? try source.last("loss.cot_last", states) : FloatBuffer(states * channels.count)
        let gradients = scan.backward(forward, dy: try source.sequence("loss.cot"), dh: dh)
        results.append("grad.in.u", source.back(gradients.u, length))
        results.append("grad.in.delta", source.back(gradients.delta, length))
        results.append("grad.in.z", source.back(gradients.z, length))
        // States are the inner dimension of B and C.
        results.append("grad.in.B", GoldenFile.turned(gradients.b.array, rows: length, columns: states))
        results.append("grad.in.C", GoldenFile.turned(gradients.c.array, rows: length, columns: states))
        results.add("grad.in.A", spread(source.back(gradients.a, states), per: states))
        results.add("grad.in.D", spread(gradients.skip.array, per: 1))
        results.add("grad.in.delta_bias", spread(gradients.deltaBias.array, per: 1))
    }

    /// This group's channels among all, zero elsewhere, so that groups and rows add up.
    private func spread(_ values: [Float], per width: Int) -> [Float] {
        var result = [Float](repeating: 0, count: all * width)
        result.replaceSubrange(channels.lowerBound * width..<channels.upperBound * width, with: values)
        return result
    }
}

private struct ScanSource {
    let file: GoldenFile
    let sizes: [Int]
    let row: Int
    let channels: Range<Int>

    /// (B, channels, L) as [L, this group's channels].
    func sequence(_ name: String) throws -> FloatBuffer {
        let (all, length) = (sizes[1], sizes[2])
        let values = try file.floats(name)
        let start = row * all * length
        guard values.count >= start + all * length else { throw file.failure("\(name) is too short") }
        return FloatBuffer(
            (0..<length).flatMap { t in channels.map { values[start + $0 * length + t] } })
    }

    /// (B, channels, N) as [N, channels].
    func last(_ name: String, _ states: Int) throws -> FloatBuffer {
        let values = try file.floats(name)
        let start = row * sizes[1] * states
        guard values.count >= start + sizes[1] * states else { throw file.failure("\(name) is too short") }
        return FloatBuffer(
            (0..<states).flatMap { state in channels.map { values[start + $0 * states + state] } })
    }

    /// (B, N, L) or (B, G, N, L) as [L, N].
    func shared(_ name: String, _ states: Int, _ group: Int, _ groups: Int) throws -> FloatBuffer {
        let length = sizes[2]
        let shape =
            groups == 1 && file.tensors.tensor(name)?.shape.count == 3
            ? [sizes[0], states, length] : [sizes[0], groups, states, length]
        let count = states * length
        let start = (row * groups + group) * count
        return FloatBuffer(
            GoldenFile.turned(
                Array(try file.floats(name, shape: shape)[start..<start + count]), rows: states,
                columns: length))
    }

    func perChannel(_ name: String) throws -> FloatBuffer? {
        guard file.has(name) else { return nil }
        return FloatBuffer(try file.floats(name, shape: [sizes[1]])[channels])
    }

    /// [rows, channels] as [channels, rows].
    func back(_ buffer: FloatBuffer, _ rows: Int) -> [Float] {
        GoldenFile.turned(buffer.array, rows: rows, columns: channels.count)
    }
}

extension GoldenFile {
    /// Channels may share B and C in groups: (B, G, N, L).
    fileprivate func groups(_ channels: Int) throws -> Int {
        guard let shape = tensors.tensor("in.B")?.shape, shape.count == 4 else { return 1 }
        guard shape[1] > 0, channels % shape[1] == 0 else {
            throw failure("in.B has \(shape[1]) groups for \(channels) channels")
        }
        return shape[1]
    }
}

import Glibc
import StateSpace

/// The figures of DESIGN §8 on the best level of this processor, one thread.
func speed() {
    print("# \(DispatchLevel.current.name)")
    stepFigure()
    listFigure()
    pathFigure(width: 64, state: 32, layers: 3)
    pathFigure(width: 32, state: 16, layers: 2)
    historyFigure()
}

private func stepFigure() {
    let (network, _) = makeNetwork(width: 64, layers: 4, kernels: .best, timeDecay: false)
    let state = network.makeState()
    let scratch = MambaScratch(network.stack)
    let x = FloatBuffer(64)
    measure("mneme\tstep d64 L4 N16", rounds: 50_000) { round in
        for index in 0..<64 { x.start[index] = Float((round &* 31 &+ index &* 7) & 63) / 32 - 1 }
        network.stack.step(x.start, state: state, scratch: scratch)
    }
}

private func listFigure() {
    let (network, _) = makeNetwork(width: 56, layers: 2, kernels: .best, timeDecay: false)
    let scratch = NetworkScratch(network, rows: 20)
    let state = network.makeState()
    let scores = FloatBuffer(20)
    let x = FloatBuffer((0..<20 * 17).map { Float($0 % 13) / 13 })
    measure("mneme\tlist of 20, \(network.place.layout.count) parameters", rounds: 10_000) { _ in
        state.reset()
        network.run(x.start, rows: 20, state: state, scratch: scratch, to: scores.start)
    }
}

private func pathFigure(width: Int, state: Int, layers: Int) {
    let configuration = S4DConfiguration(
        inputs: 24, outputs: 1, channels: width, stateSize: state, layers: layers)
    let parameters = S4DParameters(configuration)
    let network = S4DNetwork(configuration, values: parameters.initialValues(configuration, seed: 1))
    let paths = S4DPaths(lengths: Array(repeating: 6, count: 1000))
    network.prepare(hops: 6)
    var random = SplitMix64(seed: 2)
    let features = FloatBuffer((0..<paths.rows * 24).map { _ in Float(random.normal()) })
    let activations = S4DActivations(configuration)
    let scores = FloatBuffer(1000)
    measure("mneme\t1000 paths of 6 hops, H\(width) N\(state) L\(layers)", rounds: 500) { _ in
        network.score(paths, features: features.start, with: activations, into: scores.start)
    }
}

/// A million events with time gaps through the d64 L4 model: time per event and resident memory on the way.
private func historyFigure() {
    let (network, _) = makeNetwork(width: 64, layers: 4, kernels: .best, timeDecay: true)
    let state = network.makeState()
    let scratch = NetworkScratch(network)
    let x = FloatBuffer(17)
    let score = FloatBuffer(1)
    // Made before, so that this list isn't the growth it looks for.
    var times = [Float](repeating: 0, count: 1_000_000)
    var from = 0
    for (end, name) in [(1_000, "1k"), (10_000, "10k"), (100_000, "100k"), (1_000_000, "1M")] {
        for event in from..<end {
            for index in 0..<17 { x.start[index] = Float((event &* 31 &+ index &* 7) & 63) / 32 - 1 }
            let start = microseconds()
            network.step(x.start, gap: Float(event % 50), state: state, scratch: scratch, to: score.start)
            times[event] = Float(microseconds() - start)
        }
        let last = times[(end - 1_000)..<end].sorted().map(Double.init)
        print(
            "mneme\tevent \(name) of a history, d64 L4 N16, last 1,000\tp50 \(show(last[500]))\tp99 \(show(last[990]))"
                + "\tmin \(show(last[0]))\tµs\tresident \(residentKilobytes()) kB")
        from = end
    }
}

private func residentKilobytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 128)
    guard fgets(&text, 128, file) != nil else { return 0 }
    let fields = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        .split(separator: " ")
    return (Int(fields.dropFirst().first ?? "0") ?? 0) * 4
}

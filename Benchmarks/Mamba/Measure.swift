import Glibc
import StateSpace

func microseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) * 1e-3
}

/// Two decimals.
func show(_ value: Double) -> String { String(Double(Int(value * 100)) / 100) }

/// p50, p99 and smallest of `rounds` calls, after a tenth of them as warm-up.
func measure(_ name: String, rounds: Int, _ body: (Int) -> Void) {
    var times: [Double] = []
    times.reserveCapacity(rounds)
    for round in 0..<rounds + rounds / 10 {
        let start = microseconds()
        body(round)
        if round >= rounds / 10 { times.append(microseconds() - start) }
    }
    times.sort()
    print(
        "\(name)\tp50 \(show(times[rounds / 2]))\tp99 \(show(times[rounds * 99 / 100]))\tmin \(show(times[0]))\tµs"
    )
}

func makeNetwork(width: Int, layers: Int, kernels: KernelTable, timeDecay: Bool, trains: Bool = false) -> (
    MambaNetwork, FloatBuffer
) {
    let shape = NetworkShape(
        inputs: 17, mixer: MixerShape(width: width, timeDecay: timeDecay), layers: layers)
    let network = MambaNetwork(shape, kernels: kernels, trains: trains)
    let values = FloatBuffer(network.place.layout.count)
    var random = SplitMix64(seed: 1)
    network.place.initialize(values.start, shape: shape, using: &random)
    network.load(values.start)
    return (network, values)
}

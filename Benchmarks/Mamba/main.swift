import Glibc
import StateSpace

// Times of Mamba on one thread: a step of d64 L4 N16, a list of 20 on a 50K model, a training pass.
//   Benchmarks/mamba.sh
// `mamba-bench speed` is what Benchmarks/speed.sh sets beside plain C and PyTorch.
// «plain» is the same model over the plain loops in double, in the same run.

func step(_ kernels: KernelTable, timeDecay: Bool, int8: Bool) {
    let (network, values) = makeNetwork(width: 64, layers: 4, kernels: kernels, timeDecay: timeDecay)
    if int8 { network.stack.quantize(values.start) }
    let state = network.makeState()
    let scratch = MambaScratch(network.stack)
    let x = FloatBuffer(64)
    let name = "step d64 L4 N16 \(kernels.name)" + (timeDecay ? " with gaps" : "") + (int8 ? " int8" : "")
    measure(name, rounds: kernels.name == "plain" ? 2_000 : 50_000) { round in
        for index in 0..<64 { x.start[index] = Float((round &* 31 &+ index &* 7) & 63) / 32 - 1 }
        network.stack.step(x.start, gap: 1, state: state, scratch: scratch)
    }
}

func list(_ kernels: KernelTable) {
    let (network, _) = makeNetwork(width: 56, layers: 2, kernels: kernels, timeDecay: false)
    let scratch = NetworkScratch(network, rows: 20)
    let state = network.makeState()
    let scores = FloatBuffer(20)
    let x = FloatBuffer((0..<20 * 17).map { Float($0 % 13) / 13 })
    let count = network.place.layout.count
    measure("list of 20, \(count) parameters, \(kernels.name)", rounds: kernels.name == "plain" ? 300 : 5_000)
    { _ in
        state.reset()
        network.run(x.start, rows: 20, state: state, scratch: scratch, to: scores.start)
    }
}

func train(_ kernels: KernelTable) {
    let (network, values) = makeNetwork(
        width: 64, layers: 2, kernels: kernels, timeDecay: false, trains: true)
    let length = 64
    let gradients = FloatBuffer(values.count)
    let tape = NetworkTape(network, capacity: length)
    let x = FloatBuffer((0..<length * 17).map { Float($0 % 13) / 13 })
    let scores = FloatBuffer(length)
    let name = "forward and backward d64 L2, \(length) rows, \(kernels.name)"
    measure(name, rounds: kernels.name == "plain" ? 50 : 1_000) { _ in
        network.forward(x.start, rows: length, tape: tape, to: scores.start)
        network.backward(scores.start, tape: tape, gradients: gradients.start)
    }
}

/// Steps and readouts only: Benchmarks/mamba.sh counts the allocations of a short and of a long run.
func steps(_ count: Int) {
    let (network, _) = makeNetwork(width: 64, layers: 4, kernels: .best, timeDecay: true)
    let state = network.makeState()
    let scratch = NetworkScratch(network)
    let x = FloatBuffer(17)
    let score = FloatBuffer(1)
    for index in 0..<count {
        x.start[0] = Float(index % 7)
        network.step(x.start, gap: 1, state: state, scratch: scratch, to: score.start)
        network.stack.readout(scratch.hidden.start, gap: 2, state: state, scratch: scratch.stack)
    }
    print("\(count) steps and readouts")
}

if CommandLine.arguments.dropFirst().first == "speed" {
    speed()
    exit(0)
}
if CommandLine.arguments.count > 1, let count = Int(CommandLine.arguments[1]) {
    steps(count)
    exit(0)
}
if CommandLine.arguments.count > 1, CommandLine.arguments[1] == "softmax" {
    softmaxRates()
    exit(0)
}
for kernels in KernelTable.levels + [.plain] { step(kernels, timeDecay: false, int8: false) }
step(.best, timeDecay: true, int8: false)
step(.best, timeDecay: false, int8: true)
for kernels in KernelTable.levels + [.plain] { list(kernels) }
for kernels in KernelTable.levels + [.plain] { train(kernels) }

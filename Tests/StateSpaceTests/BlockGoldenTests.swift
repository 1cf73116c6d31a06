import GoldenTensors
import StateSpace
import Testing

/// `mamba1-block-*` of Tests/Golden: one mixer, every intermediate value, gradients, and the continued sequence.
@Suite struct BlockGoldenTests {
    @Test(
        arguments: ["mamba1-block-a", "mamba1-block-b", "mamba1-block-short"], KernelTable.levels + [.plain])
    func aMixerAnswersAsRecorded(_ name: String, _ kernels: KernelTable) throws {
        let block = BlockUnderTest(try GoldenTensors(name), kernels: kernels)
        let (outputs, gradients) = block.run()
        print("\(name) \(kernels.name): outputs \(outputs), gradients \(gradients)")
        #expect(outputs.value < 1e-5)
        #expect(gradients.value < 1e-4)
    }
}

struct BlockUnderTest {
    let golden: GoldenTensors
    let kernels: KernelTable
    let layout: ParameterLayout
    let place: MixerParameters
    let weights: MixerWeights
    let shape: MixerShape

    init(_ golden: GoldenTensors, kernels: KernelTable) {
        self.golden = golden
        self.kernels = kernels
        shape = golden.mixerShape("w.")
        var layout = ParameterLayout()
        place = MixerParameters(shape, prefix: "", in: &layout)
        self.layout = layout
        weights = MixerWeights(shape, trains: true)
        let values = parameters(layout, from: golden, prefix: "w.")
        weights.load(values.start, at: place)
    }

    func run() -> (outputs: WorstError, gradients: WorstError) {
        let sizes = golden.shape("in.x")
        let batches = sizes[0]
        let length = sizes[1]
        let width = sizes[2]
        let next = golden.shape("in.x_next")[1]
        let tape = MixerTape(shape, capacity: max(length, next), trains: true)
        let scratch = MixerGradientScratch(shape, capacity: length)
        let gradients = FloatBuffer(layout.count)
        var values: [String: [Float]] = [:]
        for batch in 0..<batches {
            let state = MambaState(shape, layers: 1)
            let x = part("in.x", batch)
            let dy = part("loss.cot", batch)
            let xNext = part("in.x_next", batch)
            let y = FloatBuffer(length * width)
            let dx = FloatBuffer(length * width)
            weights.forward(
                kernels, rows: length, x: x.start, gaps: nil, state: state.layer(0), tape: tape, to: y.start,
                adding: false)
            values["out.y", default: []] += y.array
            collect(tape, length, into: &values)
            values["state.h", default: []] += state.h(ofLayer: 0)
            values["state.conv", default: []] += state.window(ofLayer: 0)
            let pass = MixerPass(rows: length, x: x.start, tape: tape, place: place)
            weights.backward(
                kernels, pass, dy: dy.start, dx: dx.start, gradients: gradients.start, scratch: scratch)
            values["grad.in.x", default: []] += dx.array
            let more = FloatBuffer(next * width)
            weights.forward(
                kernels, rows: next, x: xNext.start, gaps: nil, state: state.layer(0), tape: tape,
                to: more.start, adding: false)
            values["out.y_next", default: []] += more.array
            values["state.h_next", default: []] += state.h(ofLayer: 0)
            values["state.conv_next", default: []] += state.window(ofLayer: 0)
        }
        var outputs = WorstError()
        var worst = WorstError()
        for (name, value) in values where name != "grad.in.x" { outputs.add(name, value, golden[name]) }
        worst.add("grad.in.x", values["grad.in.x"] ?? [], golden["grad.in.x"])
        for entry in layout.entries {
            worst.add(entry.name, gradients[entry], golden["grad.w." + entry.name])
        }
        return (outputs, worst)
    }

    private func part(_ name: String, _ batch: Int) -> FloatBuffer {
        let count = golden.shape(name).dropFirst().reduce(1, *)
        return FloatBuffer(golden[name][batch * count..<(batch + 1) * count])
    }

    private func collect(_ tape: MixerTape, _ length: Int, into values: inout [String: [Float]]) {
        let e = shape.inner
        values["mid.xz", default: []] += tape.projected.array.prefix(length * 2 * e)
        values["mid.conv", default: []] += tape.convolved.array.prefix(length * e)
        values["mid.u", default: []] += tape.activated.array.prefix(length * e)
        let width = shape.stepRank + 2 * shape.state
        values["mid.dtBC", default: []] += tape.selected.array.prefix(length * width)
        values["mid.delta", default: []] += tape.delta.array.prefix(length * e)
        values["mid.yscan", default: []] += tape.scanned.array.prefix(length * e)
    }
}

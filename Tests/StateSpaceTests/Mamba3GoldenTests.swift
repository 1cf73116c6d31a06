import Foundation
import GoldenTensors
import StateSpace
import Testing

/// `mamba3-*` of Tests/Golden: outputs, operands, state and gradients, on each dispatch level.
@Suite struct Mamba3GoldenTests {
    static let files = ["mamba3-siso", "mamba3-siso-norm", "mamba3-mimo", "mamba3-mimo-norm"]

    @Test(arguments: files, KernelTable.levels + [.plain])
    func aMixerAnswersAsRecorded(_ name: String, _ kernels: KernelTable) throws {
        let block = Mamba3UnderTest(try GoldenTensors(name), kernels: kernels)
        let (outputs, gradients) = block.run()
        print("\(name) \(kernels.name): outputs \(outputs), gradients \(gradients)")
        #expect(outputs.value < 1e-5)
        #expect(gradients.value < 1e-4)
    }

    @Test(arguments: files, KernelTable.levels + [.plain])
    func stepsGiveWhatTheWholeSequenceGives(_ name: String, _ kernels: KernelTable) throws {
        let block = Mamba3UnderTest(try GoldenTensors(name), kernels: kernels)
        let shape = block.shape
        let length = block.length
        let width = shape.width
        let x = FloatBuffer(block.golden["in.x"].prefix(length * width))
        let whole = FloatBuffer(length * width)
        let stepped = FloatBuffer(length * width)
        let tape = Mamba3Tape(shape, capacity: length, trains: false)
        let state = Mamba3State(shape)
        block.weights.forward(
            kernels, rows: length, x: x.start, state: state, tape: tape, to: whole.start, adding: false)
        var running = Mamba3State(shape)
        for t in 0..<length {
            // Every state goes through bytes.
            let bytes = running.exported()
            running = Mamba3State(shape)
            try bytes.withUnsafeBytes { try running.restore(from: $0) }
            block.weights.forward(
                kernels, rows: 1, x: x.start + t * width, state: running, tape: tape,
                to: stepped.start + t * width,
                adding: false)
        }
        var worst = WorstError()
        worst.add("y", stepped.array, whole.array)
        worst.add("S", running.ssm, state.ssm)
        print("\(name) scan = resumed step, \(kernels.name): \(worst)")
        // Bit for bit: no kernel's answer for a row depends on the rows beside it.
        #expect(worst.value == 0)
    }
}

struct Mamba3UnderTest {
    let golden: GoldenTensors
    let kernels: KernelTable
    let shape: Mamba3Shape
    let layout: ParameterLayout
    let place: Mamba3Parameters
    let weights: Mamba3Weights

    init(_ golden: GoldenTensors, kernels: KernelTable) {
        self.golden = golden
        self.kernels = kernels
        let bias = golden.shape("w.B_bias")
        let inner = golden.shape("w.out_proj.weight")[1]
        let rows = golden.shape("w.in_proj.weight")
        shape = Mamba3Shape(
            width: rows[1], inner: inner, state: bias[2], headWidth: inner / bias[0], rank: bias[1],
            angles: rows[0] - 2 * inner - 2 * bias[1] * bias[2] - 3 * bias[0],
            isMultiInput: golden.tensors["w.mimo_x"] != nil,
            outputNorm: golden.tensors["w.norm.weight"] != nil)
        var layout = ParameterLayout()
        place = Mamba3Parameters(shape, prefix: "", in: &layout)
        self.layout = layout
        weights = Mamba3Weights(shape, trains: true)
        let values = parameters(layout, from: golden, prefix: "w.")
        weights.load(values.start, at: place)
    }

    var length: Int { golden.shape("in.x")[1] }

    func run() -> (outputs: WorstError, gradients: WorstError) {
        let batches = golden.shape("in.x")[0]
        let count = length * shape.width
        let tape = Mamba3Tape(shape, capacity: length, trains: true)
        let scratch = Mamba3GradientScratch(shape, capacity: length)
        let gradients = FloatBuffer(layout.count)
        var values: [String: [Float]] = [:]
        var dxs: [Float] = []
        for batch in 0..<batches {
            let state = Mamba3State(shape)
            let x = FloatBuffer(golden["in.x"][batch * count..<(batch + 1) * count])
            let dy = FloatBuffer(golden["loss.cot"][batch * count..<(batch + 1) * count])
            let y = FloatBuffer(count)
            let dx = FloatBuffer(count)
            weights.forward(
                kernels, rows: length, x: x.start, state: state, tape: tape, to: y.start, adding: false)
            values["out.y", default: []] += y.array
            values["mid.K", default: []] += tape.keyNormed.array
            values["mid.Q", default: []] += tape.queryNormed.array
            values["mid.DT", default: []] += perHead(tape.step)
            values["state.ssm", default: []] += state.ssm
            values["state.k", default: []] += state.key
            values[shape.isMultiInput ? "state.v_projected" : "state.v", default: []] += state.value
            values["state.angle", default: []] += state.angle
            weights.backward(
                kernels, rows: length, x: x.start, dy: dy.start, dx: dx.start, tape: tape, place: place,
                gradients: gradients.start, scratch: scratch)
            dxs += dx.array
        }
        var outputs = WorstError()
        var worst = WorstError()
        for (name, value) in values {
            let expected = golden[name]
            // Angles are the same modulo 2π.
            let shifted = name == "state.angle" ? zip(value, expected).map { nearest($0, to: $1) } : value
            outputs.add(name, shifted, expected)
        }
        worst.add("grad.in.x", dxs, golden["grad.in.x"])
        for entry in layout.entries {
            worst.add(entry.name, gradients[entry], golden["grad.w." + entry.name])
        }
        return (outputs, worst)
    }

    /// [T, H] as [H, T].
    private func perHead(_ buffer: FloatBuffer) -> [Float] {
        (0..<shape.heads).flatMap { head in (0..<length).map { buffer.start[$0 * shape.heads + head] } }
    }

    private func nearest(_ angle: Float, to expected: Float) -> Float {
        let turns = ((Double(expected) - Double(angle)) / (2 * Double.pi)).rounded()
        return Float(Double(angle) + turns * 2 * Double.pi)
    }
}

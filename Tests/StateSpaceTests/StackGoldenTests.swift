import GoldenTensors
import StateSpace
import Testing

/// `mamba1-stack4` of Tests/Golden, outputs and gradients, on each dispatch level.
@Suite struct StackGoldenTests {
    @Test(arguments: KernelTable.levels + [.plain]) func fourLayersAnswerAsRecorded(_ kernels: KernelTable)
        throws
    {
        let golden = try GoldenTensors("mamba1-stack4")
        let model = StackUnderTest(golden, layers: 4, kernels: kernels)
        let shape = golden.shape("in.x")
        let count = shape[1] * shape[2]
        let tape = MambaTape(model.stack, capacity: shape[1])
        var outputs = WorstError()
        var gradients = WorstError()
        var y: [Float] = []
        var dx: [Float] = []
        var states: [MambaState] = []
        var middles = [[Float]](repeating: [], count: 3)
        for batch in 0..<shape[0] {
            let state = model.stack.makeState()
            let x = FloatBuffer(golden["in.x"][batch * count..<(batch + 1) * count])
            model.stack.forward(x.start, rows: shape[1], state: state, tape: tape)
            y += x.array
            // Layer i's output is layer i+1's input.
            for layer in 0..<3 { middles[layer] += tape.inputs[layer + 1].array }
            let gradient = FloatBuffer(golden["loss.cot"][batch * count..<(batch + 1) * count])
            model.stack.backward(gradient.start, tape: tape, gradients: model.gradients.start)
            dx += gradient.array
            states.append(state)
        }
        outputs.add("out.y", y, golden["out.y"])
        for layer in 0..<3 { outputs.add("mid.layer\(layer)", middles[layer], golden["mid.layer\(layer)"]) }
        for layer in 0..<4 {
            outputs.add(
                "state.\(layer).h", states.flatMap { $0.h(ofLayer: layer) }, golden["state.\(layer).h"])
            outputs.add(
                "state.\(layer).conv", states.flatMap { $0.window(ofLayer: layer) },
                golden["state.\(layer).conv"])
        }
        gradients.add("in.x", dx, golden["grad.in.x"])
        for entry in model.layout.entries {
            gradients.add(entry.name, model.gradients[entry], golden["grad.w." + entry.name])
        }
        print("mamba1-stack4 \(kernels.name): outputs \(outputs), gradients \(gradients)")
        #expect(outputs.value < 2e-5)
        #expect(gradients.value < 1e-4)
    }
}

/// A stack whose weights are the golden's `w.`.
struct StackUnderTest {
    let layout: ParameterLayout
    let values, gradients: FloatBuffer
    let stack: MambaStack

    init(_ golden: GoldenTensors, layers: Int, kernels: KernelTable, trains: Bool = true) {
        var layout = ParameterLayout()
        let shape = golden.mixerShape("w.layers.0.mixer.")
        let place = MambaParameters(shape, layers: layers, in: &layout)
        self.layout = layout
        values = parameters(layout, from: golden, prefix: "w.")
        gradients = FloatBuffer(layout.count)
        stack = MambaStack(shape, place: place, kernels: kernels, trains: trains)
        stack.load(values.start)
    }
}

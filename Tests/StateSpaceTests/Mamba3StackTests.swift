import StateSpace
import Testing

@Suite struct Mamba3StackTests {
    @Test(arguments: [false, true]) func stepsGiveWhatTheWholeSequenceGives(_ isMultiInput: Bool) {
        let model = TinyMamba3(isMultiInput: isMultiInput)
        let whole = model.whole()
        let stepped = FloatBuffer(model.x.array)
        let states = model.stack.makeStates()
        let tape = Mamba3StackTape(model.stack, capacity: 1, trains: false)
        for t in 0..<model.length {
            model.stack.run(stepped.start + t * model.shape.width, rows: 1, states: states, tape: tape)
        }
        #expect(stepped.array == whole)
    }

    /// Central differences along the gradient of each tensor.
    @Test(arguments: [false, true]) func gradientsAreTheSlopesOfTheLoss(_ isMultiInput: Bool) {
        let model = TinyMamba3(isMultiInput: isMultiInput)
        let cotangent = TinyMamba3(isMultiInput: isMultiInput, seed: 9).x.array
        func loss() -> Double { zip(model.whole(), cotangent).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
        _ = loss()
        let dx = FloatBuffer(cotangent)
        let gradients = FloatBuffer(model.layout.count)
        model.stack.backward(dx.start, tape: model.tape, gradients: gradients.start)
        var worst = 0.0
        var name = ""
        for entry in model.layout.entries {
            let error = slopeError(entry, values: model.values, gradient: gradients[entry]) {
                model.stack.load(model.values.start)
                return loss()
            }
            if error > worst { (worst, name) = (error, entry.name) }
        }
        print("Mamba-3 stack, slopes, MIMO \(isMultiInput): \(worst) (\(name))")
        // f32 outputs under central differences: some three digits are left.
        #expect(worst < 1e-2)
    }
}

/// |slope - norm| of the loss along a tensor's gradient, relative to the norm (with a floor where rounding rules).
func slopeError(
    _ entry: ParameterLayout.Entry, values: FloatBuffer, gradient: [Float], _ loss: () -> Double
) -> Double {
    let original = values[entry]
    let step = 2e-2
    let norm = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    guard norm > 0 else { return .infinity }
    func shifted(_ sign: Double) -> Double {
        for index in 0..<entry.count {
            values.start[entry.offset + index] =
                original[index] + Float(sign * step * Double(gradient[index]) / norm)
        }
        return loss()
    }
    let slope = (shifted(1) - shifted(-1)) / (2 * step)
    for index in 0..<entry.count { values.start[entry.offset + index] = original[index] }
    return abs(slope - norm) / max(norm, 1e-2)
}

private struct TinyMamba3 {
    let shape: Mamba3Shape
    let layout: ParameterLayout
    let values, x: FloatBuffer
    let stack: Mamba3Stack
    let tape: Mamba3StackTape
    let length = 7

    init(isMultiInput: Bool, seed: UInt64 = 5) {
        var random = SplitMix64(seed: seed)
        var layout = ParameterLayout()
        shape = Mamba3Shape(
            width: 10, inner: 20, state: 8, headWidth: 5, rank: isMultiInput ? 2 : 1, angles: 2,
            isMultiInput: isMultiInput, outputNorm: isMultiInput)
        let place = Mamba3StackParameters(shape, layers: 2, in: &layout)
        self.layout = layout
        values = FloatBuffer(layout.count)
        place.initialize(values.start, shape: shape, using: &random)
        // Initial steps are small: slopes would drown in rounding.
        for entry in layout.entries where entry.name.hasSuffix("dt_bias") {
            for index in 0..<entry.count { values.start[entry.offset + index] = -0.5 }
        }
        stack = Mamba3Stack(shape, place: place, trains: true)
        stack.load(values.start)
        tape = Mamba3StackTape(stack, capacity: length, trains: true)
        x = FloatBuffer((0..<length * 10).map { _ in Float(random.normal()) })
    }

    func whole() -> [Float] {
        let y = FloatBuffer(x.array)
        stack.run(y.start, rows: length, states: stack.makeStates(), tape: tape)
        return y.array
    }
}

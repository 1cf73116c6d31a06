import Differences
import Foundation
import StateSpace
import Testing

@Suite struct Mamba3StackTests {
    /// Every state goes through bytes before every step.
    @Test(arguments: TinyMamba3.variants, KernelTable.levels + [.plain])
    func resumedStepsGiveWhatTheWholeSequenceGives(_ variant: TinyMamba3.Variant, _ kernels: KernelTable)
        throws
    {
        let model = TinyMamba3(variant, kernels: kernels)
        let whole = model.whole()
        let stepped = FloatBuffer(model.x.array)
        var states = model.stack.makeStates()
        let tape = Mamba3StackTape(model.stack, capacity: 1, trains: false)
        for t in 0..<model.length {
            let bytes = states.map { $0.exported() }
            states = model.stack.makeStates()
            for (state, exported) in zip(states, bytes) {
                try exported.withUnsafeBytes { try state.restore(from: $0) }
            }
            model.stack.run(stepped.start + t * model.shape.width, rows: 1, states: states, tape: tape)
        }
        // Bit for bit: no kernel's answer for a row depends on the rows beside it.
        #expect(stepped.array == whole)
    }

    /// Heads with steps of about 3 turn by up to 3π a step: float32 factors would be off by 1e-5 and more after 200.
    @Test(arguments: KernelTable.levels + [.plain]) func anglesOfLongStepsStayPrecise(_ kernels: KernelTable)
    {
        let model = TinyMamba3(TinyMamba3.variants[0], length: 200, kernels: kernels)
        model.slowDown(bias: 3)
        let (shape, mixer) = (model.shape, model.stack.layers[0])
        let place = model.stack.place.mixers[0]
        let state = Mamba3State(shape)
        let y = FloatBuffer(model.x.count)
        mixer.forward(
            kernels, rows: model.length, x: model.x.start, state: state,
            tape: Mamba3Tape(shape, capacity: model.length, trains: false), to: y.start, adding: false)
        func projected(_ row: Int, _ t: Int) -> Double {
            (0..<shape.width).reduce(0) {
                let weight = model.values.start[place.inProjection + row * shape.width + $1]
                return $0 + Double(weight) * Double(model.x.start[t * shape.width + $1])
            }
        }
        var worst = 0.0
        for head in 0..<shape.heads {
            for i in 0..<shape.angles {
                let turned = (0..<model.length).reduce(0.0) { sum, t in
                    let raw = projected(shape.projected - shape.angles - 3 * shape.heads + head, t) + 3
                    let step = max(raw, 0) + log1p(exp(-abs(raw)))
                    return sum + Double.pi * tanh(projected(shape.projected - shape.angles + i, t)) * step
                }
                let gap = turned - Double(state.angle[head * shape.angles + i])
                worst = max(worst, abs(remainder(gap, 2 * .pi)))
            }
        }
        print("angles after 200 long steps, \(kernels.name): \(worst)")
        // What is left is the state's own float32, 1e-7 a step.
        #expect(worst < 2.5e-6)
    }

    /// Central differences along the gradient of each tensor.
    @Test(arguments: TinyMamba3.variants) func gradientsAreTheSlopesOfTheLoss(_ variant: TinyMamba3.Variant) {
        let model = TinyMamba3(variant)
        let cotangent = TinyMamba3(variant, seed: 9).x.array
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
        print("Mamba-3 stack, slopes, \(variant): \(worst) (\(name))")
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

struct TinyMamba3 {
    struct Variant: Sendable {
        var isMultiInput = false
        var groups = 1
        var decay = Mamba3Decay.heavy
    }
    /// Plain; with rank and output norm; heads that share B and C in groups; A as files before June 2026 have it.
    static let variants = [
        Variant(), Variant(isMultiInput: true), Variant(groups: 2), Variant(isMultiInput: true, groups: 4),
        Variant(decay: .softplus),
    ]

    let shape: Mamba3Shape
    let layout: ParameterLayout
    let values, x: FloatBuffer
    let stack: Mamba3Stack
    let tape: Mamba3StackTape
    let length: Int

    init(_ variant: Variant, length: Int = 7, kernels: KernelTable = .best, seed: UInt64 = 5) {
        var random = SplitMix64(seed: seed)
        var layout = ParameterLayout()
        shape = Mamba3Shape(
            width: 10, inner: 20, state: 8, headWidth: 5, rank: variant.isMultiInput ? 2 : 1, angles: 2,
            groups: variant.groups, isMultiInput: variant.isMultiInput, outputNorm: variant.isMultiInput,
            decay: variant.decay)
        self.length = length
        let place = Mamba3StackParameters(shape, layers: 2, in: &layout)
        self.layout = layout
        values = FloatBuffer(layout.count)
        place.initialize(values.start, shape: shape, using: &random)
        stack = Mamba3Stack(shape, place: place, kernels: kernels, trains: true)
        tape = Mamba3StackTape(stack, capacity: length, trains: true)
        x = FloatBuffer((0..<length * 10).map { _ in Float(random.normal()) })
        // Initial steps are small: slopes would drown in rounding.
        slowDown(bias: -0.5)
    }

    /// Every head's step becomes about softplus(bias).
    func slowDown(bias: Float) {
        for entry in layout.entries where entry.name.hasSuffix("dt_bias") {
            for index in 0..<entry.count { values.start[entry.offset + index] = bias }
        }
        stack.load(values.start)
    }

    func whole() -> [Float] {
        let y = FloatBuffer(x.array)
        stack.run(y.start, rows: length, states: stack.makeStates(), tape: tape)
        return y.array
    }
}

import StateSpace

/// A small stack with initial values of math 2.1 and a sequence for it.
struct TinyStack {
    let shape: MixerShape
    let layout: ParameterLayout
    let values, gradients: FloatBuffer
    let stack: MambaStack
    let x: FloatBuffer
    /// Raw gaps δ and g(δ), [T].
    let gaps: [Float]
    let aged: FloatBuffer
    let length: Int

    init(
        width: Int = 20, layers: Int = 2, length: Int = 24, timeDecay: Bool = true,
        kernels: KernelTable = .best,
        seed: UInt64 = 7
    ) {
        var random = SplitMix64(seed: seed)
        var layout = ParameterLayout()
        shape = MixerShape(
            width: width, state: 6, taps: 4, stepRank: 3, projectionBias: true, timeDecay: timeDecay)
        let place = MambaParameters(shape, layers: layers, in: &layout)
        self.layout = layout
        self.length = length
        values = FloatBuffer(layout.count)
        gradients = FloatBuffer(layout.count)
        place.initialize(values.start, shape: shape, using: &random)
        stack = MambaStack(shape, place: place, kernels: kernels, trains: true)
        stack.load(values.start)
        x = FloatBuffer((0..<length * width).map { _ in Float(random.normal()) })
        // Same instants, seconds and months.
        gaps = (0..<length).map { [0, 0.01, 1, 30, 5000][$0 % 5] }
        aged = FloatBuffer(gaps.map { [rule = stack.gapRule] in rule($0) })
    }

    /// The whole sequence at once.
    func whole() -> (y: [Float], state: MambaState) {
        let state = stack.makeState()
        let y = FloatBuffer(x.array)
        let scratch = MambaScratch(stack, rows: length)
        stack.run(y.start, rows: length, gaps: aged.start, state: state, scratch: scratch)
        return (y.array, state)
    }

    /// One event after the other; from `resume` on in a state that went through bytes, where given.
    func stepped(resumingAt resume: Int? = nil) throws -> (y: [Float], state: MambaState) {
        var state = stack.makeState()
        let y = FloatBuffer(x.array)
        var scratch = MambaScratch(stack)
        for t in 0..<length {
            if t == resume {
                let bytes = state.exported()
                state = stack.makeState()
                scratch = MambaScratch(stack)
                try bytes.withUnsafeBytes { try state.restore(from: $0) }
            }
            stack.step(y.start + t * shape.width, gap: gaps[t], state: state, scratch: scratch)
        }
        return (y.array, state)
    }
}

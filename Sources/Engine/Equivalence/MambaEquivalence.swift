import StateSpace

extension EquivalenceEvaluation {
    func mamba(_ level: DispatchLevel) -> [Row] {
        let model = EquivalentMamba(self, level.kernels)
        let whole = model.whole()
        let stepped = model.stepped(resuming: false)
        let resumed = model.stepped(resuming: true)
        return [
            row(model.name, "scan = step", length, level, stepped, whole, limit: Self.scanLimit),
            row(model.name, "scan = resumed step", length, level, resumed, whole, limit: Self.scanLimit),
        ]
    }

    /// Rank 8 beside in_proj and out_proj, and merged into them.
    func adapters(_ level: DispatchLevel) -> [Row] {
        let model = EquivalentMamba(self, level.kernels)
        let merged = FloatBuffer(model.values.array)
        for (index, layer) in model.stack.layers.enumerated() {
            let place = model.stack.place.mixers[index]
            adapter(beside: layer.inProjection, UInt64(2 * index)).merge(
                into: merged.start + place.inProjection)
            adapter(beside: layer.outProjection, UInt64(2 * index + 1)).merge(
                into: merged.start + place.outProjection)
        }
        let unmerged = model.whole()
        for layer in model.stack.layers {
            (layer.inProjection.adapter, layer.outProjection.adapter) = (nil, nil)
        }
        model.stack.load(merged.start)
        return [
            row(
                model.name + " r8", "merged = unmerged LoRA", length, level, model.whole(), unmerged,
                limit: Self.mergedLimit)
        ]
    }

    private func adapter(beside projection: Projection, _ number: UInt64) -> LowRankAdapter {
        let rank = 8
        let bound = 1 / Float(projection.inputs).squareRoot()
        let adapter = LowRankAdapter(
            inputs: projection.inputs, outputs: projection.outputs, rank: rank, alpha: 16,
            v: noise(rank * projection.inputs, seed: 100 + number).map { $0 * bound })
        // U as after some training: it starts at zero, and both ways would be the plain model.
        for (index, value) in noise(rank * projection.outputs, seed: 200 + number).enumerated() {
            adapter.u[index] = value * 0.05
        }
        adapter.pack()
        projection.adapter = adapter
        return adapter
    }

    func mamba3(_ level: DispatchLevel, isMultiInput: Bool) -> [Row] {
        let model = EquivalentMamba3(self, level.kernels, isMultiInput: isMultiInput)
        let whole = model.whole()
        let stepped = model.stepped(resuming: false)
        let resumed = model.stepped(resuming: true)
        return [
            row(model.name, "scan = step", length, level, stepped, whole, limit: Self.scanLimit),
            row(model.name, "scan = resumed step", length, level, resumed, whole, limit: Self.scanLimit),
        ]
    }
}

/// A stack with initial values, real time gaps, and a sequence for it.
private struct EquivalentMamba {
    let name: String
    let length, width: Int
    let values: FloatBuffer
    let stack: MambaStack
    let x: [Float]
    let gaps: [Float]

    init(_ sizes: EquivalenceEvaluation, _ kernels: KernelTable) {
        var random = StateSpace.SplitMix64(seed: sizes.seed)
        var layout = ParameterLayout()
        let shape = MixerShape(width: sizes.width, state: sizes.state, timeDecay: true)
        let place = MambaParameters(shape, layers: sizes.layers, in: &layout)
        values = FloatBuffer(layout.count)
        place.initialize(values.start, shape: shape, using: &random)
        stack = MambaStack(shape, place: place, kernels: kernels)
        stack.load(values.start)
        (length, width) = (sizes.length, sizes.width)
        name = "mamba d\(sizes.width) L\(sizes.layers) N\(sizes.state)"
        x = sizes.noise(length * width, seed: 1)
        // Same instants, seconds and months.
        gaps = (0..<length).map { [0, 0.01, 1, 30, 5000][$0 % 5] }
    }

    /// The outputs, then every layer's state.
    func whole() -> [Float] {
        let y = FloatBuffer(x)
        let state = stack.makeState()
        let aged = FloatBuffer(gaps.map { [rule = stack.gapRule] in rule($0) })
        stack.run(
            y.start, rows: length, gaps: aged.start, state: state, scratch: MambaScratch(stack, rows: length))
        return y.array + stateValues(state)
    }

    /// `resuming`: every 16 steps the state goes through bytes into a new one.
    func stepped(resuming: Bool) -> [Float] {
        let y = FloatBuffer(x)
        var state = stack.makeState()
        var scratch = MambaScratch(stack)
        for t in 0..<length {
            if resuming, t % 16 == 7 {
                let bytes = state.exported()
                state = stack.makeState()
                scratch = MambaScratch(stack)
                // A refusal leaves zeros, and the error says so.
                bytes.withUnsafeBytes { try? state.restore(from: $0) }
            }
            stack.step(y.start + t * width, gap: gaps[t], state: state, scratch: scratch)
        }
        return y.array + stateValues(state)
    }

    private func stateValues(_ state: MambaState) -> [Float] {
        stack.layers.indices.flatMap { state.h(ofLayer: $0) + state.window(ofLayer: $0) }
    }
}

private struct EquivalentMamba3 {
    let name: String
    let length, width: Int
    let stack: Mamba3Stack
    let x: [Float]

    init(_ sizes: EquivalenceEvaluation, _ kernels: KernelTable, isMultiInput: Bool) {
        var random = StateSpace.SplitMix64(seed: sizes.seed)
        var layout = ParameterLayout()
        let headWidth = sizes.width % 8 == 0 ? 16 : 2
        let shape = Mamba3Shape(
            width: sizes.width, state: sizes.state, headWidth: headWidth, rank: isMultiInput ? 4 : 1,
            isMultiInput: isMultiInput)
        let place = Mamba3StackParameters(shape, layers: sizes.layers, in: &layout)
        let values = FloatBuffer(layout.count)
        place.initialize(values.start, shape: shape, using: &random)
        stack = Mamba3Stack(shape, place: place, kernels: kernels)
        stack.load(values.start)
        (length, width) = (sizes.length, sizes.width)
        name =
            "mamba3 \(isMultiInput ? "mimo4" : "siso") d\(sizes.width) L\(sizes.layers) N\(sizes.state)"
        x = sizes.noise(length * width, seed: 2)
    }

    func whole() -> [Float] {
        let y = FloatBuffer(x)
        let states = stack.makeStates()
        stack.run(
            y.start, rows: length, states: states,
            tape: Mamba3StackTape(stack, capacity: length, trains: false))
        return y.array + states.flatMap(\.ssm)
    }

    func stepped(resuming: Bool) -> [Float] {
        let y = FloatBuffer(x)
        var states = stack.makeStates()
        let tape = Mamba3StackTape(stack, capacity: 1, trains: false)
        for t in 0..<length {
            if resuming, t % 16 == 7 {
                let bytes = states.map { $0.exported() }
                states = stack.makeStates()
                for (state, exported) in zip(states, bytes) {
                    exported.withUnsafeBytes { try? state.restore(from: $0) }
                }
            }
            stack.run(y.start + t * width, rows: 1, states: states, tape: tape)
        }
        return y.array + states.flatMap(\.ssm)
    }
}

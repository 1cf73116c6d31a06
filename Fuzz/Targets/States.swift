import StateSpace

// Exported states of the models: what is taken over must leave every later number finite.

/// Input: the bytes of a state. Once as they are, and once cut or filled with zeros to each model's size.
func fuzzStates(_ input: UnsafeRawBufferPointer) {
    StateModels.shared.take(input, isFitted: false)
    StateModels.shared.take(input, isFitted: true)
}

/// One tiny model of each kind. The fuzzer and the replay have one thread.
private struct StateModels: @unchecked Sendable {
    // @unchecked Sendable: what is mutable (scratch, tape) is used by one thread, as above.
    static let shared = StateModels()

    private let mamba: MambaStack
    private let scratch: MambaScratch
    private let mamba3: Mamba3Stack
    private let tape: Mamba3StackTape
    private let paths: S4DNetwork
    private let scorer: SequenceScorer

    init() {
        var random = SplitMix64(seed: 1)
        var layout = ParameterLayout()
        let shape = MixerShape(width: 3, state: 2, taps: 3, stepRank: 1, timeDecay: true)
        let place = MambaParameters(shape, layers: 2, in: &layout)
        let values = FloatBuffer(layout.count)
        place.initialize(values.start, shape: shape, using: &random)
        mamba = MambaStack(shape, place: place)
        mamba.load(values.start)
        scratch = MambaScratch(mamba)

        var layout3 = ParameterLayout()
        let shape3 = Mamba3Shape(width: 4, state: 4, headWidth: 4, rank: 2, isMultiInput: true)
        let place3 = Mamba3StackParameters(shape3, layers: 1, in: &layout3)
        let values3 = FloatBuffer(layout3.count)
        place3.initialize(values3.start, shape: shape3, using: &random)
        mamba3 = Mamba3Stack(shape3, place: place3)
        mamba3.load(values3.start)
        tape = Mamba3StackTape(mamba3, capacity: 1, trains: false)

        var configuration = S4DConfiguration(inputs: 2, outputs: 1, channels: 3, stateSize: 4, layers: 2)
        configuration.readout = .meanAndMax
        paths = S4DNetwork(
            configuration, values: S4DParameters(configuration).initialValues(configuration, seed: 1))

        var sizes = ScorerShape(
            eventColumns: 2, rowColumns: 2, codeWidth: 4, mixer: MixerShape(width: 4), readers: 2, pointwise: 2)
        sizes.block = .s4d(S4DTrunkShape(width: 4, stateSize: 4))
        scorer = SequenceScorer(sizes, scales: .init(events: .identity(2), rows: .identity(2)))
        let values4 = FloatBuffer(scorer.place.layout.count)
        scorer.place.initialize(values4.start, shape: sizes, using: &random)
        scorer.load(values4.start)
    }

    func take(_ input: UnsafeRawBufferPointer, isFitted: Bool) {
        takeMamba(input, isFitted)
        takeMamba3(input, isFitted)
        takePath(input, isFitted)
        takeScorer(input, isFitted)
    }

    private func fitted(_ input: UnsafeRawBufferPointer, _ count: Int, _ isFitted: Bool) -> [UInt8] {
        guard isFitted else { return Array(input) }
        return Array(input.prefix(count)) + [UInt8](repeating: 0, count: max(0, count - input.count))
    }

    private func takeMamba(_ input: UnsafeRawBufferPointer, _ isFitted: Bool) {
        let state = mamba.makeState()
        guard (try? fitted(input, state.byteCount, isFitted).withUnsafeBytes(state.restore(from:))) != nil
        else { return }
        let x = FloatBuffer(mamba.shape.width)
        for step in 0..<3 {
            x.start[0] = Float(step)
            mamba.step(x.start, gap: 1, state: state, scratch: scratch)
            demand(x.array + (0..<2).flatMap { state.h(ofLayer: $0) + state.window(ofLayer: $0) })
        }
    }

    private func takeMamba3(_ input: UnsafeRawBufferPointer, _ isFitted: Bool) {
        let states = mamba3.makeStates()
        let count = states[0].exported().count
        guard (try? fitted(input, count, isFitted).withUnsafeBytes(states[0].restore(from:))) != nil
        else { return }
        let x = FloatBuffer(mamba3.shape.width)
        for step in 0..<3 {
            x.start[0] = Float(step)
            mamba3.run(x.start, rows: 1, states: states, tape: tape)
            demand(x.array + states[0].angle + states[0].ssm + states[0].key + states[0].value)
        }
    }

    /// Eight bytes of hops, then the values.
    private func takePath(_ input: UnsafeRawBufferPointer, _ isFitted: Bool) {
        let configuration = paths.configuration
        let fresh = S4DState(configuration)
        let bytes = fitted(input, 8 + 4 * fresh.values.count, isFitted)
        guard bytes.count >= 8 else { return }
        let (hops, values) = bytes.withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(as: Int.self),
                (0..<(bytes.count - 8) / 4).map {
                    bytes.loadUnaligned(fromByteOffset: 8 + 4 * $0, as: Float.self)
                }
            )
        }
        guard var state = S4DState(hops: hops, values: values, configuration) else { return }
        let activations = S4DActivations(configuration)
        var output: [Float] = [0]
        for step in 0..<3 {
            paths.advance(&state, rows: 1, features: [Float(step), 1], with: activations, into: &output)
            demand(output + state.values)
        }
    }

    /// A session of a scorer with a trunk of S4D layers: time and marks, then the numbers.
    private func takeScorer(_ input: UnsafeRawBufferPointer, _ isFitted: Bool) {
        let state = scorer.makeState()
        guard (try? state.restore(exact: fitted(input, state.exactByteCount, isFitted))) != nil else { return }
        let scratch = ScorerScratch(scorer)
        for step in 0..<3 {
            scorer.advance(
                state, columns: [Float(step), 1], ids: [(id: 7, role: 1)], gap: 1, atMilliseconds: Int64(step), scratch)
            demand(state.vector)
        }
    }

    private func demand(_ values: [Float]) {
        precondition(
            values.allSatisfy(\.isFinite), "a state that was taken over led to a number that is none")
    }
}

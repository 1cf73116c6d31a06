import StateSpace
import Testing

/// A hundred thousand damaged states: refused and untouched, or taken over, and then every later number is finite.
@Suite struct HostileStatesTests {
    @Test func fortyThousandMambaStates() {
        let model = TinyStack(width: 5, layers: 2, length: 6)
        let scratch = MambaScratch(model.stack)
        let state = model.stack.makeState()
        let x = FloatBuffer(5)
        func step() {
            x.start.update(from: model.x.start, count: 5)
            model.stack.step(x.start, gap: 30, state: state, scratch: scratch)
        }
        for _ in 0..<6 { step() }
        let original = state.exported()
        storm(original, times: 40_000, restore: { try $0.withUnsafeBytes(state.restore(from:)) }) {
            step()
            step()
            return x.array + floats(state.exported())
        } current: {
            state.exported()
        }
    }

    @Test(arguments: [false, true]) func fortyThousandMamba3States(isMultiInput: Bool) {
        let model = TinyMamba3(TinyMamba3.Variant(isMultiInput: isMultiInput))
        let tape = Mamba3StackTape(model.stack, capacity: 1, trains: false)
        let states = model.stack.makeStates()
        let x = FloatBuffer(10)
        func step() {
            x.start.update(from: model.x.start, count: 10)
            model.stack.run(x.start, rows: 1, states: states, tape: tape)
        }
        for _ in 0..<6 { step() }
        let original = states[0].exported()
        storm(original, times: 20_000, restore: { try $0.withUnsafeBytes(states[0].restore(from:)) }) {
            step()
            step()
            return x.array + floats(states[0].exported()) + floats(states[1].exported())
        } current: {
            states[0].exported()
        }
    }

    @Test func twentyThousandPathStates() {
        let example = Example({ $0.readout = .meanAndMax }, lengths: [6])
        let configuration = example.configuration
        let activations = S4DActivations(configuration)
        var output = [Float](repeating: 0, count: 2)
        var state = S4DState(configuration)
        func step() {
            example.network.advance(
                &state, rows: 1, features: example.features, with: activations, into: &output)
        }
        for _ in 0..<6 { step() }
        func bytes(_ state: S4DState) -> [UInt8] {
            withUnsafeBytes(of: state.hops) { Array($0) } + state.values.withUnsafeBytes { Array($0) }
        }
        struct Refused: Error {}
        storm(bytes(state), times: 20_000) { blob in
            guard blob.count >= 8, blob.count % 4 == 0 else { throw Refused() }
            let hops = blob.withUnsafeBytes { $0.loadUnaligned(as: Int.self) }
            guard let taken = S4DState(hops: hops, values: floats(Array(blob.dropFirst(8))), configuration)
            else {
                throw Refused()
            }
            state = taken
        } use: {
            step()
            step()
            return output + state.values
        } current: {
            bytes(state)
        }
    }

    @Test func aStateBeyondAnyInputIsRefused() {
        let state = TinyStack().stack.makeState()
        let huge = [Float](repeating: 1e30, count: state.byteCount / 4)
        #expect(throws: StateError.tooLarge(index: 0)) {
            try huge.withUnsafeBytes { try state.restore(from: $0) }
        }
    }

    /// `restore` refuses by throwing; `use` goes on from what was taken over and gives every number there is.
    private func storm(
        _ original: [UInt8], times: Int, restore: ([UInt8]) throws -> Void, use: () -> [Float],
        current: () -> [UInt8]
    ) {
        var random = SplitMix64(seed: 2026)
        var taken = 0
        var notFinite = 0
        var touched = 0
        for _ in 0..<times {
            let blob = mutated(original, &random)
            let before = current()
            do {
                try restore(blob)
                taken += 1
                if !use().allSatisfy(\.isFinite) { notFinite += 1 }
                try restore(original)
            } catch { if current() != before { touched += 1 } }
        }
        print("states: \(taken) of \(times) taken over")
        #expect(notFinite == 0)
        #expect(touched == 0, "a refusal leaves the state")
        #expect(taken > times / 20 && taken < times)
    }

    private func mutated(_ original: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var blob = original
        let place = Int.random(in: 0..<blob.count, using: &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: blob.removeLast(Int.random(in: 1...blob.count, using: &random))
        case 1: blob.insert(contentsOf: blob.prefix(Int.random(in: 1...64, using: &random)), at: place)
        case 2:
            // A whole number at once: NaN, infinities, the largest, a denormal, the bounds.
            let words: [UInt32] = [
                0x7FC0_0000, 0x7F80_0000, 0xFF80_0000, 0x7F7F_FFFF, 0x0000_0001, 0x461C_4000, 0x5015_02F9,
                0x7F80_0001,
            ]
            // Force unwrap: the list isn't empty.
            let word = words.randomElement(using: &random)!
            let start = place / 4 * 4
            for (index, byte) in withUnsafeBytes(of: word, Array.init).enumerated()
            where start + index < blob.count {
                blob[start + index] = byte
            }
        case 3: for index in blob.indices { blob[index] = UInt8.random(in: 0...255, using: &random) }
        default:
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                blob[Int.random(in: 0..<blob.count, using: &random)] ^=
                    1 << UInt8.random(in: 0..<8, using: &random)
            }
        }
        return blob
    }

    private func floats(_ bytes: [UInt8]) -> [Float] {
        bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
    }
}

import Kernels

/// The layers between an event and the trunk's output, of whichever block the weights have.
///
/// Threads: as MambaStack.
final class ScorerTrunk: @unchecked Sendable {
    // @unchecked Sendable: the stacks are written by `load` only, as they say themselves.
    enum Stack {
        case mamba(MambaStack)
        /// Real gaps don't age its state: elapsed time reaches it through the events' columns.
        case mamba3(Mamba3Stack)
    }

    let stack: Stack

    init(_ shape: ScorerShape, _ place: ScorerParameters.Backbone, gapRule: GapRule, _ kernels: KernelTable, trains: Bool) {
        switch place {
        case .mamba(let place):
            stack = .mamba(MambaStack(shape.mixer, place: place, gapRule: gapRule, kernels: kernels, trains: trains))
        case .mamba3(let place):
            // Force unwrap: the place was made from this shape.
            stack = .mamba3(Mamba3Stack(shape.mamba3!, place: place, kernels: kernels, trains: trains))
        }
    }

    func load(_ parameters: Floats) {
        switch stack {
        case .mamba(let stack): stack.load(parameters)
        case .mamba3(let stack): stack.load(parameters)
        }
    }

    func makeState() -> TrunkState {
        switch stack {
        case .mamba(let stack): TrunkState(.mamba(stack.makeState()))
        case .mamba3(let stack): TrunkState(.mamba3(stack.makeStates()))
        }
    }

    /// Room for one step.
    enum Scratch {
        case mamba(MambaScratch)
        case mamba3(Mamba3StackTape)
    }

    func makeScratch() -> Scratch {
        switch stack {
        case .mamba(let stack): .mamba(MambaScratch(stack))
        case .mamba3(let stack): .mamba3(Mamba3StackTape(stack, capacity: 1, trains: false))
        }
    }

    /// One event x [D], in place. Allocates nothing.
    func step(_ x: MutableFloats, gap: Float, _ state: TrunkState, _ scratch: Scratch) {
        switch (stack, state.parts, scratch) {
        case (.mamba(let stack), .mamba(let state), .mamba(let scratch)):
            stack.step(x, gap: gap, state: state, scratch: scratch)
        case (.mamba3(let stack), .mamba3(let states), .mamba3(let tape)): stack.run(x, rows: 1, states: states, tape: tape)
        default: preconditionFailure("state and scratch are this trunk's")
        }
    }

    enum Tape {
        case mamba(MambaTape)
        case mamba3(Mamba3StackTape)
    }

    func makeTape(_ capacity: Int) -> Tape {
        switch stack {
        case .mamba(let stack): .mamba(MambaTape(stack, capacity: capacity))
        case .mamba3(let stack): .mamba3(Mamba3StackTape(stack, capacity: capacity, trains: true))
        }
    }

    /// The sequence x [T, D] in place; `gaps` [T] are g(δ).
    func forward(_ x: MutableFloats, rows: Int, gaps: Floats?, _ state: TrunkState, _ tape: Tape) {
        switch (stack, state.parts, tape) {
        case (.mamba(let stack), .mamba(let state), .mamba(let tape)):
            stack.forward(x, rows: rows, gaps: gaps, state: state, tape: tape)
        case (.mamba3(let stack), .mamba3(let states), .mamba3(let tape)): stack.run(x, rows: rows, states: states, tape: tape)
        default: preconditionFailure("state and tape are this trunk's")
        }
    }

    func backward(_ dx: MutableFloats, _ tape: Tape, gradients: MutableFloats) {
        switch (stack, tape) {
        case (.mamba(let stack), .mamba(let tape)): stack.backward(dx, tape: tape, gradients: gradients)
        case (.mamba3(let stack), .mamba3(let tape)): stack.backward(dx, tape: tape, gradients: gradients)
        default: preconditionFailure("the tape is this trunk's")
        }
    }
}

/// What a trunk carries from event to event; its bytes are those of its layers, one after the other.
final class TrunkState {
    enum Parts {
        case mamba(MambaState)
        case mamba3([Mamba3State])
    }

    let parts: Parts

    init(_ parts: Parts) { self.parts = parts }

    private var buffers: [FloatBuffer] {
        switch parts {
        case .mamba(let state): [state.values]
        case .mamba3(let states): states.map(\.values)
        }
    }

    var count: Int { buffers.reduce(0) { $0 + $1.count } }
    var byteCount: Int { count * 4 }

    func reset() { for buffer in buffers { buffer.clear() } }

    func copy(from other: TrunkState) {
        for (own, other) in zip(buffers, other.buffers) { own.start.update(from: other.start, count: own.count) }
    }

    var values: [Float] {
        get { buffers.flatMap(\.array) }
        set {
            var next = 0
            for buffer in buffers {
                for place in 0..<buffer.count { buffer.start[place] = newValue[next + place] }
                next += buffer.count
            }
        }
    }

    /// Refused and untouched where they can't be this trunk's.
    func restore(from bytes: UnsafeRawBufferPointer) throws(StateError) {
        guard bytes.count == byteCount else { throw .wrongSize(expected: byteCount, found: bytes.count) }
        switch parts {
        case .mamba(let state): try state.restore(from: bytes)
        case .mamba3(let states):
            let before = values
            var start = 0
            do throws(StateError) {
                for state in states {
                    let size = state.values.count * 4
                    try state.restore(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + size]))
                    start += size
                }
            } catch {
                values = before
                throw error
            }
        }
    }
}

@available(*, unavailable)
extension TrunkState: Sendable {}

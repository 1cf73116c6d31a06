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
        /// Nor here.
        case s4d(S4DTrunk)
    }

    let stack: Stack

    init(_ shape: ScorerShape, _ place: ScorerParameters.Backbone, gapRule: GapRule, _ kernels: KernelTable, trains: Bool) {
        switch place {
        case .mamba(let place):
            stack = .mamba(MambaStack(shape.mixer, place: place, gapRule: gapRule, kernels: kernels, trains: trains))
        case .mamba3(let place):
            guard case .mamba3(let sizes) = shape.block else { preconditionFailure("the place was made from this shape") }
            stack = .mamba3(Mamba3Stack(sizes, place: place, kernels: kernels, trains: trains))
        case .s4d(let place): stack = .s4d(S4DTrunk(place.configuration, place.stack))
        }
    }

    func load(_ parameters: Floats) {
        switch stack {
        case .mamba(let stack): stack.load(parameters)
        case .mamba3(let stack): stack.load(parameters)
        case .s4d(let trunk): trunk.load(parameters)
        }
    }

    func makeState() -> TrunkState {
        switch stack {
        case .mamba(let stack): TrunkState(.mamba(stack.makeState()))
        case .mamba3(let stack): TrunkState(.mamba3(stack.makeStates()))
        case .s4d(let trunk): TrunkState(.s4d(FloatBuffer(trunk.configuration.carriedCount)))
        }
    }

    /// Room for one step.
    enum Scratch {
        case mamba(MambaScratch)
        case mamba3(Mamba3StackTape)
        case s4d(S4DActivations)
    }

    func makeScratch() -> Scratch {
        switch stack {
        case .mamba(let stack): .mamba(MambaScratch(stack))
        case .mamba3(let stack): .mamba3(Mamba3StackTape(stack, capacity: 1, trains: false))
        case .s4d(let trunk): .s4d(S4DActivations(trunk.configuration))
        }
    }

    /// One event x [D], in place. Allocates nothing (S4D: after a scratch's first).
    func step(_ x: MutableFloats, gap: Float, _ state: TrunkState, _ scratch: Scratch) {
        switch (stack, state.parts, scratch) {
        case (.mamba(let stack), .mamba(let state), .mamba(let scratch)):
            stack.step(x, gap: gap, state: state, scratch: scratch)
        case (.mamba3(let stack), .mamba3(let states), .mamba3(let tape)): stack.run(x, rows: 1, states: states, tape: tape)
        case (.s4d(let trunk), .s4d(let values), .s4d(let activations)): trunk.step(x, values, activations)
        default: preconditionFailure("state and scratch are this trunk's")
        }
    }

    enum Tape {
        case mamba(MambaTape)
        case mamba3(Mamba3StackTape)
        case s4d(S4DTrunkTape)
    }

    func makeTape(_ capacity: Int) -> Tape {
        switch stack {
        case .mamba(let stack): .mamba(MambaTape(stack, capacity: capacity))
        case .mamba3(let stack): .mamba3(Mamba3StackTape(stack, capacity: capacity, trains: true))
        case .s4d(let trunk): .s4d(S4DTrunkTape(trunk.configuration))
        }
    }

    /// The sequence x [T, D] in place; `gaps` [T] are g(δ). From a state of zero: S4D convolves short sequences, and a
    /// convolution neither reads a state nor leaves one.
    func forward(_ x: MutableFloats, rows: Int, gaps: Floats?, _ state: TrunkState, _ tape: Tape) {
        switch (stack, state.parts, tape) {
        case (.mamba(let stack), .mamba(let state), .mamba(let tape)):
            stack.forward(x, rows: rows, gaps: gaps, state: state, tape: tape)
        case (.mamba3(let stack), .mamba3(let states), .mamba3(let tape)): stack.run(x, rows: rows, states: states, tape: tape)
        case (.s4d(let trunk), .s4d, .s4d(let tape)): trunk.forward(x, rows: rows, tape)
        default: preconditionFailure("state and tape are this trunk's")
        }
    }

    func backward(_ dx: MutableFloats, _ tape: Tape, gradients: MutableFloats) {
        switch (stack, tape) {
        case (.mamba(let stack), .mamba(let tape)): stack.backward(dx, tape: tape, gradients: gradients)
        case (.mamba3(let stack), .mamba3(let tape)): stack.backward(dx, tape: tape, gradients: gradients)
        case (.s4d(let trunk), .s4d(let tape)): trunk.backward(dx, tape, gradients: gradients)
        default: preconditionFailure("the tape is this trunk's")
        }
    }
}

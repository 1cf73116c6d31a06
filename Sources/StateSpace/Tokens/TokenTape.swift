/// Some sequences, one after the other, and the rows whose logits are asked for.
package struct TokenPass: Sendable {
    /// [R], below the vocabulary.
    package let tokens: [Int32]
    package let paths: S4DPaths
    /// [A], rows of `tokens`.
    package let asked: [Int32]

    package init(tokens: [Int32], lengths: [Int], asked: [Int32]) {
        paths = S4DPaths(lengths: lengths)
        precondition(paths.rows == tokens.count, "every token belongs to a sequence")
        self.tokens = tokens
        self.asked = asked
    }
}

/// What the backward pass of a token network needs. One per thread; grows with the longest pass.
package final class TokenTape {
    let trunk: Trunk
    /// [R, D]; S4D keeps its stream in the activations.
    let stream = GrowingFloats(), gradient = GrowingFloats()
    /// [A, D] before and after the last norm, and their gradients.
    let gathered = GrowingFloats(), normed = GrowingFloats(), dNormed = GrowingFloats(), dGathered = GrowingFloats()
    /// [A]; [A, V].
    let scale = GrowingFloats(), mean = GrowingFloats(), logits = GrowingFloats()

    enum Trunk {
        case mamba(MambaRoom)
        case s4d(S4DActivations)
        case mamba3(Mamba3Room)
    }

    init(_ trunk: Trunk) { self.trunk = trunk }
}

@available(*, unavailable)
extension TokenTape: Sendable {}

/// A Mamba tape that grows, and a state that starts at zero.
final class MambaRoom {
    private let stack: MambaStack
    private(set) var tape: MambaTape
    private let state: MambaState

    init(_ stack: MambaStack) {
        self.stack = stack
        tape = MambaTape(stack, capacity: 0)
        state = stack.makeState()
    }

    func begin(_ rows: Int) -> MambaState {
        if rows > tape.capacity { tape = MambaTape(stack, capacity: max(rows, tape.capacity * 3 / 2)) }
        state.reset()
        return state
    }
}

/// The same for Mamba-3.
final class Mamba3Room {
    private let stack: Mamba3Stack
    private(set) var tape: Mamba3StackTape
    private let states: [Mamba3State]

    init(_ stack: Mamba3Stack) {
        self.stack = stack
        tape = Mamba3StackTape(stack, capacity: 0, trains: true)
        states = stack.makeStates()
    }

    func begin(_ rows: Int) -> [Mamba3State] {
        if rows > tape.capacity {
            tape = Mamba3StackTape(stack, capacity: max(rows, tape.capacity * 3 / 2), trains: true)
        }
        for state in states { state.reset() }
        return states
    }
}

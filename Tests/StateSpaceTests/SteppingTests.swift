import Differences
import StateSpace
import Testing

@Suite struct SteppingTests {
    @Test(arguments: KernelTable.levels + [.plain]) func stepsGiveWhatTheWholeSequenceGives(
        _ kernels: KernelTable
    ) throws {
        let model = TinyStack(kernels: kernels)
        let whole = model.whole()
        let stepped = try model.stepped()
        var worst = WorstError()
        worst.add("y", stepped.y, whole.y)
        for layer in 0..<2 { worst.add("h", stepped.state.h(ofLayer: layer), whole.state.h(ofLayer: layer)) }
        print("scan = step, \(kernels.name): \(worst)")
        // Bit for bit: no kernel's answer for a row depends on the rows beside it.
        #expect(worst.value == 0)
    }

    @Test(arguments: KernelTable.levels + [.plain]) func aRestoredStateGoesOnBitForBit(_ kernels: KernelTable)
        throws
    {
        let model = TinyStack(kernels: kernels)
        let stepped = try model.stepped()
        let resumed = try model.stepped(resumingAt: 11)
        #expect(resumed.y == stepped.y)
        #expect(resumed.state.exported() == stepped.state.exported())
    }

    @Test func aSequenceInTwoPartsGivesWhatOneGives() {
        let model = TinyStack()
        let first = 10
        let width = model.shape.width
        let state = model.stack.makeState()
        let y = FloatBuffer(model.x.array)
        let scratch = MambaScratch(model.stack, rows: model.length)
        model.stack.run(y.start, rows: first, gaps: model.aged.start, state: state, scratch: scratch)
        model.stack.run(
            y.start + first * width, rows: model.length - first, gaps: model.aged.start + first, state: state,
            scratch: scratch)
        let error = relativeError(y.array, model.whole().y)
        print("two parts = one: \(error)")
        #expect(error == 0)
    }

    @Test func bytesOfAnotherModelAreRefused() {
        let state = TinyStack().stack.makeState()
        let other = TinyStack(layers: 3).stack.makeState()
        let expected = StateError.wrongSize(expected: state.byteCount, found: other.byteCount)
        #expect(throws: expected) { try other.exported().withUnsafeBytes { try state.restore(from: $0) } }
    }

    @Test func bytesThatAreNoNumbersAreRefusedAndTheStateStays() {
        let state = TinyStack().stack.makeState()
        let before = state.exported()
        let broken = [UInt8](repeating: 0xff, count: before.count)
        #expect(throws: StateError.notFinite(index: 0)) {
            try broken.withUnsafeBytes { try state.restore(from: $0) }
        }
        #expect(state.exported() == before)
    }
}

import PluginABI
import PluginHarness
import PluginSDK
import Testing

/// Adds up the first event column; scores every row by the sum.
struct SumScorer: SessionScorer {
    struct Session { var sum: Float = 0 }

    init(_ setup: Setup) {}

    var info: ModelInfo {
        var info = ModelInfo()
        info.stateVersion = 1
        return info
    }

    func open(key: UInt64) -> Session { Session() }

    func advance(_ session: inout Session, by events: borrowing Events) throws(ScorerError) {
        for event in 0..<events.count { session.sum += events.rows[event, 0] }
    }

    func score(
        _ batch: borrowing Batch, in session: Session, into scores: inout Scores
    ) throws(ScorerError) -> Progress {
        for row in 0..<batch.count {
            if row == 1 { scores.abstain(row) } else { scores[row] = session.sum }
        }
        return .done
    }

    func export(_ session: Session, form: StateForm, to state: inout StateWriter) throws(ScorerError) {
        guard form == .exact else { throw .unsupported("only the exact form is offered") }
        state.append(session.sum)
    }

    func restore(
        _ session: inout Session, form: StateForm, version: UInt32, from state: inout StateReader
    ) throws(ScorerError) {
        session.sum = try state.read()
        try state.finish()
    }
}

extension SDKTests {
    @Suite struct SessionTests {
        @Test func stateOfASessionMovesToAnother() throws {
            let model = try PluginModel(
                Library(SumScorer.self, id: "sum", version: "1.0.0").table,
                Configuration(columns: ["memory.importance@1"], eventColumns: ["event.weight@1"]))
            let first = try open(model)
            let second = try open(model)
            defer {
                model.table.pointee.session_close(model.handle, first)
                model.table.pointee.session_close(model.handle, second)
            }
            #expect(advance(model, first, by: [1, 2, 4]) == MNEME_OK)
            let request = Request(rows: [[0], [0]])
            try model.score(request, session: first)
            #expect(request.value(0) == 7 && request.value(1) == nil && request.abstains(1))

            var length: UInt64 = 0
            #expect(export(model, first, into: nil, capacity: 0, &length) == MNEME_OK && length == 4)
            let memory = GuardedMemory(bytes: 4)
            #expect(export(model, first, into: memory.start, capacity: 3, &length) == MNEME_INVALID)
            #expect(export(model, first, into: memory.start, capacity: 4, &length) == MNEME_OK)
            #expect(restore(model, second, from: memory.start, length: 3) == MNEME_STATE)
            #expect(restore(model, second, from: memory.start, length: 4) == MNEME_OK)
            let again = Request(rows: [[0]])
            try model.score(again, session: second)
            #expect(again.value(0) == 7)
        }

        @Test func withoutASessionAFreshOneIsScored() throws {
            let model = try PluginModel(
                Library(SumScorer.self, id: "sum", version: "1.0.0").table,
                Configuration(columns: ["memory.importance@1"], eventColumns: ["event.weight@1"]))
            let request = Request(rows: [[0]])
            try model.score(request)
            #expect(request.value(0) == 0)
            var length: UInt64 = 0
            #expect(export(model, nil, into: nil, capacity: 0, &length) == MNEME_UNSUPPORTED)
        }

        private func open(_ model: PluginModel) throws -> OpaquePointer {
            var session: OpaquePointer?
            #expect(model.table.pointee.session_open(model.handle, 1, &session, nil) == MNEME_OK)
            return try #require(session)
        }

        private func advance(_ model: PluginModel, _ session: OpaquePointer, by values: [Float])
            -> mneme_status
        {
            let request = Request(rows: [])
            let events = Guarded<mneme_events>()
            events.pointer.pointee.struct_size = UInt32(MemoryLayout<mneme_events>.size)
            events.pointer.pointee.rows = UInt32(values.count)
            events.pointer.pointee.schema = PluginModel.schema
            events.pointer.pointee.features = request.input(values, MNEME_F32, rows: values.count, columns: 1)
            return model.table.pointee.advance(model.handle, session, events.pointer, nil)
        }

        private func export(
            _ model: PluginModel, _ session: OpaquePointer?, into out: UnsafeMutableRawPointer?,
            capacity: UInt64,
            _ length: inout UInt64
        ) -> mneme_status {
            model.table.pointee.export_state(
                model.handle, session, Int32(MNEME_STATE_EXACT), out, capacity, &length, nil)
        }

        private func restore(
            _ model: PluginModel, _ session: OpaquePointer, from bytes: UnsafeRawPointer, length: UInt64
        ) -> mneme_status {
            model.table.pointee.import_state(
                model.handle, session, Int32(MNEME_STATE_EXACT), 1, bytes, length, nil)
        }
    }
}

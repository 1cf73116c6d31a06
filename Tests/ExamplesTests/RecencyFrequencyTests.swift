import Host
import PluginABI
import PluginHarness
import Testing

/// Examples/swift. The first test of a machine builds the package: seconds, once.
@Suite(Tool.needs(.swift)) struct RecencyFrequencyTests {
    private static let columns = ["memory.age_days@1", "memory.log_access_count@1"]
    private static let library = "swift/.build/release/libRecencyFrequency.so"

    @Test func withoutHistoryTheColumnsDecide() throws {
        let host = try serve(try example(Self.library), offering: Self.columns)
        try #require(host.refusal == nil, "\(String(describing: host.refusal))")
        let turn = host.score([
            ["memory.age_days@1": 30, "memory.log_access_count@1": 2], ["memory.age_days@1": 0],
        ])
        #expect(turn.answeredBy == ["x 1.0.0"] && turn.degraded.isEmpty)
        #expect(turn.scores.isClose(to: [0.5 + 0.25 * 2, 1]))
        #expect(turn.parts[0].map(\.name) == ["recency", "frequency", "session"])
    }

    @Test func aUseInThisSessionRaisesARowAndFades() throws {
        let (model, session) = try open()
        defer { model.table.pointee.session_close(model.handle, session) }
        // Row ids are 1, 2, 3. Memory 2 was referenced now, memory 3 an hour ago: worth half.
        advance(model, session, [(2, 4, 3_600_000), (3, 4, 0)])
        let request = self.request()
        try model.score(request, session: session)
        let parts = (0..<3).map { request.parts($0)[2] ?? -1 }
        #expect(parts.isClose(to: [0, 0.6931472, 0.4054651]))
        #expect(request.values.map { $0 ?? -1 }.isClose(to: [1, 1.6931472, 1.4054651]))
    }

    @Test func usesAddUpWhatIsLeftOfThem() throws {
        let (model, session) = try open()
        defer { model.table.pointee.session_close(model.handle, session) }
        // Referenced an hour ago and now: ½ + 1. Injected now: ¼. A focal entity is no memory.
        advance(model, session, [(1, 4, 0), (1, 4, 3_600_000), (2, 3, 3_600_000), (3, 1, 3_600_000)])
        let request = self.request()
        try model.score(request, session: session)
        let parts = (0..<3).map { request.parts($0)[2] ?? -1 }
        // ln 2.5, ln 1.25.
        #expect(parts.isClose(to: [0.9162907, 0.2231436, 0]))
    }

    @Test func aStateThatNobodyWroteIsRefused() throws {
        let (model, session) = try open()
        defer { model.table.pointee.session_close(model.handle, session) }
        func state(_ entries: [(id: UInt64, strength: Double)], count: Int? = nil) -> ArraySlice<UInt8> {
            var bytes = withUnsafeBytes(of: UInt32(count ?? entries.count)) { Array($0) }
            for entry in entries {
                withUnsafeBytes(of: entry.id) { bytes += $0 }
                withUnsafeBytes(of: entry.strength) { bytes += $0 }
                withUnsafeBytes(of: Int64(0)) { bytes += $0 }
            }
            return bytes[...]
        }
        let form = Int32(MNEME_STATE_EXACT)
        #expect(restore(model, session, form, version: 1, state([(1, 1), (2, 1)])) == MNEME_OK)
        let damaged = [
            state([(2, 1), (1, 1)]), state([(1, 1), (1, 1)]), state([(1, .nan)]), state([(1, -1)]),
            state([(1, 1)], count: 2), state([(1, 1)], count: 0), state([], count: Int(UInt32.max)), [],
        ]
        for state in damaged {
            #expect(restore(model, session, form, version: 1, state) == MNEME_STATE, "\(state)")
        }
    }

    @Test(arguments: [Int32(MNEME_STATE_EXACT), Int32(MNEME_STATE_COMPACT)])
    func aStateMovesToAnotherSession(form: Int32) throws {
        let (model, first) = try open()
        let (other, second) = try open()
        defer {
            model.table.pointee.session_close(model.handle, first)
            other.table.pointee.session_close(other.handle, second)
        }
        advance(model, first, (1...40).map { ($0, 4, Int64($0) * 1000) } + [(2, 4, 3_600_000)])
        let state = export(model, first, form)
        #expect(state.count == (form == MNEME_STATE_EXACT ? 4 + 40 * 24 : 4 + 10 * 24))
        #expect(restore(other, second, form, version: 2, state[...]) == MNEME_STATE)
        #expect(restore(other, second, form, version: 1, state.dropLast()) == MNEME_STATE)
        #expect(restore(other, second, form, version: 1, state[...]) == MNEME_OK)
        let (before, after) = (request(), request())
        try model.score(before, session: first)
        try other.score(after, session: second)
        // Row 2 is the strongest, so it is in the compact form as well.
        #expect(before.value(1) == after.value(1))
        if form == MNEME_STATE_EXACT { #expect(before.values == after.values) }
    }

    /// Asks for the size, then for the state: against a guard page.
    private func export(_ model: PluginModel, _ session: OpaquePointer, _ form: Int32) -> [UInt8] {
        var length: UInt64 = 0
        #expect(
            model.table.pointee.export_state(model.handle, session, form, nil, 0, &length, nil) == MNEME_OK)
        let memory = GuardedMemory(bytes: Int(length))
        #expect(
            model.table.pointee.export_state(model.handle, session, form, memory.start, length, &length, nil)
                == MNEME_OK)
        return [UInt8](UnsafeRawBufferPointer(start: memory.start, count: Int(length)))
    }

    private func restore(
        _ model: PluginModel, _ session: OpaquePointer, _ form: Int32, version: UInt32,
        _ state: ArraySlice<UInt8>
    ) -> mneme_status {
        let memory = GuardedMemory(bytes: state.count)
        memory.start.copyMemory(from: Array(state), byteCount: state.count)
        return model.table.pointee.import_state(
            model.handle, session, form, version, memory.start, UInt64(state.count), nil)
    }

    private func open() throws -> (PluginModel, OpaquePointer) {
        let table = try PluginFile(path: example(Self.library)).load()
        let options: [PluginHarness.Configuration.Option] = [
            .number(30), .number(0.25), .number(1), .number(60),
        ]
        let model = try PluginModel(
            table, PluginHarness.Configuration(options: options, columns: Self.columns))
        var session: OpaquePointer?
        #expect(model.table.pointee.session_open(model.handle, 1, &session, nil) == MNEME_OK)
        return (model, try #require(session))
    }

    /// Three rows that the columns can't tell apart, an hour into the session.
    private func request() -> Request {
        let request = Request(rows: [[0, 0], [0, 0], [0, 0]], parts: 3)
        request.batch.pointer.pointee.now_ms = 3_600_000
        return request
    }

    /// One event per use: id, role, time.
    private func advance(_ model: PluginModel, _ session: OpaquePointer, _ uses: [(Int, UInt8, Int64)]) {
        let memory = Request(rows: [])
        let events = Guarded<mneme_events>()
        let target = events.pointer
        let count = uses.count
        target.pointee.struct_size = UInt32(MemoryLayout<mneme_events>.size)
        target.pointee.rows = UInt32(count)
        target.pointee.schema = PluginModel.schema
        target.pointee.times_ms = memory.input(uses.map(\.2), MNEME_I64, rows: count, columns: 1)
        target.pointee.id_offsets = memory.input(
            (0...count).map { UInt32($0) }, MNEME_U32, rows: count + 1, columns: 1)
        target.pointee.ids = memory.input(uses.map { UInt64($0.0) }, MNEME_U64, rows: count, columns: 1)
        target.pointee.id_roles = memory.input(uses.map(\.1), MNEME_U8, rows: count, columns: 1)
        #expect(model.table.pointee.advance(model.handle, session, target, nil) == MNEME_OK)
    }
}

import Platform
import PluginABI
import Wire

/// The session functions of one model, wherever it lives. [session]: the caller holds the session's lane, and the
/// model's where there is one.
struct SessionCalls {
    /// Where a session is: an address here, a key in the worker.
    struct Handle {
        var pointer: OpaquePointer?
        let key: UInt64
    }

    let place: Model.Place
    let schema: UInt64

    /// Counts the worker's lives: a session of an earlier one is gone.
    var generation: Int {
        switch place {
        case .here: 0
        case .worker(let client): client.generation
        }
    }

    func open(_ key: UInt64, deadline: Int64) -> Result<Handle, ScoringFailure> {
        switch place {
        case .here(let made, _):
            guard let open = made.table.pointee.session_open else { return .failure(.contract("session_open is null")) }
            var pointer: OpaquePointer?
            return withError { open(made.pointer, key, &pointer, $0) }.flatMap {
                guard let pointer else { return .failure(.contract("session_open returned OK and no session")) }
                return .success(Handle(pointer: pointer, key: key))
            }
        case .worker(let client):
            return client.ask(Int(MNEME_DO_OPEN), session: key, deadline: deadline).map { Handle(pointer: nil, key: key) }
        }
    }

    func close(_ handle: Handle, deadline: Int64) {
        switch place {
        case .here(let made, _):
            guard let pointer = handle.pointer else { return }
            FloatMode.enter()
            made.table.pointee.session_close?(made.pointer, pointer)
            _ = FloatMode.leave()
        case .worker(let client): _ = client.ask(Int(MNEME_DO_CLOSE), session: handle.key, deadline: deadline)
        }
    }

    func advance(_ handle: Handle, _ block: EventBlock, deadline: Int64) -> Result<Void, ScoringFailure> {
        EventMemory.with(block, schema: schema) { events in
            switch place {
            case .here(let made, _):
                guard let advance = made.table.pointee.advance else { return .failure(.contract("advance is null")) }
                return withError { advance(made.pointer, handle.pointer, events, $0) }
            case .worker(let client):
                return client.ask(Int(MNEME_DO_ADVANCE), session: handle.key, deadline: deadline) { process in
                    Packing.pack(
                        events, .events, into: process.host.base, at: Int(MNEME_LANE_PAGE), limit: process.host.byteCount) != nil
                }
            }
        }
    }

    func exportState(_ handle: Handle, _ form: StateEnvelope.Form, deadline: Int64) -> Result<[UInt8], ScoringFailure> {
        switch place {
        case .here(let made, _):
            guard let export = made.table.pointee.export_state else { return .failure(.contract("export_state is null")) }
            var length: UInt64 = 0
            let asked = withError { export(made.pointer, handle.pointer, Int32(form.rawValue), nil, 0, &length, $0) }
            if case .failure(let failure) = asked { return .failure(failure) }
            guard length <= UInt64(StateEnvelope.longestPayload) else { return .failure(.contract("a state of \(length) bytes")) }
            let room = length
            var bytes = [UInt8](repeating: 0, count: Int(room))
            let done = bytes.withUnsafeMutableBytes { buffer in
                withError { export(made.pointer, handle.pointer, Int32(form.rawValue), buffer.baseAddress, room, &length, $0) }
            }
            guard length <= room else { return .failure(.contract("export_state wrote \(length) bytes into \(room)")) }
            return done.map { Array(bytes.prefix(Int(length))) }
        case .worker(let client):
            var bytes: [UInt8]?
            return client.ask(Int(MNEME_DO_EXPORT), session: handle.key, form: form.rawValue, deadline: deadline, then: {
                bytes = $0.payload.map { Array($0) }
            }).flatMap {
                bytes.map { .success($0) } ?? .failure(.contract("export_state claims more than its region holds"))
            }
        }
    }

    func importState(_ handle: Handle, _ envelope: StateEnvelope, deadline: Int64) -> Result<Void, ScoringFailure> {
        switch place {
        case .here(let made, _):
            guard let load = made.table.pointee.import_state else { return .failure(.contract("import_state is null")) }
            return envelope.payload.withUnsafeBytes { bytes in
                withError {
                    load(
                        made.pointer, handle.pointer, Int32(envelope.form.rawValue), envelope.stateVersion, bytes.baseAddress,
                        UInt64(bytes.count), $0)
                }
            }
        case .worker(let client):
            return client.ask(
                Int(MNEME_DO_IMPORT), session: handle.key, form: envelope.form.rawValue, stateVersion: envelope.stateVersion,
                payload: envelope.payload, deadline: deadline)
        }
    }

    /// One call here: struct slot, floating-point mode, message.
    private func withError(_ body: (UnsafeMutablePointer<mneme_error>) -> mneme_status) -> Result<Void, ScoringFailure> {
        withUnsafeTemporaryAllocation(byteCount: Packing.slotBytes, alignment: 64) { memory in
            memory.initializeMemory(as: UInt8.self, repeating: 0)
            // Force unwrap: the allocation has bytes, so it has an address.
            let error = memory.baseAddress!.bindMemory(to: mneme_error.self, capacity: 1)
            error.pointee.struct_size = UInt32(MemoryLayout<mneme_error>.size)
            FloatMode.enter()
            let status = body(error)
            _ = FloatMode.leave()
            if status == MNEME_OK { return .success(()) }
            guard status < 0 else { return .failure(.contract("a session function returned \(status)")) }
            return .failure(.failed(status: status, message: ErrorText.read(error)))
        }
    }
}

/// `mneme_events` over a block.
private enum EventMemory {
    static func with<Value>(_ block: EventBlock, schema: UInt64, _ body: (UnsafePointer<mneme_events>) -> Value) -> Value {
        block.timesMilliseconds.withUnsafeBufferPointer { times in
            block.features.withUnsafeBufferPointer { features in
                block.idOffsets.withUnsafeBufferPointer { offsets in
                    block.ids.withUnsafeBufferPointer { ids in
                        block.roles.withUnsafeBufferPointer { roles in
                            block.embeddings.withUnsafeBufferPointer { embeddings in
                                block.hasEmbedding.withUnsafeBufferPointer { present in
                                    withUnsafeTemporaryAllocation(byteCount: Packing.slotBytes, alignment: 64) { memory in
                                        memory.initializeMemory(as: UInt8.self, repeating: 0)
                                        // Force unwrap: the allocation has bytes, so it has an address.
                                        let events = memory.baseAddress!.bindMemory(to: mneme_events.self, capacity: 1)
                                        events.pointee.struct_size = UInt32(MemoryLayout<mneme_events>.size)
                                        events.pointee.rows = UInt32(block.rowCount)
                                        events.pointee.schema = schema
                                        events.pointee.first_sequence = block.firstSequence
                                        events.pointee.times_ms = .column(times, MNEME_I64)
                                        let width = block.columnCount
                                        events.pointee.features = .matrix(
                                            features.baseAddress, MNEME_F32, rows: block.rowCount, columns: width,
                                            stride: width * 4, size: 4)
                                        events.pointee.id_offsets = .column(offsets, MNEME_U32)
                                        events.pointee.ids = .column(ids, MNEME_U64)
                                        events.pointee.id_roles = .column(roles, MNEME_U8)
                                        let dimension = block.dimension
                                        events.pointee.embeddings = .matrix(
                                            embeddings.baseAddress, MNEME_F32, rows: dimension == 0 ? 0 : block.rowCount,
                                            columns: dimension, stride: dimension * 4, size: 4)
                                        events.pointee.has_embedding = .column(present, MNEME_U8)
                                        return body(events)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

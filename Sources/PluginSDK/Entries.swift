import PluginABI

// The C functions of the table. Each unwraps its pointers, calls the scorer and turns what was thrown into a
// status. Thread tags are the header's.

/// [load]
func create(
    config: UnsafePointer<mneme_config>?, host: UnsafePointer<mneme_host>?,
    info: UnsafeMutablePointer<mneme_info>?, model: UnsafeMutablePointer<OpaquePointer?>?,
    error: UnsafeMutablePointer<mneme_error>?
) -> mneme_status {
    reporting(to: error) { () throws(ScorerError) in
        guard let config, let info, let model, let maker else { throw null("create") }
        let setup = try Setup(config, host: host, optionNames: optionNames)
        let made = try maker(setup)
        made.scorer.info.write(to: info)
        model.pointee = OpaquePointer(Unmanaged.passRetained(made).toOpaque())
        return ok
    }
}

/// [load]
func destroy(model: OpaquePointer?) {
    guard let model else { return }
    Unmanaged<Model>.fromOpaque(UnsafeRawPointer(model)).release()
}

/// [model]
func sessionOpen(
    model: OpaquePointer?, key: UInt64, session: UnsafeMutablePointer<OpaquePointer?>?,
    error: UnsafeMutablePointer<mneme_error>?
) -> mneme_status {
    reporting(to: error) { () throws(ScorerError) in
        guard let model, let session, let open = borrowed(model, as: Model.self).open else {
            throw null("session_open")
        }
        session.pointee = OpaquePointer(Unmanaged.passRetained(SessionBox(open(key))).toOpaque())
        return ok
    }
}

/// [session]
func sessionClose(model: OpaquePointer?, session: OpaquePointer?) {
    guard let session else { return }
    Unmanaged<SessionBox>.fromOpaque(UnsafeRawPointer(session)).release()
}

/// [session]
func advance(
    model: OpaquePointer?, session: OpaquePointer?, events: UnsafePointer<mneme_events>?,
    error: UnsafeMutablePointer<mneme_error>?
) -> mneme_status {
    reporting(to: error) { () throws(ScorerError) in
        guard let model, let session, let events else { throw null("advance") }
        let list = try Events(events, of: borrowed(model, as: Model.self).shape)
        try borrowed(session, as: SessionBox.self).live.advance(by: list)
        return ok
    }
}

/// [session], with session == NULL [model]
func score(
    model: OpaquePointer?, session: OpaquePointer?, batch: UnsafePointer<mneme_batch>?,
    scores: UnsafeMutablePointer<mneme_scores>?, error: UnsafeMutablePointer<mneme_error>?
) -> mneme_status {
    reporting(to: error) { () throws(ScorerError) in
        guard let model, let batch, let scores else { throw null("score") }
        let made = borrowed(model, as: Model.self)
        let request = try Batch(batch, of: made.shape)
        // No rows: every array of the answer is absent, and there is nothing to ask for.
        guard request.count > 0 else {
            scores.pointee.rows_done = 0
            return ok
        }
        var answer = try Scores(scores, for: request)
        let progress =
            if let session {
                try borrowed(session, as: SessionBox.self).live.score(request, into: &answer)
            } else {
                try made.scorer.score(request, into: &answer)
            }
        switch progress {
        case .done:
            scores.pointee.rows_done = UInt32(request.count)
            return ok
        case .stopped(let row):
            scores.pointee.rows_done = UInt32(clamping: min(row, request.count))
            return mneme_status(request.isCancelled ? MNEME_CANCELLED : MNEME_PARTIAL)
        }
    }
}

/// [session]
func exportState(
    model: OpaquePointer?, session: OpaquePointer?, form: Int32, out: UnsafeMutableRawPointer?,
    capacity: UInt64,
    length: UnsafeMutablePointer<UInt64>?, error: UnsafeMutablePointer<mneme_error>?
) -> mneme_status {
    reporting(to: error) { () throws(ScorerError) in
        guard model != nil, let length else { throw null("export_state") }
        let live = try sessionOnly(session)
        let buffer = UnsafeMutableRawBufferPointer(
            start: out, count: out == nil ? 0 : Int(clamping: capacity))
        var writer = StateWriter(buffer)
        try live.export(form: try known(form), to: &writer)
        length.pointee = UInt64(writer.length)
        if out != nil, writer.length > buffer.count {
            throw .invalid("the state has \(writer.length) bytes, the buffer \(buffer.count)")
        }
        return ok
    }
}

/// [session]
func importState(
    model: OpaquePointer?, session: OpaquePointer?, form: Int32, version: UInt32, bytes: UnsafeRawPointer?,
    length: UInt64, error: UnsafeMutablePointer<mneme_error>?
) -> mneme_status {
    reporting(to: error) { () throws(ScorerError) in
        guard model != nil, bytes != nil || length == 0 else { throw null("import_state") }
        let live = try sessionOnly(session)
        var reader = StateReader(UnsafeRawBufferPointer(start: bytes, count: Int(clamping: length)))
        try live.restore(form: try known(form), version: version, from: &reader)
        return ok
    }
}

private let ok = mneme_status(MNEME_OK)

private func null(_ entry: StaticString) -> ScorerError {
    .invalid("\(entry) was called with a null pointer where none is allowed")
}

/// The object behind a handle that `create` or `session_open` gave out; the host keeps it alive during the call.
private func borrowed<Object: AnyObject>(_ handle: OpaquePointer, as type: Object.Type) -> Object {
    Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).takeUnretainedValue()
}

private func sessionOnly(_ session: OpaquePointer?) throws(ScorerError) -> any LiveSession {
    guard let session else { throw .unsupported("this model learns nothing while serving; name a session") }
    return borrowed(session, as: SessionBox.self).live
}

private func known(_ form: Int32) throws(ScorerError) -> StateForm {
    guard let form = StateForm(rawValue: form) else {
        throw .unsupported("state form \(form); offered: 1 exact, 2 compact")
    }
    return form
}

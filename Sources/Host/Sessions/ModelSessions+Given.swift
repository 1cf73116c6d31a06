import Platform

extension ModelSessions {
    /// A session for one request: opened, advanced by the request's own events and closed with `done`. It is in no
    /// table, nothing of it is kept, and no other turn can meet it.
    func begin(_ given: GivenEvents, deadline: Int64) -> Result<ModelSession, ScoringFailure> {
        // A worker names sessions by their keys: a random one is nobody else's.
        let session = ModelSession(UInt64.random(in: 1 ... .max))
        session.isTransient = true
        guard session.lane.acquire(until: deadline) else { return .failure(.sessionBusy) }
        session.generation = calls.generation
        switch calls.open(session.key, deadline: deadline) {
        case .success(let handle): session.handle = handle
        case .failure(let failure): return .failure(failure)
        }
        let count = given.events.count
        var next = 0
        while next < count {
            guard platform_monotonic_ns() < deadline, let handle = session.handle else {
                end(session, deadline: deadline)
                return .failure(.restoring(count - next))
            }
            let range = next..<min(next + Int(Self.eventsPerCall), count)
            let block = given.block(range, columns: facts.eventColumns)
            if case .failure(let failure) = calls.advance(handle, block, deadline: deadline) {
                end(session, deadline: deadline)
                return .failure(failure)
            }
            next = range.upperBound
        }
        session.isNew = false
        return .success(session)
    }

    /// Closes a session that was made for one request.
    func end(_ session: ModelSession, deadline: Int64) {
        if let handle = session.handle, session.generation == calls.generation { calls.close(handle, deadline: deadline) }
        session.handle = nil
        session.lane.release()
    }
}

import Platform
import Synchronization
import Wire

/// The sessions of one model: opened at first use, restored from what is known of them, advanced event by event.
final class ModelSessions: Sendable {
    /// What the manifest and `create` say of the model's state, and what the configuration wants.
    struct Facts: Sendable {
        var scorer: String
        var pluginID: String
        var pluginVersion: String
        var stateVersion: UInt32
        /// Versions that it can import, its own included.
        var imports: Set<UInt32>
        var stateID: UInt64
        var eventColumns: [String]
        var eventSchema: UInt64
        var hasCompact: Bool
        var wantsEmbeddings: Bool
        /// Of one open session; 0 = not said.
        var sessionBytes: Int
        var replayEvents: UInt64
        var checkpointEveryEvents: UInt64
        var memoryBytes: Int
        var compactAfterNanoseconds: Int64
    }

    let facts: Facts
    let calls: SessionCalls
    private let source: (any EventSource)?
    private let states: any StateStore
    private let table = Mutex<[UInt64: ModelSession]>([:])
    /// Envelopes of another generation, waiting for their session's first use here.
    private let carried = Mutex<[UInt64: StateEnvelope]>([:])
    private let rebuilds = Atomic<Int>(0)
    private let lastSweep = Atomic<Int64>(0)

    /// Events that one call advances by; the deadline is looked at in between.
    static let eventsPerCall: UInt64 = 64

    init(_ facts: Facts, _ calls: SessionCalls, _ environment: HostEnvironment) {
        self.facts = facts
        self.calls = calls
        source = environment.events
        states = environment.states
    }

    var openCount: Int { table.withLock { $0.count } }
    var rebuiltCount: Int { rebuilds.load(ordering: .relaxed) }
    var openBytes: Int { openCount * facts.sessionBytes }

    /// The session, advanced through the turn's event, with its lane held; `done` gives the lane back.
    func begin(_ turn: SessionTurn, deadline: Int64) -> Result<ModelSession, ScoringFailure> {
        var found: ModelSession?
        while found == nil {
            let session = table.withLock { table in
                let session = table[turn.session] ?? ModelSession(turn.session)
                table[turn.session] = session
                session.lastUsed = platform_monotonic_ns()
                return session
            }
            guard session.lane.acquire(until: deadline) else { return .failure(.sessionBusy) }
            // Evicted while this turn waited: another object is the session now.
            if table.withLock({ $0[turn.session] === session }) { found = session } else { session.lane.release() }
        }
        guard let session = found else { return .failure(.sessionBusy) }
        switch bring(session, to: turn.sequence, deadline) {
        case .success: return .success(session)
        case .failure(let failure):
            session.lane.release()
            return .failure(failure)
        }
    }

    /// - Returns: true if a checkpoint is due.
    func done(_ session: ModelSession) -> Bool {
        let isDue = session.sequence - min(session.keptSequence, session.sequence) >= facts.checkpointEveryEvents
        session.lane.release()
        return isDue
    }

    // MARK: State

    private func bring(_ session: ModelSession, to sequence: UInt64, _ deadline: Int64) -> Result<Void, ScoringFailure> {
        if session.handle == nil || session.generation != calls.generation {
            if case .failure(let failure) = open(session, sequence, deadline) { return .failure(failure) }
        }
        while session.sequence < sequence {
            // A session that is far behind catches up over several turns.
            guard platform_monotonic_ns() < deadline else { return .failure(.restoring(Int(sequence - session.sequence))) }
            let last = min(sequence, session.sequence + Self.eventsPerCall)
            if case .failure(let failure) = advance(session, through: last, deadline) { return .failure(failure) }
        }
        return .success(())
    }

    private func open(_ session: ModelSession, _ sequence: UInt64, _ deadline: Int64) -> Result<Void, ScoringFailure> {
        session.handle = nil
        let generation = calls.generation
        switch calls.open(session.key, deadline: deadline) {
        case .success(let handle): session.handle = handle
        case .failure(let failure): return .failure(failure)
        }
        session.generation = generation
        session.isNew = true
        var reason = "nothing was kept"
        if let found = knownState(session.key, sequence, &reason) {
            switch use(found.envelope, session, deadline) {
            case .success:
                session.origin = found.envelope.form == .compact ? .approximate : found.isCarried ? .carried : .restored
                return .success(())
            // The worker is gone, or late, or there was no time: nothing is wrong with the state. What the import did is
            // unknown, so the session is opened anew.
            case .failure(let failure) where failure.saysNothingOfState:
                session.handle = nil
                if found.isCarried { carry(found.envelope) }
                return .failure(failure)
            case .failure(let failure):
                reason = "its state was refused: \(failure)"
                switch reopen(session, deadline) {
                case .success: break
                case .failure(let failure): return .failure(failure)
                }
            }
        }
        let replayed = min(sequence, facts.replayEvents)
        session.sequence = sequence - replayed
        session.keptSequence = session.sequence
        session.origin = replayed <= 1 ? .fresh : .rebuilt(events: Int(replayed), reason: reason)
        if replayed > 1 { rebuilds.add(1, ordering: .relaxed) }
        return .success(())
    }

    private func reopen(_ session: ModelSession, _ deadline: Int64) -> Result<Void, ScoringFailure> {
        if let handle = session.handle { calls.close(handle, deadline: deadline) }
        session.handle = nil
        return calls.open(session.key, deadline: deadline).map { session.handle = $0 }
    }

    private func use(_ envelope: StateEnvelope, _ session: ModelSession, _ deadline: Int64) -> Result<Void, ScoringFailure> {
        guard let handle = session.handle else { return .failure(.contract("no session")) }
        return calls.importState(handle, envelope, deadline: deadline).map {
            session.sequence = envelope.sequence
            session.keptSequence = envelope.sequence
        }
    }

    /// Carried over or kept, if it means anything to this model and isn't of the future.
    private func knownState(_ key: UInt64, _ sequence: UInt64, _ reason: inout String) -> (envelope: StateEnvelope, isCarried: Bool)? {
        if let envelope = carried.withLock({ $0.removeValue(forKey: key) }), envelope.sequence <= sequence, refusal(envelope) == nil {
            return (envelope, true)
        }
        guard let bytes = states.state(scorer: facts.scorer, session: key) else { return nil }
        switch StateEnvelope.read(bytes) {
        case .success(let envelope):
            if let refusal = refusal(envelope) {
                reason = refusal
                return nil
            }
            guard envelope.session == key, envelope.sequence <= sequence else {
                reason = "the checkpoint is another session's, or newer than the turn"
                return nil
            }
            return (envelope, false)
        case .failure(.damaged(let why)):
            reason = "the checkpoint is damaged: \(why)"
            return nil
        }
    }

    /// Why another state can't be used; nil = it can.
    func refusal(_ envelope: StateEnvelope) -> String? {
        if envelope.pluginID != facts.pluginID { return "the state is \(envelope.pluginID)'s" }
        if envelope.stateID != facts.stateID { return "other weights: a state means nothing under them" }
        if !facts.imports.contains(envelope.stateVersion) { return "state version \(envelope.stateVersion) isn't imported" }
        if envelope.eventSchema != facts.eventSchema { return "other event columns" }
        return nil
    }

    private func advance(_ session: ModelSession, through last: UInt64, _ deadline: Int64) -> Result<Void, ScoringFailure> {
        guard let handle = session.handle else { return .failure(.contract("no session")) }
        let block = source?.events(
            session: session.key, from: session.sequence + 1, through: last, columns: facts.eventColumns,
            embeddings: facts.wantsEmbeddings)
        guard let block, block.isWhole, block.rowCount == Int(last - session.sequence), block.firstSequence == session.sequence + 1,
            block.columnCount == facts.eventColumns.count
        else {
            return .failure(.notAsked("the events \(session.sequence + 1) to \(last) of its session aren't in the store"))
        }
        let done = calls.advance(handle, block, deadline: deadline)
        switch done {
        case .success: session.sequence = last
        case .failure:
            // Half advanced, perhaps: unusable. It comes back from its last checkpoint.
            calls.close(handle, deadline: deadline)
            session.handle = nil
        }
        return done
    }

    // MARK: Keeping

    /// The session's state as it is now. The caller holds its lane.
    func envelope(_ session: ModelSession, _ form: StateEnvelope.Form, deadline: Int64) -> StateEnvelope? {
        guard let handle = session.handle, session.generation == calls.generation else { return nil }
        guard case .success(let payload) = calls.exportState(handle, form, deadline: deadline) else { return nil }
        return StateEnvelope(
            pluginID: facts.pluginID, pluginVersion: facts.pluginVersion, stateVersion: facts.stateVersion, stateID: facts.stateID,
            eventSchema: facts.eventSchema, session: session.key, sequence: session.sequence, form: form, payload: payload)
    }

    /// Writes the state if it has news. The caller holds the model's lane.
    func checkpoint(_ session: ModelSession, _ form: StateEnvelope.Form = .exact, deadline: Int64) {
        guard session.lane.acquire(until: deadline) else { return }
        defer { session.lane.release() }
        guard session.sequence > session.keptSequence || form == .compact else { return }
        guard let envelope = envelope(session, form, deadline: deadline) else { return }
        states.keep(envelope.encoded, scorer: facts.scorer, session: session.key, sequence: session.sequence)
        session.keptSequence = session.sequence
    }

    /// Keeps the state and closes the session; it is opened again at its next use.
    func evict(_ session: ModelSession, _ form: StateEnvelope.Form, deadline: Int64) {
        checkpoint(session, form, deadline: deadline)
        guard session.lane.acquire(until: deadline) else { return }
        defer { session.lane.release() }
        // Not kept: rather too much memory than a lost state.
        guard session.keptSequence == session.sequence, let handle = session.handle else { return }
        if session.generation == calls.generation { calls.close(handle, deadline: deadline) }
        session.handle = nil
        table.withLock { table in if table[session.key] === session { table[session.key] = nil } }
    }

    /// Sessions that should go: beyond the memory, least recent first; and those idle for long, in compact form.
    func surplus() -> [(session: ModelSession, form: StateEnvelope.Form)] {
        let now = platform_monotonic_ns()
        let byUse = table.withLock { $0.values.map { ($0, $0.lastUsed) } }.sorted { $0.1 < $1.1 }
        let allowed = facts.sessionBytes == 0 ? Int.max : max(1, facts.memoryBytes / facts.sessionBytes)
        let tooMany = byUse.prefix(max(0, byUse.count - allowed)).map { ($0.0, StateEnvelope.Form.exact) }
        let idle = byUse.dropFirst(tooMany.count).filter { now - $0.1 > facts.compactAfterNanoseconds }
        return tooMany.map { (session: $0.0, form: $0.1) } + idle.map { (session: $0.0, form: facts.hasCompact ? .compact : .exact) }
    }

    /// At most one sweep per second is told to run, or at once when memory is over its limit.
    func isSweepDue() -> Bool {
        let now = platform_monotonic_ns()
        let last = lastSweep.load(ordering: .relaxed)
        guard now - last > 1_000_000_000 || (facts.sessionBytes > 0 && openBytes > facts.memoryBytes && now - last > 10_000_000) else {
            return false
        }
        return lastSweep.compareExchange(expected: last, desired: now, ordering: .relaxed).exchanged
    }

    /// Most recently used first.
    func recent(since instant: Int64) -> [ModelSession] {
        table.withLock { $0.values.filter { $0.lastUsed >= instant }.sorted { $0.lastUsed > $1.lastUsed } }
    }

    var all: [ModelSession] { table.withLock { Array($0.values) } }

    /// A state of another generation, used when the session is first needed here.
    func carry(_ envelope: StateEnvelope) { carried.withLock { $0[envelope.session] = envelope } }

    /// Closes everything; nobody calls any more. [session] for each.
    func closeAll() {
        for session in table.withLock({ table in
            defer { table = [:] }
            return Array(table.values)
        }) {
            guard let handle = session.handle, session.generation == calls.generation else { continue }
            calls.close(handle, deadline: platform_monotonic_ns() + 1_000_000_000)
        }
    }
}

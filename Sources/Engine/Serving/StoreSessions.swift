import Dispatch
import Features
import Host
import Storage
import Synchronization

/// The store as scorers' memory: events of sessions, and their states.
final class StoreSessions: EventSource, StateStore {
    private let store: Store
    /// Checkpoints are written here, one after the other, away from turns.
    private let writer = DispatchQueue(label: "mneme.states", qos: .utility)
    /// Handed in and not written yet.
    private let pending = Mutex<[String: (sequence: UInt64, envelope: [UInt8])]>([:])
    private let report: @Sendable (String) -> Void

    init(_ store: Store, report: @escaping @Sendable (String) -> Void) {
        self.store = store
        self.report = report
    }

    func events(session: UInt64, from first: UInt64, through last: UInt64, columns: [String], embeddings: Bool) -> EventBlock? {
        guard let rows = try? store.sessionEvents(key: session, from: first, through: last), rows.count == Int(last - first + 1)
        else { return nil }
        let places = columns.map { EventCatalog.names.firstIndex(of: $0) ?? Int.max }
        var block = EventBlock(
            firstSequence: first, timesMilliseconds: rows.map(\.atMilliseconds), columnCount: columns.count, features: [],
            idOffsets: [0], ids: [], roles: [])
        for row in rows {
            // An event that is older than a column has nothing to say in it.
            for place in places { block.features.append(place < row.features.count ? row.features[place] : 0) }
            block.ids += row.ids
            block.roles += row.roles
            block.idOffsets.append(UInt32(block.ids.count))
        }
        if embeddings, let dimension = rows.compactMap({ $0.embedding?.count }).last, dimension > 0 {
            block.dimension = dimension
            for row in rows {
                let vector = row.embedding.flatMap { $0.count == dimension ? $0 : nil }
                block.hasEmbedding.append(vector == nil ? 0 : 1)
                block.embeddings += vector ?? [Float](repeating: 0, count: dimension)
            }
        }
        return block
    }

    func state(scorer: String, session: UInt64) -> [UInt8]? {
        // A turn never waits for the writer: what is still in its queue is the newest.
        if let waiting = pending.withLock({ $0[Self.name(scorer, session)] }) { return waiting.envelope }
        return try? store.scorerState(scorer, session: session)
    }

    func keep(_ envelope: [UInt8], scorer: String, session: UInt64, sequence: UInt64) {
        let name = Self.name(scorer, session)
        pending.withLock { $0[name] = (sequence, envelope) }
        writer.async { [self, store, report] in
            defer { pending.withLock { if $0[name]?.sequence == sequence { $0[name] = nil } } }
            do {
                try store.keepScorerState(envelope, scorer: scorer, session: session, sequence: sequence, atMilliseconds: Engine.now)
            } catch {
                report("the state of \(scorer) wasn't kept; it will be rebuilt from events: \(error)")
            }
        }
    }
}

extension StoreSessions {
    private static func name(_ scorer: String, _ session: UInt64) -> String { "\(scorer) \(session)" }
}

/// The event with which a turn begins.
struct TurnEvent {
    let store: Store
    let idKey: UInt64

    /// A user's events with one agent are one history, whatever conversations they belong to.
    func key(_ scope: Scope) -> UInt64 { RowID.make("session:\(scope.user)\u{0}\(scope.agent)", key: idKey) }

    /// Frozen before it is used; the same turn id gives the same event.
    func freeze(_ request: SearchRequest, nowMilliseconds: Int64, utcOffsetSeconds: Int) throws -> SessionTurn {
        let key = key(request.scope)
        let sequence = try store.freezeEvent(
            key: key, scope: request.scope, conversation: request.session, turn: request.turn, atMilliseconds: nowMilliseconds
        ) { past in
            var facts = EventFacts(atMilliseconds: nowMilliseconds)
            facts.utcOffsetSeconds = utcOffsetSeconds
            facts.secondsSinceLast = past.lastMilliseconds.map { Double(nowMilliseconds - $0) / 1000 }
            facts.conversationSeconds = Double(nowMilliseconds - past.conversationBeganMilliseconds) / 1000
            facts.focalCount = request.focalEntities.count
            facts.injectedCount = past.shown.count
            facts.referencedCount = past.referenced.count
            facts.rating = past.rating
            facts.hits = past.hits
            facts.queryBytes = request.query.utf8.count
            let ids =
                request.focalEntities.map { (RowID.make("entity:\($0.lowercased())", key: idKey), EventBlock.Role.focal) }
                + past.shown.map { (RowID.make($0, key: idKey), .injected) }
                + past.referenced.map { (RowID.make($0, key: idKey), .referenced) }
            return StoredSessionEvent(
                atMilliseconds: nowMilliseconds, features: EventCatalog.values(facts), ids: ids.map(\.0),
                roles: ids.map(\.1.rawValue), embedding: request.queryEmbedding)
        }
        return SessionTurn(session: key, sequence: sequence)
    }
}

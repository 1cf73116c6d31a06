import Features
import Storage

/// What the user's past events say of a pool's memories. Read only if a scorer asks for a column of `context.v1`, and
/// before the turn's own event is frozen: a turn never counts for its own candidates.
struct ContextEvidence {
    var turn = TurnContext()
    /// By rowid; a memory without an entity has none.
    private(set) var facts: [Int64: ContextFacts] = [:]

    static func isWanted(_ columns: Set<String>) -> Bool { columns.contains { $0.hasPrefix("context.") } }

    init(
        store: Store, pool: [Int64], request: SearchRequest, session: UInt64, nowMilliseconds: Int64,
        utcOffsetSeconds: Int
    ) throws {
        let read = try store.readCounters(scope: request.scope, session: session) { snapshot in
            let mentions = try snapshot.mentions(of: pool)
            let entities = try snapshot.entities(Set(mentions.values.joined()))
            let history = try Self.history(snapshot, entities.values, turn: request.turn)
            let view = ContextView(
                history, focal: try snapshot.named(request.focalEntities), nowMilliseconds: nowMilliseconds,
                utcOffsetSeconds: utcOffsetSeconds)
            return (view: view, mentions: mentions.mapValues { $0.compactMap { entities[$0]?.id } })
        }
        if let (looking, mentions) = read {
            var view = looking
            turn = view.turn
            for (rowid, ids) in mentions { facts[rowid] = view.facts(of: ids) }
        }
        // Also when nobody ever heard of it.
        turn.hasFocal = !request.focalEntities.isEmpty
    }

    /// The part of the history that the pool needs, with the last turn's event: it is counted only when the next turn
    /// begins, since its outcome comes later.
    private static func history(
        _ snapshot: CounterSnapshot, _ entities: some Collection<CounterSnapshot.Entity>, turn: String?
    ) throws -> ContextHistory {
        let last = try snapshot.uncounted(except: turn)
        var bytes = Dictionary(
            entities.compactMap { entity in entity.counters.map { (entity.id, $0) } },
            uniquingKeysWith: { first, _ in first })
        var history = EventCounts.history(rhythm: try snapshot.rhythm(), entities: [:])
        let before = history.rhythm.lastEntities
        let others = Set(before + (last?.entities ?? [])).subtracting(bytes.keys)
        bytes.merge(try snapshot.counters(others)) { known, _ in known }
        history.entities = EventCounts.history(rhythm: nil, entities: bytes).entities
        let first = Set(before + (last?.entities ?? [])).filter { $0 > 0 }
        for (first, followers) in try snapshot.transitions(from: first, to: Set(entities.map(\.id))) {
            for (next, times) in followers {
                history.transitions[EntityTransition(first: first, next: next)] = UInt64(max(0, times))
            }
        }
        if let last { history.record(ContextEvent(last)) }
        return history
    }
}

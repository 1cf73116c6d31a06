import Foundation
import GRDB

/// The counters at one moment; valid inside `readCounters`.
package struct CounterSnapshot {
    fileprivate let db: Database
    fileprivate let scopeID: Int64
    fileprivate let key: Int64

    /// An entity's counters; an entity without any has the negative of its own number.
    package struct Entity: Sendable {
        package var id: Int64
        package var counters: [UInt8]?
    }

    package func rhythm() throws -> [UInt8]? {
        try Data.fetchOne(
            db.cachedStatement(sql: "SELECT rhythm FROM user_rhythm WHERE scope_id = ?"), arguments: [scopeID]
        )
        .map { Array($0) }
    }

    /// The last turn's event if it isn't counted yet, with what is known of it by now; nil = there is none, or it is
    /// the one named.
    package func uncounted(except turn: String?) throws -> CountedEvent? {
        let last = try Row.fetchOne(
            db.cachedStatement(
                sql:
                    "SELECT sequence, turn_key, is_counted FROM session_event WHERE session_key = ? ORDER BY sequence DESC LIMIT 1"
            ),
            arguments: [key])
        guard let last, last[2] == false else { return nil }
        if let turn, last[1] as String? == turn { return nil }
        var event = try Store.turnEvent(db, key: key, sequence: last[0])
        let used = try Store.usedEntities(db, scopeID, sinceMilliseconds: event.atMilliseconds)
        event.entities += try entities(used).values.map(\.id).sorted().filter { !event.entities.contains($0) }
        return event
    }

    /// Entity numbers that each memory mentions.
    package func mentions(of rowids: [Int64]) throws -> [Int64: [Int64]] {
        var found: [Int64: [Int64]] = [:]
        for chunk in rowids.chunked(500) {
            let rows = try Row.fetchCursor(
                db, sql: "SELECT memory, entity_id FROM mention WHERE memory IN (\(Store.list(chunk)))")
            while let row = try rows.next() { found[row[0], default: []].append(row[1]) }
        }
        return found
    }

    /// Entities by their numbers.
    package func entities(_ numbers: some Collection<Int64>) throws -> [Int64: Entity] {
        var found: [Int64: Entity] = [:]
        for chunk in Array(numbers).chunked(500) {
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT e.entity_id, ifnull(c.counter_id, -e.entity_id), c.counters FROM entity e
                    LEFT JOIN entity_counter c ON c.scope_id = e.scope_id AND c.name = e.name WHERE e.entity_id IN (\(Store.list(chunk)))
                    """)
            while let row = try rows.next() {
                let counters: Data? = row[2]
                found[row[0]] = Entity(id: row[1], counters: counters.map { Array($0) })
            }
        }
        return found
    }

    /// Counters by their own numbers.
    package func counters(_ ids: some Sequence<Int64>) throws -> [Int64: [UInt8]] {
        let read = try db.cachedStatement(
            sql: "SELECT counters FROM entity_counter WHERE counter_id = ? AND counters IS NOT NULL")
        var found: [Int64: [UInt8]] = [:]
        for id in ids where id > 0 { found[id] = try Data.fetchOne(read, arguments: [id]).map { Array($0) } }
        return found
    }

    /// What entities of these names, in any case, are known by.
    package func named(_ names: [String]) throws -> Set<Int64> {
        var found: Set<Int64> = []
        let counters = try db.cachedStatement(
            sql: "SELECT counter_id FROM entity_counter WHERE scope_id = ? AND name = ?")
        let entities = try db.cachedStatement(
            sql: "SELECT -entity_id FROM entity WHERE scope_id = ? AND name = ? COLLATE NOCASE")
        for name in names {
            found.formUnion(try Int64.fetchAll(counters, arguments: [scopeID, name]))
            found.formUnion(try Int64.fetchAll(entities, arguments: [scopeID, name]))
        }
        return found
    }

    /// How often one of `first` was followed by one of `next`.
    package func transitions(from first: some Sequence<Int64>, to next: some Collection<Int64>) throws
        -> [Int64: [Int64: Int]]
    {
        var found: [Int64: [Int64: Int]] = [:]
        for chunk in Array(next).chunked(500) {
            let rows = try Row.fetchCursor(
                db,
                sql:
                    "SELECT first, next, events FROM entity_transition WHERE first IN (\(Store.list(first))) AND next IN (\(Store.list(chunk)))"
            )
            while let row = try rows.next() { found[row[0], default: [:]][row[1]] = row[2] }
        }
        return found
    }
}

extension Store {
    /// Reads counters as of one moment; nil = nothing was ever written to the scope.
    package func readCounters<Result>(
        scope: Scope, session: UInt64, _ body: (CounterSnapshot) throws -> Result
    ) throws -> Result? {
        try pool.read { db in
            guard let scopeID = try Self.scopeID(db, scope) else { return nil }
            return try body(CounterSnapshot(db: db, scopeID: scopeID, key: Int64(bitPattern: session)))
        }
    }
}

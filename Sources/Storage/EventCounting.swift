import Foundation
import GRDB

/// One event as the counters see it. Entities by the number of their counters.
package struct CountedEvent: Sendable, Equatable {
    package var atMilliseconds: Int64
    package var utcOffsetSeconds: Int
    package var entities: [Int64]
}

/// Counters as bytes: what is in them is the business of whoever counts.
package struct CounterBytes: Sendable {
    /// nil = no event was counted.
    package var rhythm: [UInt8]?
    package var entities: [Int64: [UInt8]] = [:]
    /// Times to add, from one entity to the next.
    package var transitions: [Int64: [Int64: Int]] = [:]

    package init() {}
}

/// Counts events in their order: from the bytes as they are to those that changed.
package typealias CounterFold = ([CountedEvent], CounterBytes) -> CounterBytes

extension Store {
    /// Of one event: a commit over a thousand files says little about any of them.
    static let countedEntities = 32

    /// Counts a turn's event with what became of it: the entities in focus and those of the memories that were used.
    /// What was only shown isn't counted: the scorers chose it, and would confirm themselves.
    static func countTurn(_ db: Database, _ scopeID: Int64, key: Int64, sequence: Int64, fold: CounterFold)
        throws
    {
        var event = try turnEvent(db, key: key, sequence: sequence)
        let add = try db.cachedStatement(
            sql:
                "INSERT OR IGNORE INTO session_event_entity (session_key, sequence, counter_id) VALUES (?, ?, ?)"
        )
        var known: [Int64: Int64] = [:]
        for entity in try usedEntities(db, scopeID, sinceMilliseconds: event.atMilliseconds) {
            let counter = try counterID(db, scopeID, entity: entity, &known)
            try add.execute(arguments: [key, sequence, counter])
            event.entities.append(counter)
        }
        try count(db, scopeID, [event], fold)
        try db.cachedStatement(
            sql: "UPDATE session_event SET is_counted = 1 WHERE session_key = ? AND sequence = ?"
        )
        .execute(arguments: [key, sequence])
    }

    /// A turn's event with the entities that are known of it so far.
    static func turnEvent(_ db: Database, key: Int64, sequence: Int64) throws -> CountedEvent {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT at_ms, utc_offset_s FROM session_event WHERE session_key = ? AND sequence = ?"),
            arguments: [key, sequence])
        let entities = try Int64.fetchAll(
            db.cachedStatement(
                sql: "SELECT counter_id FROM session_event_entity WHERE session_key = ? AND sequence = ?"),
            arguments: [key, sequence])
        return CountedEvent(
            atMilliseconds: row?[0] as Int64? ?? 0, utcOffsetSeconds: row?[1] as Int? ?? 0, entities: entities
        )
    }

    /// Entities of the memories that feedback calls used, of the scope's last turn, if that turn isn't older.
    static func usedEntities(_ db: Database, _ scopeID: Int64, sinceMilliseconds: Int64) throws -> [Int64] {
        try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT n.entity_id FROM (SELECT turn_id, at_ms FROM turn WHERE scope_id = ? ORDER BY turn_id DESC LIMIT 1) AS t
                    JOIN feedback f ON f.turn_id = t.turn_id AND f.kind = 'referenced' JOIN mention n ON n.memory = f.memory
                    WHERE t.at_ms >= ? ORDER BY n.entity_id LIMIT ?
                    """), arguments: [scopeID, sinceMilliseconds, countedEntities])
    }

    static func keepFocal(_ db: Database, _ scopeID: Int64, _ names: [String], key: Int64, sequence: Int64)
        throws
    {
        for name in names.prefix(countedEntities) where !name.isEmpty {
            let counter = try counterID(db, scopeID, name: name)
            try db.cachedStatement(
                sql:
                    "INSERT OR IGNORE INTO session_event_entity (session_key, sequence, counter_id) VALUES (?, ?, ?)"
            )
            .execute(arguments: [key, sequence, counter])
        }
    }

    static func count(_ db: Database, _ scopeID: Int64, _ events: [CountedEvent], _ fold: CounterFold) throws
    {
        if events.isEmpty { return }
        var bytes = CounterBytes()
        bytes.rhythm = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT rhythm FROM user_rhythm WHERE scope_id = ?"), arguments: [scopeID]
        ).map { Array($0) }
        let read = try db.cachedStatement(
            sql: "SELECT counters FROM entity_counter WHERE counter_id = ? AND counters IS NOT NULL")
        for id in Set(events.flatMap(\.entities)) {
            if let counters = try Data.fetchOne(read, arguments: [id]) {
                bytes.entities[id] = Array(counters)
            }
        }
        let changed = fold(events, bytes)
        if let rhythm = changed.rhythm {
            try db.cachedStatement(
                sql:
                    "INSERT INTO user_rhythm (scope_id, rhythm) VALUES (?, ?) ON CONFLICT (scope_id) DO UPDATE SET rhythm = excluded.rhythm"
            )
            .execute(arguments: [scopeID, Data(rhythm)])
        }
        let write = try db.cachedStatement(sql: "UPDATE entity_counter SET counters = ? WHERE counter_id = ?")
        for (id, counters) in changed.entities { try write.execute(arguments: [Data(counters), id]) }
        let add = try db.cachedStatement(
            sql:
                "INSERT INTO entity_transition (first, next, events) VALUES (?, ?, ?) ON CONFLICT (first, next) DO UPDATE SET events = events + excluded.events"
        )
        for (first, followers) in changed.transitions {
            for (next, times) in followers { try add.execute(arguments: [first, next, times]) }
        }
    }

    static func counterID(_ db: Database, _ scopeID: Int64, entity: Int64, _ known: inout [Int64: Int64])
        throws -> Int64
    {
        if let id = known[entity] { return id }
        let name = try String.fetchOne(
            db.cachedStatement(sql: "SELECT name FROM entity WHERE entity_id = ?"), arguments: [entity])
        let id = try counterID(db, scopeID, name: name ?? "")
        known[entity] = id
        return id
    }

    private static func counterID(_ db: Database, _ scopeID: Int64, name: String) throws -> Int64 {
        let find = try db.cachedStatement(
            sql: "SELECT counter_id FROM entity_counter WHERE scope_id = ? AND name = ?")
        if let id = try Int64.fetchOne(find, arguments: [scopeID, name]) { return id }
        try db.cachedStatement(sql: "INSERT INTO entity_counter (scope_id, name) VALUES (?, ?)").execute(
            arguments: [scopeID, name])
        return db.lastInsertedRowID
    }
}

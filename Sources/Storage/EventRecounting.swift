import GRDB

extension Store {
    /// Counts what isn't counted yet, imported events and turns in the order of their time, a page per transaction. If
    /// some come before what was counted already, everything is counted anew: what follows what depends on the order.
    ///
    /// - Parameter session: the key of the scope's turns. The last turn stays out: its outcome is still to come.
    package func countEvents(scope: Scope, session: UInt64, page: Int = 1000, fold: CounterFold) throws {
        let key = Int64(bitPattern: session)
        try pool.write { db in
            if let scopeID = try Self.scopeID(db, scope), try Self.isLate(db, scopeID, key) {
                try Self.forgetCounts(db, scopeID, key)
            }
        }
        while true {
            let counted = try pool.write { db -> Int in
                guard let scopeID = try Self.scopeID(db, scope) else { return 0 }
                return try Self.countPage(db, scopeID, key, page, fold)
            }
            if counted < page { return }
        }
    }

    private static func isLate(_ db: Database, _ scopeID: Int64, _ key: Int64) throws -> Bool {
        let first = try Int64.fetchOne(
            db, sql: "SELECT min(at_ms) FROM event WHERE scope_id = ? AND NOT is_counted",
            arguments: [scopeID])
        let last = try Int64.fetchOne(
            db,
            sql: """
                SELECT max(at_ms) FROM (
                    SELECT at_ms FROM event WHERE scope_id = ? AND is_counted
                    UNION ALL SELECT at_ms FROM session_event WHERE session_key = ? AND is_counted AND utc_offset_s IS NOT NULL)
                """, arguments: [scopeID, key])
        guard let first, let last else { return false }
        return first < last
    }

    private static func forgetCounts(_ db: Database, _ scopeID: Int64, _ key: Int64) throws {
        let own = "(SELECT counter_id FROM entity_counter WHERE scope_id = ?)"
        try db.execute(sql: "DELETE FROM entity_transition WHERE first IN \(own)", arguments: [scopeID])
        try db.execute(
            sql: "UPDATE entity_counter SET counters = NULL WHERE scope_id = ?", arguments: [scopeID])
        try db.execute(sql: "DELETE FROM user_rhythm WHERE scope_id = ?", arguments: [scopeID])
        try db.execute(sql: "UPDATE event SET is_counted = 0 WHERE scope_id = ?", arguments: [scopeID])
        try db.execute(
            sql: "UPDATE session_event SET is_counted = 0 WHERE session_key = ? AND utc_offset_s IS NOT NULL",
            arguments: [key])
    }

    private static func countPage(
        _ db: Database, _ scopeID: Int64, _ key: Int64, _ page: Int, _ fold: CounterFold
    ) throws -> Int {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT 0 AS is_turn, event_id AS number, at_ms, utc_offset_minutes * 60 FROM event WHERE scope_id = ? AND NOT is_counted
                UNION ALL SELECT 1, sequence, at_ms, utc_offset_s FROM session_event WHERE session_key = ? AND NOT is_counted
                    AND sequence < (SELECT max(sequence) FROM session_event WHERE session_key = ?)
                ORDER BY at_ms, is_turn, number LIMIT ?
                """, arguments: [scopeID, key, key, page])
        let imported = try db.cachedStatement(sql: "UPDATE event SET is_counted = 1 WHERE event_id = ?")
        let turn = try db.cachedStatement(
            sql: "UPDATE session_event SET is_counted = 1 WHERE session_key = ? AND sequence = ?")
        var known: [Int64: Int64] = [:]
        var events: [CountedEvent] = []
        for row in rows {
            let number: Int64 = row[1]
            if row[0] == true {
                events.append(try turnEvent(db, key: key, sequence: number))
                try turn.execute(arguments: [key, number])
            } else {
                let entities = try entities(db, scopeID, ofEvent: number).map {
                    try counterID(db, scopeID, entity: $0, &known)
                }
                events.append(
                    CountedEvent(atMilliseconds: row[2], utcOffsetSeconds: row[3], entities: entities))
                try imported.execute(arguments: [number])
            }
        }
        try count(db, scopeID, events, fold)
        return rows.count
    }

    /// What an imported event names, then what the memories mention that it touched.
    private static func entities(_ db: Database, _ scopeID: Int64, ofEvent event: Int64) throws -> [Int64] {
        let named = try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT entity_id FROM event_entity WHERE event_id = ? LIMIT ?"),
            arguments: [event, countedEntities])
        if named.count == countedEntities { return named }
        let touched = try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT n.entity_id FROM event_memory x JOIN memory m ON m.scope_id = ? AND m.id = x.memory
                    JOIN mention n ON n.memory = m.rowid WHERE x.event_id = ? LIMIT ?
                    """), arguments: [scopeID, event, countedEntities])
        return named + touched.filter { !named.contains($0) }.prefix(countedEntities - named.count)
    }
}

import GRDB

/// An event as the sequence models read it.
package struct StoredEvent: Sendable, Equatable {
    package let id: Int64
    package let key: String
    package let kind: String
    package let atMilliseconds: Int64
    package let utcOffsetMinutes: Int
    package let actor: String?
    package let query: String?
    package let entityIDs: [Int64]
    package let memoryRowids: [Int64]
}

/// What became of a batch of events.
package struct EventReport: Sendable, Equatable {
    package internal(set) var inserted = 0
    /// Events whose key stood there already.
    package internal(set) var skipped = 0
    /// Refused events by place in the batch: an unknown memory id, an empty key.
    package internal(set) var failed: [InsertReport.Failed] = []
}

extension Store {
    /// Writes a batch of events in one transaction; a key that stands there already is skipped, an
    /// event that names an unknown memory is refused by index, the others are written.
    package func insert(events: [NewEvent], scope: Scope) throws(StorageError) -> EventReport {
        try write("Inserting \(events.count) events") { database in
            let scopeID = try ScopeTable.findOrCreate(scope, database)
            var directory = Directory(scopeID: scopeID, database: database)
            var report = EventReport()
            let insert = try RawStatement(
                database,
                """
                INSERT OR IGNORE INTO event (scope_id, key, kind, at, utc_offset_minutes, actor_id, query)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
            let touch = try RawStatement(
                database, "INSERT OR IGNORE INTO event_memory (event_id, memory_rowid) VALUES (?, ?)")
            for (index, event) in events.enumerated() {
                let rowids: [Int64]
                do { rowids = try Self.check(event, scopeID: scopeID, database) } catch let error as StorageError {
                    report.failed.append(.init(index: index, error: error))
                    continue
                }
                insert.bind(scopeID, at: 1)
                insert.bind(event.key, at: 2)
                insert.bind(event.kind, at: 3)
                insert.bind(event.atMilliseconds, at: 4)
                insert.bind(event.utcOffsetMinutes, at: 5)
                insert.bind(try event.actor.map { try directory.author($0) }, at: 6)
                insert.bind(event.query, at: 7)
                try insert.run()
                guard database.changesCount > 0 else {
                    report.skipped += 1
                    continue
                }
                let id = database.lastInsertedRowID
                for (position, mention) in event.entities.enumerated() {
                    try directory.link(mention, toEvent: id, position: position)
                }
                for rowid in rowids {
                    touch.bind(id, at: 1)
                    touch.bind(rowid, at: 2)
                    try touch.run()
                }
                report.inserted += 1
            }
            return report
        }
    }

    private static func check(
        _ event: NewEvent, scopeID: Int64, _ database: Database
    ) throws -> [Int64] {
        if event.key.isEmpty { throw Validation.refusal("the event's key is empty") }
        if event.kind.isEmpty { throw Validation.refusal("the event's kind is empty") }
        try Validation.check(time: event.atMilliseconds, name: "event's time")
        return try event.memories.map { id in
            guard let rowid = try MemoryTable.rowid(of: id, scopeID: scopeID, database) else {
                throw StorageError(.notFound, "the event names \(id), which is not a memory of this scope")
            }
            return rowid
        }
    }

    /// The last `limit` events strictly before a moment, oldest first.
    package func events(
        scope: Scope, beforeMilliseconds: Int64 = .max, limit: Int
    ) throws(StorageError) -> [StoredEvent] {
        try read("Reading events") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else { return [] }
            let statement = try RawStatement(
                database,
                """
                SELECT event_id, key, kind, at, utc_offset_minutes, name, query
                FROM event LEFT JOIN author ON author_id = actor_id
                WHERE event.scope_id = ? AND at < ? ORDER BY at DESC, event_id DESC LIMIT ?
                """)
            defer { statement.reset() }
            statement.bind(scopeID, at: 1)
            statement.bind(beforeMilliseconds, at: 2)
            statement.bind(max(0, limit), at: 3)
            let entities = try RawStatement(
                database, "SELECT entity_id FROM event_entity WHERE event_id = ? ORDER BY position")
            let memories = try RawStatement(
                database, "SELECT memory_rowid FROM event_memory WHERE event_id = ? ORDER BY memory_rowid")
            var events: [StoredEvent] = []
            while try statement.step() {
                let id = statement.int64(0)
                events.append(
                    StoredEvent(
                        id: id, key: statement.text(1), kind: statement.text(2),
                        atMilliseconds: statement.int64(3), utcOffsetMinutes: statement.int(4),
                        actor: statement.optionalText(5), query: statement.optionalText(6),
                        entityIDs: try entities.integers(for: id),
                        memoryRowids: try memories.integers(for: id)))
            }
            return events.reversed()
        }
    }

    /// The questions that led to each memory, newest first, from turns that showed it and events that
    /// touched it: what a new question is matched against.
    package func pastQueries(
        scope: Scope, rowids: [Int64], limitPerMemory: Int = 32
    ) throws(StorageError) -> [[PastQuery]] {
        try read("Reading past questions") { database in
            let scopeID = try ScopeTable.find(scope, database)
            let statement = try RawStatement(
                database,
                """
                SELECT query, at FROM (
                    SELECT query, at FROM event_memory JOIN event USING (event_id)
                        WHERE memory_rowid = ?1 AND query IS NOT NULL
                    UNION ALL
                    SELECT query, at FROM turn_candidate JOIN turn USING (turn_id)
                        WHERE memory_rowid = ?1 AND injected AND query <> '')
                ORDER BY at DESC LIMIT ?2
                """)
            return try rowids.map { rowid in
                guard RowID.owner(of: rowid) == scopeID else { return [] }
                defer { statement.reset() }
                statement.bind(rowid, at: 1)
                statement.bind(limitPerMemory, at: 2)
                var queries: [PastQuery] = []
                while try statement.step() {
                    queries.append(PastQuery(text: statement.text(0), atMilliseconds: statement.int64(1)))
                }
                return queries
            }
        }
    }
}

package struct PastQuery: Sendable, Equatable {
    package let text: String
    package let atMilliseconds: Int64
}

extension RawStatement {
    /// The first column of every row, with `key` as the only parameter.
    func integers(for key: Int64) throws -> [Int64] {
        defer { reset() }
        bind(key, at: 1)
        var values: [Int64] = []
        while try step() { values.append(int64(0)) }
        return values
    }
}

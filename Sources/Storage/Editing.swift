import GRDB

/// A stored memory, whole.
package struct StoredMemory: Sendable {
    package var id: String
    package var memory: NewMemory
    package var accessCount: Int
    package var lastAccessMilliseconds: Int64?
    package var supersededBy: String?
    package var isForgotten: Bool
}

/// Which memories `list` returns; nil = any.
package struct StoredFilter: Sendable {
    package var type: String?
    package var author: String?
    package var session: String?
    package var includeForgotten = false
    package var limit = 20
    package var offset = 0
    package init() {}
}

/// nil = leave as it is.
package struct StoredChange: Sendable {
    package var text: String?
    package var traits: StoredTextTraits?
    package var importance: Double?
    package var isPinned: Bool?
    package var isConstraint: Bool?
    package var type: String?
    package var validUntilMilliseconds: Int64?
    package var supersededBy: String?
    package init() {}
}

extension Store {
    package func memory(_ id: String, scope: Scope) throws -> StoredMemory? {
        try pool.read { db in
            guard let scopeID = try Self.scopeID(db, scope) else { return nil }
            return try Self.memories(db, "m.scope_id = ? AND m.id = ?", [scopeID, id]).first
        }
    }

    package func list(_ filter: StoredFilter, scope: Scope) throws -> [StoredMemory] {
        try pool.read { db in
            guard let scopeID = try Self.scopeID(db, scope) else { return [] }
            var conditions = ["m.scope_id = ?"]
            var arguments: StatementArguments = [scopeID]
            if let type = filter.type {
                conditions.append("m.type = ?")
                arguments += [type]
            }
            if let author = filter.author {
                conditions.append("m.author = ?")
                arguments += [author]
            }
            if let session = filter.session {
                conditions.append("s.key = ?")
                arguments += [session]
            }
            if !filter.includeForgotten { conditions.append("m.forgotten_ms IS NULL") }
            arguments += [filter.limit, filter.offset]
            return try Self.memories(
                db, conditions.joined(separator: " AND "), arguments,
                tail: "ORDER BY m.created_ms DESC, m.rowid DESC LIMIT ? OFFSET ?")
        }
    }

    /// Calls `body` with every memory of the scope, oldest rowid first, in bounded memory.
    package func forEachMemory(scope: Scope, _ body: (StoredMemory) throws -> Void) throws {
        var last: Int64 = 0
        while true {
            let page = try pool.read { db -> [(Int64, StoredMemory)] in
                guard let scopeID = try Self.scopeID(db, scope) else { return [] }
                let rowids = try Int64.fetchAll(
                    db,
                    sql: "SELECT rowid FROM memory WHERE scope_id = ? AND rowid > ? ORDER BY rowid LIMIT 500",
                    arguments: [scopeID, last])
                guard let newest = rowids.last else { return [] }
                last = newest
                return try Self.memories(
                    db, "m.rowid IN (\(Self.list(rowids)))", [], tail: "ORDER BY m.rowid",
                    withEmbeddings: true
                ).map { (0, $0) }
            }
            if page.isEmpty { return }
            for (_, memory) in page { try body(memory) }
        }
    }

    /// false = no such memory.
    package func update(_ id: String, _ change: StoredChange, atMilliseconds: Int64, scope: Scope) throws
        -> Bool
    {
        try pool.write { db in
            guard let scopeID = try Self.scopeID(db, scope) else { return false }
            var assignments = ["updated_ms = ?"]
            var arguments: StatementArguments = [atMilliseconds]
            if let text = change.text, let traits = change.traits {
                assignments += [
                    "text = ?", "token_count = ?", "asks_question = ?", "names_time = ?",
                    "first_person_share = ?",
                ]
                arguments += [
                    text, traits.tokenCount, traits.asksQuestion, traits.namesTime,
                    Double(traits.firstPersonShare),
                ]
            }
            if let importance = change.importance {
                assignments.append("importance = ?")
                arguments += [importance]
            }
            if let pinned = change.isPinned {
                assignments.append("is_pinned = ?")
                arguments += [pinned]
            }
            if let constraint = change.isConstraint {
                assignments.append("is_constraint = ?")
                arguments += [constraint]
            }
            if let type = change.type {
                assignments.append("type = ?")
                arguments += [type]
            }
            if let until = change.validUntilMilliseconds {
                assignments.append("valid_until_ms = ?")
                arguments += [until]
            }
            if let newer = change.supersededBy {
                assignments.append("superseded_by = ?")
                arguments += [newer]
            }
            arguments += [scopeID, id]
            try db.execute(
                sql: "UPDATE memory SET \(assignments.joined(separator: ", ")) WHERE scope_id = ? AND id = ?",
                arguments: arguments)
            return db.changesCount > 0
        }
    }

    /// Stops memories from being found; `hard` removes them and what was derived from them. Returns how many.
    package func forget(_ ids: [String], hard: Bool, atMilliseconds: Int64, scope: Scope) throws -> Int {
        try pool.write { db in
            guard let scopeID = try Self.scopeID(db, scope) else { return 0 }
            var count = 0
            for id in ids {
                if hard {
                    try db.execute(
                        sql: "DELETE FROM memory WHERE scope_id = ? AND id = ?", arguments: [scopeID, id])
                } else {
                    try db.execute(
                        sql:
                            "UPDATE memory SET forgotten_ms = ? WHERE scope_id = ? AND id = ? AND forgotten_ms IS NULL",
                        arguments: [atMilliseconds, scopeID, id])
                }
                count += db.changesCount > 0 ? 1 : 0
            }
            return count
        }
    }

    private static func memories(
        _ db: Database, _ condition: String, _ arguments: StatementArguments, tail: String = "",
        withEmbeddings: Bool = false
    ) throws -> [StoredMemory] {
        let rows = try Row.fetchAll(
            db,
            sql:
                "SELECT m.*, s.key AS session_key FROM memory m LEFT JOIN session s USING (session_id) WHERE \(condition) \(tail)",
            arguments: arguments)
        return try rows.map { row in
            var memory = NewMemory(text: row["text"], createdAtMilliseconds: row["created_ms"])
            memory.id = row["id"]
            memory.caption = row["caption"]
            memory.author = row["author"]
            memory.type = row["type"]
            memory.importance = row["importance"]
            memory.isPinned = row["is_pinned"]
            memory.isConstraint = row["is_constraint"]
            memory.validFromMilliseconds = row["valid_from_ms"]
            memory.validUntilMilliseconds = row["valid_until_ms"]
            memory.session = row["session_key"]
            memory.ordinal = row["ordinal"]
            memory.source = row["source"]
            memory.metadata = row["metadata"]
            let rowid: Int64 = row["rowid"]
            memory.entities = try Row.fetchAll(
                db.cachedStatement(
                    sql:
                        "SELECT e.name, e.kind, n.aspect FROM mention n JOIN entity e USING (entity_id) WHERE n.memory = ?"
                ),
                arguments: [rowid]
            ).map { EntityMention(name: $0[0], kind: $0[1], aspect: $0[2]) }
            if withEmbeddings {
                memory.embeddings = try Row.fetchAll(
                    db.cachedStatement(
                        sql:
                            "SELECT o.name, v.is_half, v.vector FROM embedding v JOIN model o USING (model_id) WHERE v.memory = ?"
                    ),
                    arguments: [rowid]
                ).map {
                    StoredEmbedding(
                        model: $0[0], vector: EmbeddingBytes.decode($0[2], half: $0[1]),
                        isHalfPrecision: $0[1])
                }
            }
            return StoredMemory(
                id: row["id"], memory: memory, accessCount: row["access_count"],
                lastAccessMilliseconds: row["last_access_ms"],
                supersededBy: row["superseded_by"], isForgotten: row["forgotten_ms"] != nil)
        }
    }
}

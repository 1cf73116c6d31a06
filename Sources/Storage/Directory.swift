import GRDB

/// The names of one scope (authors, sessions, entities, aspects) and the integers behind them, made
/// on first sight and remembered for one transaction.
struct Directory {
    private struct Session {
        let id: Int64
        var startedAt: Int64
        var endedAt: Int64
        var nextOrdinal: Int
        var isChanged = false
    }
    private struct EntityKey: Hashable {
        let name: String
        let kind: String
    }
    private struct AspectKey: Hashable {
        let entity: Int64
        let name: String
    }

    private let scopeID: Int64
    private let database: Database
    private var authors: [String: Int64] = [:]
    private var sessions: [String: Session] = [:]
    private var entities: [EntityKey: Int64] = [:]
    private var aspects: [AspectKey: Int64] = [:]

    init(scopeID: Int64, database: Database) {
        self.scopeID = scopeID
        self.database = database
    }

    // MARK: Authors

    mutating func author(_ name: String) throws -> Int64 {
        if let id = authors[name] { return id }
        let find = try RawStatement(
            database, "SELECT author_id FROM author WHERE scope_id = ? AND name = ?")
        defer { find.reset() }
        find.bind(scopeID, at: 1)
        find.bind(name, at: 2)
        let id: Int64
        if try find.step() {
            id = find.int64(0)
        } else {
            // FTS5's own tokenizer counts, so that the average length is FTS5's own.
            let tokens = try database.makeTokenizer(.unicode61()).tokenize(document: name).count
            let insert = try RawStatement(
                database, "INSERT INTO author (scope_id, name, token_count) VALUES (?, ?, ?)")
            insert.bind(scopeID, at: 1)
            insert.bind(name, at: 2)
            insert.bind(tokens, at: 3)
            try insert.run()
            id = database.lastInsertedRowID
        }
        authors[name] = id
        return id
    }

    // MARK: Sessions

    /// The session's number and the memory's place in it: as given, otherwise the next free one.
    mutating func place(
        inSession name: String, ordinal: Int?, atMilliseconds time: Int64
    ) throws -> (sessionID: Int64, ordinal: Int) {
        var session = try sessions[name] ?? findOrCreateSession(name, atMilliseconds: time)
        let ordinal = ordinal ?? session.nextOrdinal
        session.nextOrdinal = max(session.nextOrdinal, ordinal + 1)
        session.startedAt = min(session.startedAt, time)
        session.endedAt = max(session.endedAt, time)
        session.isChanged = true
        sessions[name] = session
        return (session.id, ordinal)
    }

    private func findOrCreateSession(_ name: String, atMilliseconds time: Int64) throws -> Session {
        let find = try RawStatement(
            database,
            "SELECT session_id, started_at, ended_at, next_ordinal FROM session "
                + "WHERE scope_id = ? AND name = ?")
        defer { find.reset() }
        find.bind(scopeID, at: 1)
        find.bind(name, at: 2)
        if try find.step() {
            return Session(
                id: find.int64(0), startedAt: find.int64(1), endedAt: find.int64(2),
                nextOrdinal: find.int(3))
        }
        let insert = try RawStatement(
            database,
            "INSERT INTO session (scope_id, name, started_at, ended_at) VALUES (?1, ?2, ?3, ?3)")
        insert.bind(scopeID, at: 1)
        insert.bind(name, at: 2)
        insert.bind(time, at: 3)
        try insert.run()
        return Session(id: database.lastInsertedRowID, startedAt: time, endedAt: time, nextOrdinal: 0)
    }

    /// Writes what changed in the sessions; before the commit.
    mutating func flush() throws {
        for (name, session) in sessions where session.isChanged {
            let update = try RawStatement(
                database,
                "UPDATE session SET started_at = ?, ended_at = ?, next_ordinal = ? WHERE session_id = ?")
            update.bind(session.startedAt, at: 1)
            update.bind(session.endedAt, at: 2)
            update.bind(session.nextOrdinal, at: 3)
            update.bind(session.id, at: 4)
            try update.run()
            sessions[name]!.isChanged = false
        }
    }

    // MARK: Entities

    mutating func link(_ mention: EntityMention, toMemory rowid: Int64, position: Int) throws {
        try link(
            mention, position: position, to: rowid,
            sql: "INSERT INTO memory_entity (memory_rowid, position, entity_id, aspect_id) VALUES (?, ?, ?, ?)")
    }

    mutating func link(_ mention: EntityMention, toEvent event: Int64, position: Int) throws {
        try link(
            mention, position: position, to: event,
            sql: "INSERT INTO event_entity (event_id, position, entity_id, aspect_id) VALUES (?, ?, ?, ?)")
    }

    private mutating func link(
        _ mention: EntityMention, position: Int, to owner: Int64, sql: String
    ) throws {
        let entity = try self.entity(mention.name, kind: mention.kind)
        let aspect = try mention.aspect.map { try self.aspect($0, of: entity) }
        let insert = try RawStatement(database, sql)
        insert.bind(owner, at: 1)
        insert.bind(position, at: 2)
        insert.bind(entity, at: 3)
        insert.bind(aspect, at: 4)
        try insert.run()
    }

    mutating func entity(_ name: String, kind: String) throws -> Int64 {
        let key = EntityKey(name: name, kind: kind)
        if let id = entities[key] { return id }
        let find = try RawStatement(
            database, "SELECT entity_id FROM entity WHERE scope_id = ? AND name = ? AND kind = ?")
        defer { find.reset() }
        find.bind(scopeID, at: 1)
        find.bind(name, at: 2)
        find.bind(kind, at: 3)
        let id: Int64
        if try find.step() {
            id = find.int64(0)
        } else {
            let insert = try RawStatement(
                database,
                "INSERT INTO entity (scope_id, name, kind, created_at) VALUES (?, ?, ?, ?)")
            insert.bind(scopeID, at: 1)
            insert.bind(name, at: 2)
            insert.bind(kind, at: 3)
            insert.bind(Clock.nowMilliseconds(), at: 4)
            try insert.run()
            id = database.lastInsertedRowID
        }
        entities[key] = id
        return id
    }

    mutating func aspect(_ name: String, of entity: Int64) throws -> Int64 {
        let key = AspectKey(entity: entity, name: name)
        if let id = aspects[key] { return id }
        let find = try RawStatement(
            database, "SELECT aspect_id FROM aspect WHERE entity_id = ? AND name = ?")
        defer { find.reset() }
        find.bind(entity, at: 1)
        find.bind(name, at: 2)
        let id: Int64
        if try find.step() {
            id = find.int64(0)
        } else {
            let insert = try RawStatement(
                database, "INSERT INTO aspect (entity_id, name) VALUES (?, ?)")
            insert.bind(entity, at: 1)
            insert.bind(name, at: 2)
            try insert.run()
            id = database.lastInsertedRowID
        }
        aspects[key] = id
        return id
    }
}

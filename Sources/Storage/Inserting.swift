import Foundation
import GRDB

/// What became of a batch. Returned after the commit: every id in `added` survives `kill -9`.
package struct InsertReport: Sendable {
    package var added: [String] = []
    /// There already with the same content.
    package var unchanged: [String] = []
    package var failed: [(index: Int, reason: String)] = []
}

extension Store {
    /// Writes a batch in one transaction. A record that can't be written is reported and costs only itself.
    package func insert(_ batch: [(NewMemory, StoredTextTraits)], scope: Scope) throws -> InsertReport {
        try pool.write { db in
            var report = InsertReport()
            var writer = try MemoryWriter(db, scope: scope)
            try writer.beginBatch()
            for (index, (memory, traits)) in batch.enumerated() {
                if let reason = MemoryWriter.refusal(memory) {
                    report.failed.append((index, reason))
                    continue
                }
                switch try writer.write(memory, traits) {
                case .added(let id): report.added.append(id)
                case .unchanged(let id): report.unchanged.append(id)
                case .refused(let reason): report.failed.append((index, reason))
                }
            }
            try writer.indexBatch()
            return report
        }
    }

    /// Writes events; one that is there already (same key) is left as it is. Returns how many are new.
    package func insert(_ events: [NewEvent], scope: Scope) throws -> Int {
        try pool.write { db in
            var writer = try MemoryWriter(db, scope: scope)
            var count = 0
            for event in events where try writer.write(event) { count += 1 }
            return count
        }
    }
}

/// Writes one scope's records inside a transaction; keeps what the batch has already looked up.
private struct MemoryWriter {
    enum Outcome {
        case added(String)
        case unchanged(String)
        case refused(String)
    }

    let db: Database
    let scopeID: Int64
    private var nextRowid: Int64
    private let firstRowid: Int64
    private var authors: [String: Int64] = [:]
    private var sessions: [String: Int64] = [:]
    private var entities: [String: Int64] = [:]
    private var models: [String: (id: Int64, dimensions: Int)] = [:]

    init(_ db: Database, scope: Scope) throws {
        self.db = db
        scopeID = try Store.ensureScopeID(db, scope)
        let range = Scope.rowids(scopeID)
        let last = try Int64.fetchOne(
            db, sql: "SELECT max(rowid) FROM memory WHERE rowid BETWEEN ? AND ?",
            arguments: [range.lowerBound, range.upperBound])
        nextRowid = (last ?? range.lowerBound) + 1
        firstRowid = nextRowid
    }

    /// Holds the insert trigger back; see `Schema.text`.
    func beginBatch() throws {
        try db.execute(sql: "INSERT INTO batch_under_way (started) VALUES (1)")
    }

    /// Indexes and counts what the batch wrote, in its transaction.
    func indexBatch() throws {
        let range = [firstRowid, nextRowid - 1]
        if nextRowid > firstRowid {
            try db.execute(
                sql:
                    "INSERT INTO memory_text (rowid, author, text, caption) SELECT rowid, author, text, caption FROM memory WHERE rowid BETWEEN ? AND ?",
                arguments: StatementArguments(range))
            try db.execute(
                sql:
                    "INSERT INTO memory_surface (rowid, text, caption) SELECT rowid, text, caption FROM memory WHERE rowid BETWEEN ? AND ?",
                arguments: StatementArguments(range))
            try db.execute(
                sql: """
                    UPDATE scope SET documents = documents + n, tokens = tokens + t
                    FROM (SELECT count(*) AS n, sum(token_count) AS t FROM memory WHERE rowid BETWEEN ? AND ?) WHERE scope_id = ?
                    """, arguments: [firstRowid, nextRowid - 1, scopeID])
        }
        try db.execute(sql: "DELETE FROM batch_under_way")
    }

    /// What is wrong with a record, before anything is written; nil = nothing.
    static func refusal(_ memory: NewMemory) -> String? {
        if memory.text.allSatisfy(\.isWhitespace) && (memory.caption ?? "").isEmpty { return "text is empty" }
        if let importance = memory.importance, !(0...1).contains(importance) {
            return "importance is \(importance); allowed: 0 to 1"
        }
        for embedding in memory.embeddings {
            if embedding.vector.isEmpty { return "the embedding of model \(embedding.model) is empty" }
            if !embedding.vector.allSatisfy(\.isFinite) {
                return "the embedding of model \(embedding.model) has a number that isn't finite"
            }
            if embedding.vector.allSatisfy({ $0 == 0 }) {
                return "the embedding of model \(embedding.model) is all zeros: it has no direction"
            }
        }
        return nil
    }

    mutating func write(_ memory: NewMemory, _ traits: StoredTextTraits) throws -> Outcome {
        let hash = ContentHash.of(memory)
        let id = memory.id ?? "m" + hash.prefix(8).map { String(format: "%02x", $0) }.joined()
        if let row = try Row.fetchOne(
            db.cachedStatement(
                sql:
                    "SELECT id, content_hash FROM memory WHERE scope_id = ? AND (id = ? OR content_hash = ?) LIMIT 1"
            ),
            arguments: [scopeID, id, hash])
        {
            let known: String = row["id"]
            let knownHash: Data = row["content_hash"]
            if knownHash == hash { return .unchanged(known) }
            return .refused("a memory with id \(id) exists with other content: use update, or another id")
        }
        for embedding in memory.embeddings {
            let model = try model(embedding)
            if model.dimensions != embedding.vector.count {
                return .refused(
                    "the embedding of model \(embedding.model) has \(embedding.vector.count) numbers; the store's have \(model.dimensions)"
                )
            }
        }
        let rowid = nextRowid
        let sessionID = try memory.session.map { try session($0, at: memory.createdAtMilliseconds) }
        var ordinal = memory.ordinal
        if let sessionID {
            let turns =
                try Int.fetchOne(
                    db.cachedStatement(sql: "SELECT turns FROM session WHERE session_id = ?"),
                    arguments: [sessionID]) ?? 0
            let place = ordinal ?? turns
            ordinal = place
            try db.cachedStatement(
                sql:
                    "UPDATE session SET turns = max(turns, ?), first_ms = min(first_ms, ?), last_ms = max(last_ms, ?) WHERE session_id = ?"
            ).execute(arguments: [
                place + 1, memory.createdAtMilliseconds, memory.createdAtMilliseconds, sessionID,
            ])
        }
        let main = memory.entities.first
        let arguments: StatementArguments = [
            rowid, scopeID, id, hash, memory.author, memory.text, memory.caption,
            try memory.author.map { try author($0) }, memory.type, memory.importance, memory.isPinned,
            memory.isConstraint,
            memory.createdAtMilliseconds, memory.createdAtMilliseconds, memory.validFromMilliseconds,
            memory.validUntilMilliseconds, sessionID, ordinal, traits.tokenCount, traits.asksQuestion,
            traits.namesTime, Double(traits.firstPersonShare), main?.name, main?.aspect, memory.source,
            memory.metadata,
        ]
        try db.cachedStatement(
            sql: """
                INSERT INTO memory (rowid, scope_id, id, content_hash, author, text, caption, author_id, type, importance, is_pinned,
                    is_constraint, created_ms, updated_ms, valid_from_ms, valid_until_ms, session_id, ordinal, token_count,
                    asks_question, names_time, first_person_share, entity, aspect, source, metadata)
                VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
                """
        ).execute(arguments: arguments)
        nextRowid += 1
        if let older = memory.supersedes {
            try db.cachedStatement(sql: "UPDATE memory SET superseded_by = ? WHERE scope_id = ? AND id = ?")
                .execute(arguments: [id, scopeID, older])
        }
        for mention in memory.entities {
            let entity = try entity(mention)
            try db.cachedStatement(
                sql: "INSERT OR IGNORE INTO mention (memory, entity_id, aspect) VALUES (?, ?, ?)"
            )
            .execute(arguments: [rowid, entity, mention.aspect])
        }
        for embedding in memory.embeddings {
            try db.cachedStatement(
                sql: "INSERT INTO embedding (model_id, memory, is_half, norm, vector) VALUES (?, ?, ?, ?, ?)"
            )
            .execute(arguments: [
                try model(embedding).id, rowid, embedding.isHalfPrecision,
                Double(EmbeddingBytes.norm(embedding.vector)),
                EmbeddingBytes.encode(embedding.vector, half: embedding.isHalfPrecision),
            ])
        }
        return .added(id)
    }

    /// false = an event with this key is there.
    mutating func write(_ event: NewEvent) throws -> Bool {
        try db.cachedStatement(
            sql:
                "INSERT OR IGNORE INTO event (scope_id, key, at_ms, utc_offset_minutes, actor, kind, query) VALUES (?,?,?,?,?,?,?)"
        ).execute(arguments: [
            scopeID, event.key, event.atMilliseconds, event.utcOffsetMinutes, event.actor, event.kind,
            event.query,
        ])
        guard db.changesCount > 0 else { return false }
        let eventID = db.lastInsertedRowID
        for mention in event.entities {
            let entity = try entity(mention)
            try db.cachedStatement(
                sql: "INSERT OR IGNORE INTO event_entity (event_id, entity_id, aspect) VALUES (?, ?, ?)"
            )
            .execute(arguments: [eventID, entity, mention.aspect])
        }
        for memory in event.memories {
            try db.cachedStatement(sql: "INSERT OR IGNORE INTO event_memory (event_id, memory) VALUES (?, ?)")
                .execute(arguments: [eventID, memory])
        }
        return true
    }

    private mutating func author(_ name: String) throws -> Int64 {
        if let known = authors[name] { return known }
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO author (scope_id, name) VALUES (?, ?)").execute(
            arguments: [scopeID, name])
        let id =
            try Int64.fetchOne(
                db, sql: "SELECT author_id FROM author WHERE scope_id = ? AND name = ?",
                arguments: [scopeID, name]) ?? 0
        authors[name] = id
        return id
    }

    private mutating func session(_ key: String, at milliseconds: Int64) throws -> Int64 {
        if let known = sessions[key] { return known }
        try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO session (scope_id, key, first_ms, last_ms) VALUES (?, ?, ?, ?)"
        )
        .execute(arguments: [scopeID, key, milliseconds, milliseconds])
        let id =
            try Int64.fetchOne(
                db, sql: "SELECT session_id FROM session WHERE scope_id = ? AND key = ?",
                arguments: [scopeID, key]) ?? 0
        sessions[key] = id
        return id
    }

    private mutating func entity(_ mention: EntityMention) throws -> Int64 {
        if let known = entities[mention.name] { return known }
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO entity (scope_id, name, kind) VALUES (?, ?, ?)")
            .execute(arguments: [scopeID, mention.name, mention.kind])
        let id =
            try Int64.fetchOne(
                db, sql: "SELECT entity_id FROM entity WHERE scope_id = ? AND name = ?",
                arguments: [scopeID, mention.name]) ?? 0
        entities[mention.name] = id
        return id
    }

    private mutating func model(_ embedding: StoredEmbedding) throws -> (id: Int64, dimensions: Int) {
        if let known = models[embedding.model] { return known }
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO model (name, dimensions) VALUES (?, ?)")
            .execute(arguments: [embedding.model, embedding.vector.count])
        let row = try Row.fetchOne(
            db, sql: "SELECT model_id, dimensions FROM model WHERE name = ?", arguments: [embedding.model])
        let found: (id: Int64, dimensions: Int) = (row?["model_id"] ?? 0, row?["dimensions"] ?? 0)
        models[embedding.model] = found
        return found
    }
}

/// 128 bits over everything that makes a memory itself; equal content in one scope is one memory.
enum ContentHash {
    static func of(_ memory: NewMemory) -> Data {
        // Two FNV-1a-64 with different bases: enough against chance (10⁶ memories: 10⁻²⁶); nobody gains by a
        // collision in their own store.
        var a: UInt64 = 0xCBF2_9CE4_8422_2325
        var b: UInt64 = 0x6C62_272E_07BB_0142
        func mix(_ text: String) {
            for byte in text.utf8 { step(byte) }
            step(0xFF)
        }
        func step(_ byte: UInt8) {
            a = (a ^ UInt64(byte)) &* 0x100_0000_01B3
            b = (b ^ UInt64(byte)) &* 0x100_0000_01B3
            b ^= b >> 29
        }
        mix(memory.text)
        mix(memory.caption ?? "")
        mix(memory.author ?? "")
        mix(memory.session ?? "")
        mix(memory.session == nil ? "" : memory.ordinal.map(String.init) ?? "")
        mix(memory.id ?? "")
        var data = Data()
        withUnsafeBytes(of: a.bigEndian) { data.append(contentsOf: $0) }
        withUnsafeBytes(of: b.bigEndian) { data.append(contentsOf: $0) }
        return data
    }
}

enum EmbeddingBytes {
    static func norm(_ vector: [Float]) -> Float { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }

    static func encode(_ vector: [Float], half: Bool) -> Data {
        if half { return vector.map { Float16($0) }.withUnsafeBytes { Data($0) } }
        return vector.withUnsafeBytes { Data($0) }
    }

    static func decode(_ data: Data, half: Bool) -> [Float] {
        data.withUnsafeBytes { bytes in
            half
                ? bytes.bindMemory(to: Float16.self).map { Float($0) }
                : Array(bytes.bindMemory(to: Float.self))
        }
    }
}

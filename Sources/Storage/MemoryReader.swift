import GRDB
import Kernels

/// Reads whole memories of one scope within one database access.
struct MemoryReader {
    enum Order { case newestFirst, asWritten }

    private let scopeID: Int64
    private let database: Database
    private let memory: RawStatement
    private let entities: RawStatement
    private let older: RawStatement
    private let vectors: RawStatement

    init(scopeID: Int64, database: Database) throws {
        self.scopeID = scopeID
        self.database = database
        memory = try RawStatement(
            database,
            """
            SELECT id, text, caption, author.name, type, importance, is_pinned, is_constraint, created_at,
                updated_at, last_access_at, access_count, valid_from, valid_until, session.name, ordinal,
                (SELECT id FROM memory AS newer WHERE newer.memory_rowid = memory.superseded_by),
                forgotten_at, source, metadata
            FROM memory LEFT JOIN author USING (author_id) LEFT JOIN session USING (session_id)
            WHERE memory_rowid = ?
            """)
        entities = try RawStatement(
            database,
            """
            SELECT entity.name, kind, aspect.name
            FROM memory_entity JOIN entity USING (entity_id) LEFT JOIN aspect USING (aspect_id)
            WHERE memory_rowid = ? ORDER BY position
            """)
        older = try RawStatement(
            database, "SELECT id FROM memory WHERE superseded_by = ? ORDER BY memory_rowid")
        vectors = try RawStatement(
            database,
            """
            SELECT model, is_half, vector FROM vector_set
            JOIN embedding ON embedding_rowid = vector_set_id << 40 | (?1 & 1099511627775)
            WHERE vector_set.scope_id = ?1 >> 40 ORDER BY model
            """)
    }

    func record(_ rowid: Int64) throws -> MemoryRecord? {
        guard RowID.owner(of: rowid) == scopeID else { return nil }
        defer { memory.reset() }
        memory.bind(rowid, at: 1)
        guard try memory.step() else { return nil }
        return MemoryRecord(
            rowid: rowid, id: memory.text(0), text: memory.text(1), caption: memory.optionalText(2),
            author: memory.optionalText(3), type: memory.text(4), importance: memory.optionalDouble(5),
            isPinned: memory.bool(6), isConstraint: memory.bool(7),
            createdAtMilliseconds: memory.int64(8), updatedAtMilliseconds: memory.int64(9),
            lastAccessMilliseconds: memory.optionalInt64(10), accessCount: memory.int(11),
            validFromMilliseconds: memory.optionalInt64(12),
            validUntilMilliseconds: memory.optionalInt64(13), session: memory.optionalText(14),
            ordinal: memory.optionalInt(15), supersededBy: memory.optionalText(16),
            supersedes: try collect(older, rowid) { $0.text(0) },
            forgottenAtMilliseconds: memory.optionalInt64(17),
            entities: try collect(entities, rowid) {
                EntityMention(name: $0.text(0), kind: $0.text(1), aspect: $0.optionalText(2))
            },
            source: memory.text(18), metadata: memory.optionalText(19),
            embeddingModels: try collect(vectors, rowid) { $0.text(0) })
    }

    func embeddings(_ rowid: Int64) throws -> [StoredEmbedding] {
        try collect(vectors, rowid) { row in
            let bytes = row.bytes(2)
            let isHalf = row.bool(1)
            let count = bytes.count / (isHalf ? 2 : 4)
            let vector = [Float](unsafeUninitializedCapacity: count) { buffer, written in
                if let source = bytes.baseAddress, isHalf {
                    mneme_f16_to_f32(
                        source.assumingMemoryBound(to: UInt16.self), buffer.baseAddress!, count)
                } else {
                    UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
                }
                written = count
            }
            return StoredEmbedding(model: row.text(0), vector: vector, isHalfPrecision: isHalf)
        }
    }

    private func collect<Value>(
        _ statement: RawStatement, _ rowid: Int64, _ read: (RawStatement) -> Value
    ) throws -> [Value] {
        defer { statement.reset() }
        statement.bind(rowid, at: 1)
        var values: [Value] = []
        while try statement.step() { values.append(read(statement)) }
        return values
    }

    // MARK: Filters

    func rowids(_ filter: MemoryFilter, order: Order, limit: Int, offset: Int) throws -> [Int64] {
        let (condition, arguments) = Self.condition(filter, scopeID: scopeID)
        let order = order == .newestFirst ? "created_at DESC, memory_rowid DESC" : "memory_rowid"
        return try Int64.fetchAll(
            database,
            sql: "SELECT memory_rowid FROM memory WHERE \(condition) ORDER BY \(order) LIMIT ? OFFSET ?",
            arguments: arguments + [limit, max(0, offset)])
    }

    func count(_ filter: MemoryFilter) throws -> Int {
        let (condition, arguments) = Self.condition(filter, scopeID: scopeID)
        return try Int.fetchOne(
            database, sql: "SELECT count(*) FROM memory WHERE \(condition)", arguments: arguments) ?? 0
    }

    private static func condition(
        _ filter: MemoryFilter, scopeID: Int64
    ) -> (sql: String, arguments: StatementArguments) {
        var parts = ["scope_id = ?"]
        var arguments: StatementArguments = [scopeID]
        func add(_ sql: String, _ values: (any DatabaseValueConvertible)?...) {
            parts.append(sql)
            arguments += StatementArguments(values)
        }
        if !filter.includesForgotten { parts.append("forgotten_at IS NULL") }
        if !filter.includesSuperseded { parts.append("superseded_by IS NULL") }
        if let type = filter.type { add("type = ?", type) }
        if let source = filter.source { add("source = ?", source) }
        if let isPinned = filter.isPinned { add("is_pinned = ?", isPinned) }
        if let isConstraint = filter.isConstraint { add("is_constraint = ?", isConstraint) }
        if let since = filter.sinceMilliseconds { add("created_at >= ?", since) }
        if let before = filter.beforeMilliseconds { add("created_at < ?", before) }
        if let author = filter.author {
            add("author_id = (SELECT author_id FROM author WHERE scope_id = ? AND name = ?)", scopeID, author)
        }
        if let session = filter.session {
            add("session_id = (SELECT session_id FROM session WHERE scope_id = ? AND name = ?)", scopeID, session)
        }
        if let entity = filter.entity {
            add(
                "memory_rowid IN (SELECT memory_rowid FROM memory_entity JOIN entity USING (entity_id) "
                    + "WHERE entity.scope_id = ? AND entity.name = ?)", scopeID, entity)
        }
        return (parts.joined(separator: " AND "), arguments)
    }
}

import Foundation
import GRDB

/// An existing Signet database, opened for reading only.
///
/// Which columns exist is probed, since Signet's version numbers can't be trusted; a missing table or column
/// reads as NULL. Values of an unexpected type read as NULL too. Times stay as written, in one of two styles.
package final class SignetDatabase: Sendable {
    package struct Failure: Error, Sendable, Equatable {
        package let message: String
    }

    package struct Memory: Sendable {
        /// Where to go on reading.
        package var rowID: Int64
        package var id: String
        package var text: String
        package var type: String?
        package var author: String?
        package var importance: Double?
        package var isPinned: Bool
        package var isConstraint = false
        package var createdAt: String?
        package var agent: String?
        /// The session that it was extracted from.
        package var session: String?
        package var project: String?
        /// category, tags, why, … by column name: what a memory of ours has no place for.
        package var details: [String: String] = [:]
        package var embeddingModel: String?
        /// Little-endian float32; nil = none.
        package var vector: Data?
        package var dimensions: Int?
        package var entities: [EntityMention] = []
        /// Id of the memory whose attribute one of this memory's attributes supersedes.
        package var supersedes: String?
    }

    /// What a memory says of one aspect of an entity.
    package struct Attribute: Sendable, Equatable {
        package var rowID: Int64
        /// The entity and the aspect; an attribute without its aspect isn't returned.
        package var subject: EntityMention
        package var aspectWeight: Double
        /// attribute or constraint
        package var kind: String
        package var content: String
        package var confidence: Double
        package var importance: Double
        /// active, superseded or deleted
        package var status: String
        package var memory: String?
        package var agent: String?
        package var createdAt: String?
    }

    /// An edge between two entities.
    package struct Dependency: Sendable, Equatable {
        package var rowID: Int64
        package var source: EntityMention
        package var target: EntityMention
        /// uses, requires, owned_by, blocks, informs, …
        package var kind: String
        package var strength: Double
        package var agent: String?
    }

    package let path: String
    private let queue: DatabaseQueue
    private let columns: [String: Set<String>]

    package init(path: String) throws(Failure) {
        self.path = path
        guard FileManager.default.fileExists(atPath: path) else { throw Failure(message: "doesn't exist") }
        do {
            (queue, columns) = try Self.open(path)
        } catch {
            throw Failure(message: "\(error)")
        }
        for column in ["id", "content"] where columns["memories"]?.contains(column) != true {
            throw Failure(message: "has no column memories.\(column), so it isn't a Signet database")
        }
    }

    private static func open(_ path: String) throws -> (DatabaseQueue, [String: Set<String>]) {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let columns = try queue.read { database in
            var columns: [String: Set<String>] = [:]
            for table in tables {
                let rows = try Row.fetchAll(database, sql: "PRAGMA table_info(\(table))")
                columns[table] = Set(rows.compactMap { $0.text("name") })
            }
            return columns
        }
        return (queue, columns)
    }

    private static let tables = [
        "memories", "embeddings", "entities", "memory_entity_mentions", "entity_aspects", "entity_attributes",
        "entity_dependencies",
    ]

    /// Memories that aren't deleted.
    package func memoryCount() throws(Failure) -> Int {
        try reading { database in
            try Int.fetchOne(database, sql: "SELECT count(*) FROM memories m WHERE \(isLive)") ?? 0
        }
    }

    /// The next memories in the order of their rows, with their vectors and entities.
    package func memories(after rowID: Int64, limit: Int) throws(Failure) -> [Memory] {
        try reading { database in try self.fetchMemories(database, after: rowID, limit: limit) }
    }

    private func fetchMemories(_ database: Database, after rowID: Int64, limit: Int) throws -> [Memory] {
        let detailColumns = [
            "category", "tags", "why", "confidence", "source_type", "source_path", "source_section",
            "access_count",
            "last_accessed", "updated_at",
        ]
        let selected =
            [
                "id", "content", "type", "who", "importance", "pinned", "created_at", "agent_id",
                "source_id",
                "project", "embedding_model", "content_hash",
            ] + detailColumns
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT m.rowid AS row, \(selected.map { select("memories", "m", $0) }.joined(separator: ", "))
                FROM memories m WHERE m.rowid > ? AND \(isLive) ORDER BY m.rowid LIMIT ?
                """, arguments: [rowID, limit])
        var memories: [Memory] = []
        var hashes: [String: String] = [:]
        for row in rows {
            guard let id = row.text("id") else { continue }
            var memory = Memory(
                rowID: row.integer("row") ?? 0, id: id, text: row.text("content") ?? "",
                type: row.text("type"),
                author: row.text("who"), importance: row.real("importance"),
                isPinned: (row.integer("pinned") ?? 0) != 0, createdAt: row.text("created_at"))
            memory.agent = row.text("agent_id")
            memory.project = row.text("project")
            memory.embeddingModel = row.text("embedding_model")
            if row.text("source_type")?.contains("session") == true {
                memory.session = row.text("source_id")
            }
            for column in detailColumns {
                if let text = row.text(column), !text.isEmpty { memory.details[column] = text }
            }
            hashes[id] = row.text("content_hash")
            memories.append(memory)
        }
        try addVectors(to: &memories, hashes: hashes, database)
        try addEntities(to: &memories, database)
        return memories
    }

    package func attributes(after rowID: Int64, limit: Int) throws(Failure) -> [Attribute] {
        guard has("entity_attributes", "aspect_id"), has("entity_aspects", "entity_id"),
            has("entities", "name")
        else {
            return []
        }
        return try reading { database in try self.fetchAttributes(database, after: rowID, limit: limit) }
    }

    private func fetchAttributes(_ database: Database, after rowID: Int64, limit: Int) throws -> [Attribute] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT t.rowid AS row, e.name AS entity, \(select("entities", "e", "entity_type")),
                    p.name AS aspect, \(select("entity_aspects", "p", "weight")),
                    \(["kind", "content", "confidence", "importance", "status", "memory_id", "agent_id", "created_at"]
                        .map { select("entity_attributes", "t", $0) }.joined(separator: ", "))
                FROM entity_attributes t JOIN entity_aspects p ON p.id = t.aspect_id
                    JOIN entities e ON e.id = p.entity_id
                WHERE t.rowid > ? ORDER BY t.rowid LIMIT ?
                """, arguments: [rowID, limit]
        ).map { row in
            Attribute(
                rowID: row.integer("row") ?? 0,
                subject: row.mention("entity", "entity_type", aspect: "aspect"),
                aspectWeight: row.real("weight") ?? 0.5, kind: row.text("kind") ?? "attribute",
                content: row.text("content") ?? "", confidence: row.real("confidence") ?? 0,
                importance: row.real("importance") ?? 0.5, status: row.text("status") ?? "active",
                memory: row.text("memory_id"), agent: row.text("agent_id"),
                createdAt: row.text("created_at"))
        }
    }

    /// Edges; of several between the same entities, of one kind and for one agent, only the first.
    package func dependencies(after rowID: Int64, limit: Int) throws(Failure) -> [Dependency] {
        guard has("entity_dependencies", "source_entity_id"), has("entity_dependencies", "target_entity_id"),
            has("entities", "name")
        else { return [] }
        return try reading { database in try self.fetchDependencies(database, after: rowID, limit: limit) }
    }

    private func fetchDependencies(_ database: Database, after rowID: Int64, limit: Int) throws
        -> [Dependency]
    {
        let key = ["source_entity_id", "target_entity_id", "dependency_type", "agent_id"]
            .filter { has("entity_dependencies", $0) }.joined(separator: ", ")
        return try Row.fetchAll(
            database,
            sql: """
                SELECT d.rowid AS row, s.name AS source, \(select("entities", "s", "entity_type", as: "source_type")),
                    t.name AS target, \(select("entities", "t", "entity_type", as: "target_type")),
                    p.name AS aspect,
                    \(["dependency_type", "strength", "agent_id"]
                        .map { select("entity_dependencies", "d", $0) }.joined(separator: ", "))
                FROM entity_dependencies d JOIN entities s ON s.id = d.source_entity_id
                    JOIN entities t ON t.id = d.target_entity_id
                    LEFT JOIN \(has("entity_aspects", "name") && has("entity_dependencies", "aspect_id")
                        ? "entity_aspects p ON p.id = d.aspect_id" : "(SELECT NULL AS name) p")
                WHERE d.rowid > ? AND d.rowid IN (SELECT min(rowid) FROM entity_dependencies GROUP BY \(key))
                ORDER BY d.rowid LIMIT ?
                """, arguments: [rowID, limit]
        ).map { row in
            Dependency(
                rowID: row.integer("row") ?? 0,
                source: row.mention("source", "source_type", aspect: "aspect"),
                target: row.mention("target", "target_type", aspect: nil),
                kind: row.text("dependency_type") ?? "informs", strength: row.real("strength") ?? 0.5,
                agent: row.text("agent_id"))
        }
    }

    // MARK: Parts of a memory

    /// Two memories of the same text share one vector row, found by the hash where it names the other one.
    private func addVectors(to memories: inout [Memory], hashes: [String: String], _ database: Database)
        throws
    {
        guard has("embeddings", "vector"), has("embeddings", "source_id") else { return }
        let byID = try vectors(where: "source_id", in: memories.map(\.id), database)
        let others = memories.compactMap { byID[$0.id] == nil ? hashes[$0.id] : nil }
        let byHash = try vectors(where: "content_hash", in: others, database)
        for index in memories.indices {
            let id = memories[index].id
            guard let found = byID[id] ?? hashes[id].flatMap({ byHash[$0] }) else { continue }
            (memories[index].vector, memories[index].dimensions) = found
        }
    }

    private func vectors(
        where column: String, in keys: [String], _ database: Database
    ) throws -> [String: (vector: Data, dimensions: Int?)] {
        guard has("embeddings", column), !keys.isEmpty else { return [:] }
        let isOfMemory =
            has("embeddings", "source_type") ? "coalesce(v.source_type, 'memory') = 'memory' AND" : ""
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT v.\(column) AS key, v.vector AS vector, \(select("embeddings", "v", "dimensions"))
                FROM embeddings v WHERE \(isOfMemory) v.\(column) IN (\(Self.marks(keys.count)))
                """, arguments: StatementArguments(keys))
        var found: [String: (vector: Data, dimensions: Int?)] = [:]
        for row in rows {
            guard let key = row.text("key"), let vector = row.data("vector") else { continue }
            found[key] = (vector, row.integer("dimensions").map(Int.init))
        }
        return found
    }

    // Three functions: as one, it crashes the optimiser of Swift 6.3.1 ("swifterror value can only be
    // loaded and stored from").
    private func addEntities(to memories: inout [Memory], _ database: Database) throws {
        guard has("entities", "name"), !memories.isEmpty else { return }
        var places: [String: Int] = [:]
        for (place, memory) in memories.enumerated() { places[memory.id] = place }
        let hasAttributes =
            has("entity_attributes", "memory_id") && has("entity_attributes", "aspect_id")
            && has("entity_aspects", "entity_id")
        if hasAttributes { try addAspects(to: &memories, places, database) }
        if hasAttributes, has("entity_attributes", "superseded_by") {
            try addSupersession(to: &memories, places, database)
        }
        if has("memory_entity_mentions", "memory_id"), has("memory_entity_mentions", "entity_id") {
            try addMentions(to: &memories, places, database)
        }
    }

    private func addAspects(
        to memories: inout [Memory], _ places: [String: Int], _ database: Database
    ) throws {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT t.memory_id AS memory, e.name AS entity, \(select("entities", "e", "entity_type")),
                    p.name AS aspect, \(select("entity_attributes", "t", "kind")),
                    \(select("entity_attributes", "t", "status"))
                FROM entity_attributes t JOIN entity_aspects p ON p.id = t.aspect_id
                    JOIN entities e ON e.id = p.entity_id
                WHERE t.memory_id IN (\(Self.marks(memories.count))) ORDER BY t.rowid
                """, arguments: StatementArguments(memories.map(\.id)))
        for row in rows {
            let status = row.text("status")
            guard let memory = row.text("memory"), let place = places[memory], status != "deleted" else {
                continue
            }
            let mention = row.mention("entity", "entity_type", aspect: "aspect")
            if !memories[place].entities.contains(mention) { memories[place].entities.append(mention) }
            if status != "superseded", row.text("kind") == "constraint" {
                memories[place].isConstraint = true
            }
        }
    }

    private func addSupersession(
        to memories: inout [Memory], _ places: [String: Int], _ database: Database
    ) throws {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT newer.memory_id AS memory, older.memory_id AS older
                FROM entity_attributes newer JOIN entity_attributes older ON older.superseded_by = newer.id
                WHERE newer.memory_id IN (\(Self.marks(memories.count)))
                    AND older.memory_id <> newer.memory_id
                ORDER BY older.rowid
                """, arguments: StatementArguments(memories.map(\.id)))
        for row in rows {
            guard let memory = row.text("memory"), let place = places[memory] else { continue }
            memories[place].supersedes = row.text("older")
        }
    }

    private func addMentions(
        to memories: inout [Memory], _ places: [String: Int], _ database: Database
    ) throws {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT x.memory_id AS memory, e.name AS entity, \(select("entities", "e", "entity_type"))
                FROM memory_entity_mentions x JOIN entities e ON e.id = x.entity_id
                WHERE x.memory_id IN (\(Self.marks(memories.count))) ORDER BY e.name
                """, arguments: StatementArguments(memories.map(\.id)))
        for row in rows {
            guard let memory = row.text("memory"), let place = places[memory] else { continue }
            let mention = row.mention("entity", "entity_type", aspect: nil)
            // An aspect of the entity says more than its bare name.
            if !memories[place].entities.contains(where: {
                $0.name == mention.name && $0.kind == mention.kind
            }) {
                memories[place].entities.append(mention)
            }
        }
    }

    // MARK: Probing

    private func has(_ table: String, _ column: String) -> Bool { columns[table]?.contains(column) == true }

    private var isLive: String { has("memories", "is_deleted") ? "coalesce(m.is_deleted, 0) = 0" : "1" }

    /// The column if it exists, otherwise NULL under its name. Only names from this file come here.
    private func select(_ table: String, _ alias: String, _ column: String, as name: String? = nil) -> String
    {
        "\(has(table, column) ? "\(alias).\(column)" : "NULL") AS \(name ?? column)"
    }

    private static func marks(_ count: Int) -> String {
        Array(repeating: "?", count: count).joined(separator: ",")
    }

    private func reading<Value: Sendable>(
        _ body: @Sendable (Database) throws -> Value
    ) throws(Failure) -> Value {
        do {
            return try queue.read(body)
        } catch {
            throw Failure(message: "\(error)")
        }
    }
}

/// Reading that never traps on a value of another type than expected.
extension Row {
    fileprivate func text(_ column: String) -> String? {
        let value = self[column] as DatabaseValue
        switch value.storage {
        case .string(let text): return text
        case .int64(let number): return String(number)
        case .double(let number): return String(number)
        case .null, .blob: return nil
        }
    }

    fileprivate func integer(_ column: String) -> Int64? {
        Int64.fromDatabaseValue(self[column] as DatabaseValue)
    }
    fileprivate func real(_ column: String) -> Double? {
        Double.fromDatabaseValue(self[column] as DatabaseValue)
    }

    fileprivate func data(_ column: String) -> Data? {
        if case .blob(let data) = (self[column] as DatabaseValue).storage { data } else { nil }
    }

    fileprivate func mention(_ name: String, _ kind: String, aspect: String?) -> EntityMention {
        let kind = text(kind) ?? ""
        return EntityMention(
            name: text(name) ?? "", kind: kind.isEmpty ? "unknown" : kind, aspect: aspect.flatMap { text($0) }
        )
    }
}

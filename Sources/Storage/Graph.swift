import GRDB

/// A directed edge between two entities.
package struct Dependency: Sendable, Equatable {
    package var source: EntityMention
    package var target: EntityMention
    /// uses, requires, owned_by, …
    package var kind: String
    /// 0–1.
    package var strength: Double
    /// 0–1.
    package var confidence: Double
    package var reason: String?

    package init(
        source: EntityMention, target: EntityMention, kind: String, strength: Double,
        confidence: Double = 1, reason: String? = nil
    ) {
        self.source = source
        self.target = target
        self.kind = kind
        self.strength = strength
        self.confidence = confidence
        self.reason = reason
    }
}

/// Something known of one aspect of an entity.
package struct NewAttribute: Sendable, Equatable {
    /// The aspect must be named.
    package var of: EntityMention
    package var content: String
    /// attribute or constraint.
    package var kind: String
    package var confidence: Double
    package var importance: Double
    /// Id of the memory it was taken from.
    package var memory: String?
    /// active, superseded or deleted.
    package var status: String
    package var createdAtMilliseconds: Int64
    /// 0–1; nil leaves the aspect's weight as it is (0.5 for a new one).
    package var aspectWeight: Double?

    package init(
        of: EntityMention, content: String, kind: String = "attribute", confidence: Double = 1,
        importance: Double = 0.5, memory: String? = nil, status: String = "active",
        createdAtMilliseconds: Int64, aspectWeight: Double? = nil
    ) {
        self.of = of
        self.content = content
        self.kind = kind
        self.confidence = confidence
        self.importance = importance
        self.memory = memory
        self.status = status
        self.createdAtMilliseconds = createdAtMilliseconds
        self.aspectWeight = aspectWeight
    }
}

/// An edge as a traversal meets it.
package struct GraphEdge: Sendable, Equatable {
    package let from: Int64
    package let to: Int64
    package let kind: String
    package let strength: Double
    package let confidence: Double
}

extension Store {
    /// Writes edges, and the entities they join where they are new; an edge that stands there takes the
    /// new strength, confidence and reason.
    package func put(
        dependencies: [Dependency], scope: Scope, nowMilliseconds: Int64
    ) throws(StorageError) {
        try write("Writing \(dependencies.count) dependencies") { database in
            var directory = Directory(
                scopeID: try ScopeTable.findOrCreate(scope, database), database: database)
            let insert = try RawStatement(
                database,
                """
                INSERT OR REPLACE INTO dependency
                    (source_id, target_id, kind, strength, confidence, reason, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
            for edge in dependencies {
                let source = try directory.entity(edge.source.name, kind: edge.source.kind)
                let target = try directory.entity(edge.target.name, kind: edge.target.kind)
                insert.bind(source, at: 1)
                insert.bind(target, at: 2)
                insert.bind(edge.kind, at: 3)
                insert.bind(edge.strength, at: 4)
                insert.bind(edge.confidence, at: 5)
                insert.bind(edge.reason, at: 6)
                insert.bind(nowMilliseconds, at: 7)
                try insert.run()
            }
        }
    }

    /// Writes attributes, and their entities and aspects where they are new; the same content of the
    /// same aspect is replaced.
    ///
    /// - Throws: `invalidValue` where no aspect is named; `notFound` for an unknown memory.
    package func put(attributes: [NewAttribute], scope: Scope) throws(StorageError) {
        try write("Writing \(attributes.count) attributes") { database in
            let scopeID = try ScopeTable.findOrCreate(scope, database)
            var directory = Directory(scopeID: scopeID, database: database)
            let insert = try RawStatement(
                database,
                """
                INSERT OR REPLACE INTO attribute (aspect_id, memory_rowid, kind, content, confidence,
                    importance, status, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)
            let weigh = try RawStatement(database, "UPDATE aspect SET weight = ? WHERE aspect_id = ?")
            for attribute in attributes {
                guard let name = attribute.of.aspect else {
                    throw StorageError(
                        .invalidValue, "An attribute of \(attribute.of.name) names no aspect.")
                }
                let entity = try directory.entity(attribute.of.name, kind: attribute.of.kind)
                let aspect = try directory.aspect(name, of: entity)
                let memory = try attribute.memory.map { try Self.existing($0, scope: scope, database) }
                insert.bind(aspect, at: 1)
                insert.bind(memory, at: 2)
                insert.bind(attribute.kind, at: 3)
                insert.bind(attribute.content, at: 4)
                insert.bind(attribute.confidence, at: 5)
                insert.bind(attribute.importance, at: 6)
                insert.bind(attribute.status, at: 7)
                insert.bind(attribute.createdAtMilliseconds, at: 8)
                try insert.run()
                if let weight = attribute.aspectWeight {
                    weigh.bind(weight, at: 1)
                    weigh.bind(aspect, at: 2)
                    try weigh.run()
                }
            }
        }
    }

    /// The entities of a scope with one of these names, whatever their kind.
    package func entities(scope: Scope, named names: [String]) throws(StorageError) -> [Int64] {
        try read("Looking entities up") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else { return [] }
            let find = try RawStatement(
                database,
                "SELECT entity_id FROM entity WHERE scope_id = ? AND name = ? ORDER BY entity_id")
            var ids: [Int64] = []
            for name in names {
                defer { find.reset() }
                find.bind(scopeID, at: 1)
                find.bind(name, at: 2)
                while try find.step() { ids.append(find.int64(0)) }
            }
            return ids
        }
    }

    /// Edges that leave or reach each entity, the strongest first, `limit` per entity and direction.
    package func edges(of entities: [Int64], limit: Int = 32) throws(StorageError) -> [GraphEdge] {
        try read("Reading the graph") { database in
            var edges: [GraphEdge] = []
            for condition in ["source_id", "target_id"] {
                let rows = try RawStatement(
                    database,
                    "SELECT source_id, target_id, kind, strength, confidence FROM dependency "
                        + "WHERE \(condition) = ? ORDER BY strength * confidence DESC, target_id, source_id LIMIT ?")
                for entity in entities {
                    defer { rows.reset() }
                    rows.bind(entity, at: 1)
                    rows.bind(limit, at: 2)
                    while try rows.step() {
                        edges.append(
                            GraphEdge(
                                from: rows.int64(0), to: rows.int64(1), kind: rows.text(2),
                                strength: rows.double(3), confidence: rows.double(4)))
                    }
                }
            }
            return edges
        }
    }

    /// The newest living memories that name an entity, at most `limit` each.
    package func memories(
        scope: Scope, ofEntities entities: [Int64], limit: Int = 32
    ) throws(StorageError) -> [(entity: Int64, rowid: Int64)] {
        try read("Reading an entity's memories") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else { return [] }
            let rows = try RawStatement(
                database,
                """
                SELECT DISTINCT memory_rowid FROM memory_entity JOIN memory USING (memory_rowid)
                WHERE entity_id = ? AND scope_id = ? AND forgotten_at IS NULL
                ORDER BY memory_rowid DESC LIMIT ?
                """)
            var found: [(entity: Int64, rowid: Int64)] = []
            for entity in entities {
                defer { rows.reset() }
                rows.bind(entity, at: 1)
                rows.bind(scopeID, at: 2)
                rows.bind(limit, at: 3)
                while try rows.step() { found.append((entity, rows.int64(0))) }
            }
            return found
        }
    }
}

import GRDB

/// A statement of the graph about one aspect of an entity.
package struct NewAttribute: Sendable, Equatable {
    /// The entity and, required, its aspect.
    package var subject: EntityMention
    /// 0–1
    package var aspectWeight: Double
    /// attribute or constraint
    package var kind: String
    package var content: String
    package var confidence: Double
    package var importance: Double
    /// active, superseded or deleted
    package var status: String
    /// Id of the memory that says so; an unknown one is left out.
    package var memory: String?
}

/// An edge between two entities.
package struct NewDependency: Sendable, Equatable {
    package var source: EntityMention
    package var target: EntityMention
    /// uses, requires, owned_by, blocks, informs, …
    package var kind: String
    /// 0–1
    package var strength: Double
}

extension NewAttribute {
    package init(_ signet: SignetDatabase.Attribute) {
        self.init(
            subject: signet.subject, aspectWeight: signet.aspectWeight, kind: signet.kind,
            content: signet.content,
            confidence: signet.confidence, importance: signet.importance, status: signet.status,
            memory: signet.memory)
    }
}

extension NewDependency {
    package init(_ signet: SignetDatabase.Dependency) {
        self.init(source: signet.source, target: signet.target, kind: signet.kind, strength: signet.strength)
    }
}

/// A memory that the walk reached.
package struct GraphHit: Sendable, Equatable {
    package var rowid: Int64
    /// Entities between the question and the memory: 0 = a focal entity is its own, 1 = over one dependency.
    package var hops: Int
}

extension Store {
    /// How far a walk goes (signet.md §5.1).
    enum WalkLimits {
        static let focalEntities = 20
        static let dependencies = 30
        static let leastStrength = 0.3
        static let memoriesPerEntity = 20
    }

    /// Writes statements and edges; what is there already is left as it is. Returns how many are new.
    package func insert(attributes: [NewAttribute], dependencies: [NewDependency], scope: Scope) throws -> Int
    {
        if attributes.isEmpty && dependencies.isEmpty { return 0 }
        return try pool.write { db in
            let scopeID = try Self.ensureScopeID(db, scope)
            var count = 0
            for attribute in attributes { count += try Self.write(db, attribute, scopeID) ? 1 : 0 }
            for dependency in dependencies { count += try Self.write(db, dependency, scopeID) ? 1 : 0 }
            return count
        }
    }

    /// Memories within one dependency of the focal entities, nearest first, then newest.
    ///
    /// - Parameters:
    ///   - names: entities by name, any case; unknown ones are skipped.
    ///   - limit: of memories.
    package func walk(from names: [String], limit: Int, scope: Scope) throws -> [GraphHit] {
        if names.isEmpty { return [] }
        return try pool.read { db in
            guard let scopeID = try Self.scopeID(db, scope) else { return [] }
            let some = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM entity WHERE scope_id = ?)")
            guard try Bool.fetchOne(some, arguments: [scopeID]) == true else { return [] }
            let find = try db.cachedStatement(
                sql:
                    "SELECT entity_id FROM entity WHERE scope_id = ? AND name = ? COLLATE NOCASE ORDER BY mentions DESC LIMIT 1"
            )
            var focal: [Int64] = []
            for name in names where focal.count < WalkLimits.focalEntities {
                if let id = try Int64.fetchOne(find, arguments: [scopeID, name]), !focal.contains(id) {
                    focal.append(id)
                }
            }
            if focal.isEmpty { return [] }
            let edges = try Int64.fetchAll(
                db,
                sql: """
                    SELECT target_id FROM dependency WHERE source_id IN (\(Self.list(focal))) AND strength >= ?
                    ORDER BY strength DESC, target_id LIMIT ?
                    """, arguments: [WalkLimits.leastStrength, WalkLimits.dependencies])
            var hits: [GraphHit] = []
            var seen: Set<Int64> = []
            var visited: Set<Int64> = []
            for (hops, entities) in [focal, edges].enumerated() {
                for entity in entities where visited.insert(entity).inserted {
                    for rowid in try Self.memories(db, of: entity) where seen.insert(rowid).inserted {
                        hits.append(GraphHit(rowid: rowid, hops: hops))
                        if hits.count == limit { return hits }
                    }
                }
            }
            return hits
        }
    }

    /// Aspects and attributes of each entity; entities without any are left out.
    package func structuralDensity(of entities: [String], scope: Scope) throws -> [String: Int] {
        try pool.read { db in
            guard let scopeID = try Self.scopeID(db, scope) else { return [:] }
            let count = try db.cachedStatement(
                sql: """
                    SELECT count(DISTINCT a.aspect_id) + count(t.attribute_id)
                    FROM entity e JOIN aspect a USING (entity_id) LEFT JOIN attribute t ON t.aspect_id = a.aspect_id AND t.status = 'active'
                    WHERE e.scope_id = ? AND e.name = ?
                    """)
            var found: [String: Int] = [:]
            // Most stores have no aspects: one look spares them the rest.
            guard try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM aspect)") == true else {
                return found
            }
            for name in entities {
                if let density = try Int.fetchOne(count, arguments: [scopeID, name]), density > 0 {
                    found[name] = density
                }
            }
            return found
        }
    }

    /// The newest memories that mention the entity or state something of it.
    private static func memories(_ db: Database, of entity: Int64) throws -> [Int64] {
        try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT rowid FROM memory WHERE forgotten_ms IS NULL AND rowid IN (
                        SELECT memory FROM mention WHERE entity_id = ?1
                        UNION SELECT t.memory FROM attribute t JOIN aspect a USING (aspect_id)
                            WHERE a.entity_id = ?1 AND t.status = 'active' AND t.memory IS NOT NULL)
                    ORDER BY created_ms DESC, rowid DESC LIMIT ?2
                    """), arguments: [entity, WalkLimits.memoriesPerEntity])
    }

    private static func write(_ db: Database, _ attribute: NewAttribute, _ scopeID: Int64) throws -> Bool {
        guard let aspect = attribute.subject.aspect, !aspect.isEmpty else { return false }
        let entity = try entityID(db, attribute.subject, scopeID)
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO aspect (entity_id, name, weight) VALUES (?, ?, ?)")
            .execute(arguments: [entity, aspect, attribute.aspectWeight])
        let aspectID = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT aspect_id FROM aspect WHERE entity_id = ? AND name = ?"),
            arguments: [entity, aspect])
        let memory = try attribute.memory.flatMap {
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT rowid FROM memory WHERE scope_id = ? AND id = ?"),
                arguments: [scopeID, $0])
        }
        try db.cachedStatement(
            sql: """
                INSERT INTO attribute (aspect_id, memory, kind, content, confidence, importance, status)
                SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS (
                    SELECT 1 FROM attribute WHERE aspect_id = ?1 AND memory IS ?2 AND kind = ?3 AND content = ?4)
                """
        ).execute(arguments: [
            aspectID, memory, attribute.kind, attribute.content, attribute.confidence, attribute.importance,
            attribute.status,
        ])
        return db.changesCount > 0
    }

    private static func write(_ db: Database, _ dependency: NewDependency, _ scopeID: Int64) throws -> Bool {
        let ends = [
            try entityID(db, dependency.source, scopeID), try entityID(db, dependency.target, scopeID),
        ]
        try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO dependency (source_id, target_id, kind, strength) VALUES (?, ?, ?, ?)"
        )
        .execute(arguments: [ends[0], ends[1], dependency.kind, dependency.strength])
        return db.changesCount > 0
    }

    private static func entityID(_ db: Database, _ mention: EntityMention, _ scopeID: Int64) throws -> Int64 {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO entity (scope_id, name, kind) VALUES (?, ?, ?)")
            .execute(arguments: [scopeID, mention.name, mention.kind])
        guard
            let id = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT entity_id FROM entity WHERE scope_id = ? AND name = ?"),
                arguments: [scopeID, mention.name])
        else { throw StoreError(.failed, "the entity \(mention.name) was not written") }
        return id
    }
}

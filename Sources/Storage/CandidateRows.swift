import GRDB

/// Everything the feature columns need of one memory, without its text.
package struct CandidateRow: Sendable, Equatable {
    package let rowid: Int64
    package let id: String
    package let type: String
    package let createdAtMilliseconds: Int64
    package let updatedAtMilliseconds: Int64
    package let lastAccessMilliseconds: Int64?
    package let accessCount: Int
    /// 0–1; nil = unknown.
    package let importance: Double?
    package let isPinned: Bool
    package let isConstraint: Bool
    package let validFromMilliseconds: Int64?
    package let validUntilMilliseconds: Int64?
    package let hasCaption: Bool
    package let traits: StoredTextTraits
    /// UTF-8 bytes of text and caption: what a token budget is spent on.
    package let byteCount: Int
    package let authorID: Int64?
    package let isForgotten: Bool

    // Place
    package let sessionID: Int64?
    /// 0 = first turn of its session.
    package let ordinal: Int?
    /// Turns of the session: its highest ordinal plus one.
    package let sessionTurns: Int?
    package let sessionStartedAtMilliseconds: Int64?
    package let sessionEndedAtMilliseconds: Int64?
    /// From the end of the session before (by start time, same scope) to the start of this one; may
    /// be negative where sessions overlap. nil = first session, or none.
    package let gapBeforeSessionMilliseconds: Int64?

    // Versions and vectors
    package let supersededBy: Int64?
    /// How many newer versions follow; 0 = current. Counted to 64.
    package let newerVersions: Int
    /// It has a vector of some model.
    package let isEmbedded: Bool

    // Graph
    /// The entities it names, first named first.
    package let entities: [CandidateEntity]
    /// Aspects plus active attributes of its first entity; 0 without one.
    package let structuralDensity: Int
}

package struct CandidateEntity: Sendable, Equatable {
    package let id: Int64
    package let name: String
    package let kind: String
    package let aspectID: Int64?
    package let aspect: String?
    /// 0–1; the aspect's weight, moved by feedback.
    package let aspectWeight: Double?
}

extension Store {
    /// The rows of `rowids`, in that order; unknown rowids and those of other scopes are left out.
    package func candidateRows(
        scope: Scope, rowids: [Int64]
    ) throws(StorageError) -> [CandidateRow] {
        try read("Reading candidates") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else { return [] }
            let reader = try CandidateReader(scopeID: scopeID, database: database)
            var gaps: [Int64: Int64?] = [:]
            return try rowids.compactMap { rowid in
                guard RowID.owner(of: rowid) == scopeID else { return nil }
                return try reader.row(rowid, gaps: &gaps)
            }
        }
    }

    /// The memory and its newer versions, oldest first: where the chain of supersession leads. Bounded
    /// to 64.
    package func supersessionChain(from rowid: Int64) throws(StorageError) -> [Int64] {
        try read("Following supersession") { database in
            let statement = try RawStatement(
                database, "SELECT superseded_by FROM memory WHERE memory_rowid = ?")
            return try Supersession.chain(from: rowid, statement)
        }
    }
}

enum Supersession {
    /// A chain longer than this, or a circle a damaged file might hold, ends here.
    static let limit = 64

    static func chain(from rowid: Int64, _ next: RawStatement) throws -> [Int64] {
        var chain = [rowid]
        while chain.count <= limit {
            defer { next.reset() }
            next.bind(chain.last!, at: 1)
            guard try next.step(), let newer = next.optionalInt64(0), !chain.contains(newer) else { break }
            chain.append(newer)
        }
        return chain
    }
}

private struct CandidateReader {
    private let scopeID: Int64
    private let memory: RawStatement
    private let newer: RawStatement
    private let entities: RawStatement
    private let previousSession: RawStatement

    init(scopeID: Int64, database: Database) throws {
        self.scopeID = scopeID
        memory = try RawStatement(
            database,
            """
            SELECT id, type, created_at, updated_at, last_access_at, access_count, importance, is_pinned,
                is_constraint, valid_from, valid_until, caption IS NOT NULL, token_count, asks_question,
                names_time, first_person_share, octet_length, author_id, forgotten_at IS NOT NULL,
                session_id, ordinal, next_ordinal, started_at, ended_at, superseded_by,
                EXISTS (SELECT 1 FROM vector_set JOIN embedding
                    ON embedding_rowid = vector_set_id << 40 | (memory_rowid & 1099511627775)
                    WHERE vector_set.scope_id = memory.scope_id),
                (SELECT (SELECT count(*) FROM aspect WHERE aspect.entity_id = first.entity_id)
                    + (SELECT count(*) FROM aspect JOIN attribute USING (aspect_id)
                        WHERE aspect.entity_id = first.entity_id AND status = 'active')
                    FROM memory_entity AS first
                    WHERE first.memory_rowid = memory.memory_rowid AND first.position = 0)
            FROM (SELECT *, length(CAST(text AS BLOB)) + ifnull(length(CAST(caption AS BLOB)), 0)
                AS octet_length FROM memory WHERE memory_rowid = ?) AS memory
                LEFT JOIN session USING (session_id)
            """)
        newer = try RawStatement(database, "SELECT superseded_by FROM memory WHERE memory_rowid = ?")
        entities = try RawStatement(
            database,
            """
            SELECT entity.entity_id, entity.name, kind, aspect_id, aspect.name, weight
            FROM memory_entity JOIN entity USING (entity_id) LEFT JOIN aspect USING (aspect_id)
            WHERE memory_rowid = ? ORDER BY position
            """)
        previousSession = try RawStatement(
            database,
            """
            SELECT ended_at FROM session WHERE scope_id = ? AND started_at < ?
            ORDER BY started_at DESC LIMIT 1
            """)
    }

    func row(_ rowid: Int64, gaps: inout [Int64: Int64?]) throws -> CandidateRow? {
        defer { memory.reset() }
        memory.bind(rowid, at: 1)
        guard try memory.step() else { return nil }
        let supersededBy = memory.optionalInt64(24)
        return CandidateRow(
            rowid: rowid,
            id: memory.text(0),
            type: memory.text(1),
            createdAtMilliseconds: memory.int64(2),
            updatedAtMilliseconds: memory.int64(3),
            lastAccessMilliseconds: memory.optionalInt64(4),
            accessCount: memory.int(5),
            importance: memory.optionalDouble(6),
            isPinned: memory.bool(7),
            isConstraint: memory.bool(8),
            validFromMilliseconds: memory.optionalInt64(9),
            validUntilMilliseconds: memory.optionalInt64(10),
            hasCaption: memory.bool(11),
            traits: StoredTextTraits(
                tokenCount: memory.int(12), asksQuestion: memory.bool(13), namesTime: memory.bool(14),
                firstPersonShare: Float(memory.double(15))),
            byteCount: memory.int(16),
            authorID: memory.optionalInt64(17),
            isForgotten: memory.bool(18),
            sessionID: memory.optionalInt64(19),
            ordinal: memory.optionalInt(20),
            sessionTurns: memory.optionalInt(21),
            sessionStartedAtMilliseconds: memory.optionalInt64(22),
            sessionEndedAtMilliseconds: memory.optionalInt64(23),
            gapBeforeSessionMilliseconds: try gap(
                session: memory.optionalInt64(19), startedAt: memory.int64(22), gaps: &gaps),
            supersededBy: supersededBy,
            newerVersions: supersededBy == nil
                ? 0 : min(try Supersession.chain(from: rowid, newer).count - 1, Supersession.limit),
            isEmbedded: memory.bool(25),
            entities: try entities(of: rowid),
            structuralDensity: memory.int(26))
    }

    private func entities(of rowid: Int64) throws -> [CandidateEntity] {
        defer { entities.reset() }
        entities.bind(rowid, at: 1)
        var all: [CandidateEntity] = []
        while try entities.step() {
            all.append(
                CandidateEntity(
                    id: entities.int64(0), name: entities.text(1), kind: entities.text(2),
                    aspectID: entities.optionalInt64(3), aspect: entities.optionalText(4),
                    aspectWeight: entities.optionalDouble(5)))
        }
        return all
    }

    private func gap(
        session: Int64?, startedAt: Int64, gaps: inout [Int64: Int64?]
    ) throws -> Int64? {
        guard let session else { return nil }
        if let known = gaps[session] { return known }
        defer { previousSession.reset() }
        previousSession.bind(scopeID, at: 1)
        previousSession.bind(startedAt, at: 2)
        let gap = try previousSession.step() ? startedAt - previousSession.int64(0) : nil
        gaps[session] = .some(gap)
        return gap
    }
}

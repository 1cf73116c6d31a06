import Foundation
import GRDB

/// One turn as it is logged: what was asked, who scored, and one row per candidate.
package struct TurnRecord: Sendable {
    package var retrievalID: String
    package var scope: Scope
    package var atMilliseconds: Int64
    package var query: String
    package var session: String?
    package var turnKey: String?
    package var actor: String?
    package var wanted: Int
    package var poolCount: Int
    package var scorers: [String]
    package var degraded: [String]
    package var partNames: [String]
    package var arm: String
    package var configuration: String
    package var temperature: Double?
    package var seed: UInt64?
    package var candidates: [TurnCandidate]
    /// Ids of the scorers that a gate weighed; empty = none did.
    package var weighed: [String] = []
    /// P(something relevant is among the candidates); nil = nobody said.
    package var confidence: Double?

    package init(
        retrievalID: String, scope: Scope, atMilliseconds: Int64, query: String, wanted: Int, poolCount: Int,
        scorers: [String],
        degraded: [String], partNames: [String], configuration: String, candidates: [TurnCandidate]
    ) {
        self.retrievalID = retrievalID
        self.scope = scope
        self.atMilliseconds = atMilliseconds
        self.query = query
        self.wanted = wanted
        self.poolCount = poolCount
        self.scorers = scorers
        self.degraded = degraded
        self.partNames = partNames
        arm = "control"
        self.configuration = configuration
        self.candidates = candidates
    }
}

package struct TurnCandidate: Sendable {
    package var rowid: Int64
    package var rank: Int
    package var position: Int?
    package var tier: Int?
    package var score: Float
    package var propensity: Double
    package var isDeterministic: Bool
    package var isPinned: Bool
    package var dropReason: String?
    package var sources: [String]
    /// In the order of the turn's part names; empty = not explained.
    package var parts: [Float]
    /// What each weighed scorer itself said, in the order of the turn's `weighed`; NaN = nothing.
    package var values: [Float] = []

    package init(
        rowid: Int64, rank: Int, position: Int?, tier: Int?, score: Float, propensity: Double,
        isDeterministic: Bool,
        isPinned: Bool, dropReason: String?, sources: [String], parts: [Float]
    ) {
        self.rowid = rowid
        self.rank = rank
        self.position = position
        self.tier = tier
        self.score = score
        self.propensity = propensity
        self.isDeterministic = isDeterministic
        self.isPinned = isPinned
        self.dropReason = dropReason
        self.sources = sources
        self.parts = parts
    }
}

extension Store {
    package func record(_ turn: TurnRecord) throws {
        try pool.write { db in
            let scopeID = try Self.ensureScopeID(db, turn.scope)
            try db.cachedStatement(
                sql: """
                    INSERT INTO turn (retrieval_id, scope_id, at_ms, query, session, turn_key, actor, wanted, pool, scorers, degraded,
                        part_names, arm, configuration, temperature, seed, weighed, confidence)
                    VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
                    """
            ).execute(arguments: [
                turn.retrievalID, scopeID, turn.atMilliseconds, turn.query, turn.session, turn.turnKey,
                turn.actor, turn.wanted,
                turn.poolCount, turn.scorers.joined(separator: "\n"), turn.degraded.joined(separator: "\n"),
                turn.partNames.joined(separator: "\n"), turn.arm, turn.configuration, turn.temperature,
                turn.seed.map { Int64(bitPattern: $0) }, turn.weighed.joined(separator: "\n"), turn.confidence,
            ])
            let turnID = db.lastInsertedRowID
            let statement = try db.cachedStatement(
                sql: """
                    INSERT INTO turn_candidate (turn_id, rank, memory, position, tier, score, propensity, is_deterministic, is_pinned,
                        drop_reason, sources, parts, scorer_values) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)
                    """)
            for c in turn.candidates {
                try statement.execute(arguments: [
                    turnID, c.rank, c.rowid, c.position, c.tier, Double(c.score), c.propensity,
                    c.isDeterministic, c.isPinned,
                    c.dropReason, c.sources.joined(separator: ","),
                    c.parts.isEmpty ? nil : c.parts.withUnsafeBytes { Data($0) },
                    c.values.isEmpty ? nil : c.values.withUnsafeBytes { Data($0) },
                ])
            }
        }
    }

    /// A logged turn, candidates by rank; nil = no such retrieval id.
    package func turn(_ retrievalID: String) throws -> TurnRecord? {
        try pool.read { db in
            guard
                let row = try Row.fetchOne(
                    db,
                    sql:
                        "SELECT t.*, s.user, s.agent FROM turn t JOIN scope s USING (scope_id) WHERE retrieval_id = ?",
                    arguments: [retrievalID])
            else { return nil }
            let turnID: Int64 = row["turn_id"]
            let candidates = try Row.fetchAll(
                db, sql: "SELECT * FROM turn_candidate WHERE turn_id = ? ORDER BY rank", arguments: [turnID]
            ).map { c in
                var candidate = TurnCandidate(
                    rowid: c["memory"], rank: c["rank"], position: c["position"], tier: c["tier"],
                    score: Float(c["score"] as Double),
                    propensity: c["propensity"], isDeterministic: c["is_deterministic"],
                    isPinned: c["is_pinned"],
                    dropReason: c["drop_reason"], sources: Self.split(c["sources"], ","),
                    parts: Self.floats(c["parts"]))
                candidate.values = Self.floats(c["scorer_values"])
                return candidate
            }
            var turn = TurnRecord(
                retrievalID: retrievalID, scope: Scope(user: row["user"], agent: row["agent"]),
                atMilliseconds: row["at_ms"],
                query: row["query"], wanted: row["wanted"], poolCount: row["pool"],
                scorers: Self.split(row["scorers"], "\n"),
                degraded: Self.split(row["degraded"], "\n"), partNames: Self.split(row["part_names"], "\n"),
                configuration: row["configuration"], candidates: candidates)
            turn.session = row["session"]
            turn.actor = row["actor"]
            turn.temperature = row["temperature"]
            turn.weighed = Self.split(row["weighed"], "\n")
            turn.confidence = row["confidence"]
            return turn
        }
    }

    static func floats(_ data: Data?) -> [Float] {
        data?.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) } ?? []
    }

    static func split(_ text: String, _ separator: Character) -> [String] {
        text.split(separator: separator).map(String.init)
    }

    /// Writes what became of shown memories: (memory id, kind, value). Repeating a rating replaces it. `referenced`
    /// and `hit` count as accesses and keep the question that led there.
    package func recordFeedback(
        _ items: [(id: String, kind: String, value: Double)], retrievalID: String, atMilliseconds: Int64
    ) throws -> Int {
        try pool.write { db in
            guard
                let turn = try Row.fetchOne(
                    db, sql: "SELECT turn_id, scope_id, query, actor FROM turn WHERE retrieval_id = ?",
                    arguments: [retrievalID])
            else {
                throw StoreError(
                    .notFound, "no turn with retrieval_id \(retrievalID): use the one that search returned")
            }
            let turnID: Int64 = turn["turn_id"]
            let scopeID: Int64 = turn["scope_id"]
            var written = 0
            for item in items {
                guard
                    let rowid = try Int64.fetchOne(
                        db, sql: "SELECT rowid FROM memory WHERE scope_id = ? AND id = ?",
                        arguments: [scopeID, item.id]),
                    try Bool.fetchOne(
                        db,
                        sql: "SELECT EXISTS (SELECT 1 FROM turn_candidate WHERE turn_id = ? AND memory = ?)",
                        arguments: [turnID, rowid]) == true
                else {
                    throw StoreError(
                        .notFound,
                        "memory \(item.id) was not a candidate of turn \(retrievalID); nothing of this call was written"
                    )
                }
                let known = try Double.fetchOne(
                    db, sql: "SELECT value FROM feedback WHERE turn_id = ? AND memory = ? AND kind = ?",
                    arguments: [turnID, rowid, item.kind])
                try db.execute(
                    sql:
                        "INSERT OR REPLACE INTO feedback (turn_id, memory, kind, value, at_ms) VALUES (?,?,?,?,?)",
                    arguments: [turnID, rowid, item.kind, item.value, atMilliseconds])
                if known == nil {
                    try Self.apply(db, item.kind, rowid, turn["query"], turn["actor"], atMilliseconds)
                }
                written += known == item.value ? 0 : 1
            }
            return written
        }
    }

    private static func apply(
        _ db: Database, _ kind: String, _ rowid: Int64, _ query: String, _ actor: String?, _ now: Int64
    ) throws {
        switch kind {
        case "referenced", "hit":
            try db.execute(
                sql: "UPDATE memory SET access_count = access_count + 1, last_access_ms = ? WHERE rowid = ?",
                arguments: [now, rowid])
            try db.execute(
                sql: "INSERT INTO access (memory, at_ms, actor, query) VALUES (?,?,?,?)",
                arguments: [rowid, now, actor, query])
        case "pin":
            try db.execute(sql: "UPDATE memory SET is_pinned = 1 WHERE rowid = ?", arguments: [rowid])
        case "forget":
            try db.execute(
                sql: "UPDATE memory SET forgotten_ms = ? WHERE rowid = ? AND forgotten_ms IS NULL",
                arguments: [now, rowid])
        case "undone":
            try db.execute(
                sql: "UPDATE memory SET forgotten_ms = NULL WHERE rowid = ? AND forgotten_ms IS NOT NULL",
                arguments: [rowid])
        default:
            break
        }
    }

    /// Memories of all scopes.
    package func allMemories() throws -> Int {
        try pool.read { db in try Int.fetchOne(db, sql: "SELECT ifnull(sum(documents), 0) FROM scope") ?? 0 }
    }

    /// Numbers for `status` and `doctor`.
    package func counts(scope: Scope) throws -> (
        memories: Int, sessions: Int, events: Int, turns: Int, embeddings: [String: Int]
    ) {
        try pool.read { db in
            guard let scopeID = try Self.scopeID(db, scope) else { return (0, 0, 0, 0, [:]) }
            func count(_ table: String) throws -> Int {
                try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM \(table) WHERE scope_id = ?", arguments: [scopeID]) ?? 0
            }
            let range = Scope.rowids(scopeID)
            let vectors = try Row.fetchAll(
                db,
                sql:
                    "SELECT o.name, count(*) FROM embedding v JOIN model o USING (model_id) WHERE v.memory BETWEEN ? AND ? GROUP BY 1",
                arguments: [range.lowerBound, range.upperBound])
            let memories =
                try Int.fetchOne(
                    db, sql: "SELECT documents FROM scope WHERE scope_id = ?", arguments: [scopeID]) ?? 0
            return (
                memories, try count("session"), try count("event"), try count("turn"),
                Dictionary(uniqueKeysWithValues: vectors.map { ($0[0] as String, $0[1] as Int) })
            )
        }
    }
}

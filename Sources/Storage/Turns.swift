import Foundation
import GRDB

extension Store {
    /// Writes one turn with all its candidates, in one transaction.
    ///
    /// - Parameter countsAsAccess: The injected memories were used: their access count and time move.
    ///   Off for evaluation and replay.
    /// - Throws: `idTaken` where the retrieval id stands there already; `invalidValue`.
    package func recordTurn(
        _ turn: TurnRecord, scope: Scope, countsAsAccess: Bool = true
    ) throws(StorageError) {
        let ranks = Set(turn.candidates.map(\.rank))
        guard ranks.count == turn.candidates.count else {
            throw StorageError(.invalidValue, "Two candidates of turn \(turn.retrievalID) share a rank.")
        }
        for candidate in turn.candidates
        where candidate.contributions.count != turn.contributionNames.count {
            throw StorageError(
                .invalidValue,
                "Candidate \(candidate.id) of turn \(turn.retrievalID) has "
                    + "\(candidate.contributions.count) contributions for \(turn.contributionNames.count) names.")
        }
        try write("Recording the turn \(turn.retrievalID)") { database in
            let scopeID = try ScopeTable.findOrCreate(scope, database)
            for candidate in turn.candidates {
                if let rowid = candidate.rowid, RowID.owner(of: rowid) != scopeID {
                    throw StorageError(
                        .invalidValue, "Candidate \(candidate.id) is a memory of another scope.")
                }
            }
            let turnID = try Self.insertHead(turn, scopeID: scopeID, database)
            try Self.insertCandidates(turn, turnID: turnID, database)
            guard countsAsAccess else { return }
            let access = try RawStatement(
                database,
                """
                UPDATE memory SET access_count = access_count + 1,
                    last_access_at = max(ifnull(last_access_at, ?2), ?2) WHERE memory_rowid = ?1
                """)
            for candidate in turn.candidates where candidate.injected {
                guard let rowid = candidate.rowid else { continue }
                access.bind(rowid, at: 1)
                access.bind(turn.atMilliseconds, at: 2)
                try access.run()
            }
        }
    }

    private static func insertHead(
        _ turn: TurnRecord, scopeID: Int64, _ database: Database
    ) throws -> Int64 {
        let taken = try RawStatement(database, "SELECT 1 FROM turn WHERE retrieval_id = ?")
        defer { taken.reset() }
        taken.bind(turn.retrievalID, at: 1)
        if try taken.step() {
            throw StorageError(.idTaken, "The retrieval id \(turn.retrievalID) stands for another turn.")
        }
        let head = try RawStatement(
            database,
            """
            INSERT INTO turn (scope_id, retrieval_id, session, at, query, arm, scorer_versions,
                configuration_hash, contribution_names, seed, temperature, requested, token_budget,
                latency_ns, degraded, details)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        head.bind(scopeID, at: 1)
        head.bind(turn.retrievalID, at: 2)
        head.bind(turn.session, at: 3)
        head.bind(turn.atMilliseconds, at: 4)
        head.bind(turn.query, at: 5)
        head.bind(turn.arm, at: 6)
        head.bind(try JSON.text(turn.scorerVersions), at: 7)
        head.bind(turn.configurationHash, at: 8)
        head.bind(try JSON.text(turn.contributionNames), at: 9)
        head.bind(Int64(bitPattern: turn.seed), at: 10)
        head.bind(turn.temperature, at: 11)
        head.bind(turn.requested, at: 12)
        head.bind(turn.tokenBudget, at: 13)
        head.bind(turn.latencyNanoseconds, at: 14)
        head.bind(turn.degraded, at: 15)
        head.bind(turn.details, at: 16)
        try head.run()
        return database.lastInsertedRowID
    }

    private static func insertCandidates(
        _ turn: TurnRecord, turnID: Int64, _ database: Database
    ) throws {
        let row = try RawStatement(
            database,
            """
            INSERT INTO turn_candidate (turn_id, rank, memory_rowid, external_id, position, score,
                contributions, propensity, is_deterministic, is_pinned, injected, drop_reason)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        for candidate in turn.candidates {
            row.bind(turnID, at: 1)
            row.bind(candidate.rank, at: 2)
            row.bind(candidate.rowid, at: 3)
            row.bind(candidate.rowid == nil ? candidate.id : nil, at: 4)
            row.bind(candidate.position, at: 5)
            row.bind(Double(candidate.score), at: 6)
            candidate.contributions.withUnsafeBytes { bytes in
                if bytes.isEmpty { row.bindEmptyBytes(at: 7) } else { row.bind(bytes: bytes, at: 7) }
            }
            row.bind(candidate.propensity, at: 8)
            row.bind(candidate.isDeterministic, at: 9)
            row.bind(candidate.isPinned, at: 10)
            row.bind(candidate.injected, at: 11)
            row.bind(candidate.dropReason, at: 12)
            try row.run()
        }
    }

    /// The turn behind a retrieval id, for `explain`; nil where there is none in this scope.
    /// Candidates by rank.
    package func turn(scope: Scope, retrievalID: String) throws(StorageError) -> TurnRecord? {
        try read("Reading the turn \(retrievalID)") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else { return nil }
            let head = try RawStatement(
                database,
                """
                SELECT turn_id, session, at, query, arm, scorer_versions, configuration_hash,
                    contribution_names, seed, temperature, requested, token_budget, latency_ns, degraded,
                    details
                FROM turn WHERE retrieval_id = ? AND scope_id = ?
                """)
            defer { head.reset() }
            head.bind(retrievalID, at: 1)
            head.bind(scopeID, at: 2)
            guard try head.step() else { return nil }
            return TurnRecord(
                retrievalID: retrievalID, session: head.optionalText(1), atMilliseconds: head.int64(2),
                query: head.text(3), arm: head.text(4),
                scorerVersions: try JSON.value([String: String].self, head.text(5)),
                configurationHash: head.text(6),
                contributionNames: try JSON.value([String].self, head.text(7)),
                seed: UInt64(bitPattern: head.int64(8)), temperature: head.double(9),
                requested: head.int(10), tokenBudget: head.optionalInt(11),
                latencyNanoseconds: head.int64(12), degraded: head.optionalText(13),
                details: head.optionalText(14),
                candidates: try Self.candidates(turnID: head.int64(0), database))
        }
    }

    private static func candidates(turnID: Int64, _ database: Database) throws -> [TurnCandidate] {
        let row = try RawStatement(
            database,
            """
            SELECT memory_rowid, ifnull(external_id, ifnull(memory.id, '')), rank, position, score,
                contributions, propensity, is_deterministic, turn_candidate.is_pinned, injected, drop_reason
            FROM turn_candidate LEFT JOIN memory USING (memory_rowid) WHERE turn_id = ? ORDER BY rank
            """)
        defer { row.reset() }
        row.bind(turnID, at: 1)
        var candidates: [TurnCandidate] = []
        while try row.step() {
            let bytes = row.bytes(5)
            candidates.append(
                TurnCandidate(
                    rowid: row.optionalInt64(0), id: row.text(1), rank: row.int(2),
                    position: row.optionalInt(3), score: Float(row.double(4)),
                    contributions: (0..<bytes.count / 4).map {
                        bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
                    },
                    propensity: row.optionalDouble(6), isDeterministic: row.bool(7),
                    isPinned: row.bool(8), injected: row.bool(9), dropReason: row.optionalText(10)))
        }
        return candidates
    }

    /// Retrieval ids of a scope, newest first.
    package func recentTurns(scope: Scope, limit: Int) throws(StorageError) -> [String] {
        try read("Listing turns") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else { return [] }
            return try String.fetchAll(
                database,
                sql: "SELECT retrieval_id FROM turn WHERE scope_id = ? ORDER BY at DESC, turn_id DESC LIMIT ?",
                arguments: [scopeID, max(0, limit)])
        }
    }
}

/// Small JSON columns.
enum JSON {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}

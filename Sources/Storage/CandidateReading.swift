import Foundation
import GRDB

/// All that a turn needs of a stored memory but its text.
package struct CandidateRow: Sendable {
    package var rowid: Int64
    package var id: String
    package var createdAtMilliseconds: Int64
    package var lastAccessMilliseconds: Int64?
    package var accessCount: Int
    package var importance: Double?
    package var isPinned: Bool
    package var isConstraint: Bool
    package var validFromMilliseconds: Int64?
    package var validUntilMilliseconds: Int64?
    package var sessionID: Int64?
    package var ordinal: Int?
    package var authorID: Int64?
    package var supersededBy: String?
    package var traits: StoredTextTraits
    package var hasCaption: Bool
    package var isEmbedded: Bool
    package var entity: String?
    package var aspect: String?
    /// UTF-8 bytes of text and caption.
    package var textBytes: Int
}

/// One turn of a session, for context credit.
package struct ContextRow: Sendable {
    package var rowid: Int64
    package var sessionID: Int64
    package var ordinal: Int
    package var authorID: Int64
    package var asksQuestion: Bool
}

extension Store {
    /// Candidates by rowid, in the order given; forgotten and unknown ones are left out.
    package func candidates(_ rowids: [Int64]) throws -> [CandidateRow] {
        try pool.read { db in
            var found: [Int64: CandidateRow] = [:]
            for chunk in rowids.chunked(500) {
                let sql = """
                    SELECT rowid, id, created_ms, last_access_ms, access_count, importance, is_pinned, is_constraint, valid_from_ms,
                        valid_until_ms, session_id, ordinal, author_id, superseded_by, token_count, asks_question, names_time,
                        first_person_share, caption IS NOT NULL, EXISTS (SELECT 1 FROM model CROSS JOIN embedding AS v USING (model_id) WHERE v.memory = memory.rowid), entity, aspect,
                        length(CAST(text AS BLOB)) + ifnull(length(CAST(caption AS BLOB)), 0)
                    FROM memory WHERE rowid IN (\(Self.list(chunk))) AND forgotten_ms IS NULL
                    """
                let cursor = try Row.fetchCursor(db, sql: sql)
                while let row = try cursor.next() {
                    let candidate = CandidateRow(
                        rowid: row[0], id: row[1], createdAtMilliseconds: row[2],
                        lastAccessMilliseconds: row[3], accessCount: row[4],
                        importance: row[5], isPinned: row[6], isConstraint: row[7],
                        validFromMilliseconds: row[8],
                        validUntilMilliseconds: row[9], sessionID: row[10], ordinal: row[11],
                        authorID: row[12], supersededBy: row[13],
                        traits: StoredTextTraits(
                            tokenCount: row[14], asksQuestion: row[15], namesTime: row[16],
                            firstPersonShare: row[17]),
                        hasCaption: row[18], isEmbedded: row[19], entity: row[20], aspect: row[21],
                        textBytes: row[22])
                    found[candidate.rowid] = candidate
                }
            }
            return rowids.compactMap { found[$0] }
        }
    }

    /// The sessions that the memories belong to, each once.
    package func sessions(of rowids: [Int64]) throws -> [Int64] {
        if rowids.isEmpty { return [] }
        return try pool.read { db in
            try Int64.fetchAll(
                db,
                sql:
                    "SELECT DISTINCT session_id FROM memory WHERE rowid IN (\(Self.list(rowids))) AND session_id IS NOT NULL AND forgotten_ms IS NULL"
            )
        }
    }

    /// Sessions that were under way in a time, the latest first.
    package func sessions(fromMilliseconds: Int64, toMilliseconds: Int64, limit: Int, scope: Scope) throws
        -> [Int64]
    {
        try pool.read { db in
            guard let scopeID = try Self.scopeID(db, scope) else { return [] }
            return try Int64.fetchAll(
                db.cachedStatement(
                    sql:
                        "SELECT session_id FROM session WHERE scope_id = ? AND last_ms >= ? AND first_ms <= ? ORDER BY first_ms DESC LIMIT ?"
                ),
                arguments: [scopeID, fromMilliseconds, toMilliseconds, limit])
        }
    }

    /// When each session began.
    package func beginnings(ofSessions sessions: [Int64]) throws -> [Int64: Int64] {
        try pool.read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT session_id, first_ms FROM session WHERE session_id IN (\(Self.list(sessions)))")
            var found: [Int64: Int64] = [:]
            while let row = try rows.next() { found[row[0]] = row[1] }
            return found
        }
    }

    /// Tokens of every turn of the sessions, by rowid.
    package func tokenCounts(sessions: [Int64]) throws -> [Int64: Int] {
        try pool.read { db in
            var result: [Int64: Int] = [:]
            let statement = try db.cachedStatement(
                sql:
                    "SELECT rowid, token_count FROM memory WHERE session_id = ? AND forgotten_ms IS NULL LIMIT 5000"
            )
            for session in sessions {
                let cursor = try Row.fetchCursor(statement, arguments: [session])
                while let row = try cursor.next() { result[row[0]] = row[1] }
            }
            return result
        }
    }

    /// Every turn of the sessions, ordered by (session, ordinal); at most 5,000 turns of one session.
    package func contextRows(sessions: [Int64]) throws -> [ContextRow] {
        try pool.read { db in
            var result: [ContextRow] = []
            let statement = try db.cachedStatement(
                sql: """
                    SELECT rowid, session_id, ordinal, author_id, asks_question FROM memory
                    WHERE session_id = ? AND forgotten_ms IS NULL ORDER BY ordinal LIMIT 5000
                    """)
            for session in sessions.sorted() {
                let cursor = try Row.fetchCursor(statement, arguments: [session])
                while let row = try cursor.next() {
                    result.append(
                        ContextRow(
                            rowid: row[0], sessionID: row[1], ordinal: row[2] ?? 0, authorID: row[3] ?? -1,
                            asksQuestion: row[4]))
                }
            }
            return result
        }
    }

    package func authors(scope: Scope) throws -> [(id: Int64, name: String)] {
        try pool.read { db in
            guard let scopeID = try Self.scopeID(db, scope) else { return [] }
            return try Row.fetchAll(
                db.cachedStatement(sql: "SELECT author_id, name FROM author WHERE scope_id = ?"),
                arguments: [scopeID]
            ).map { (id: $0[0], name: $0[1]) }
        }
    }

    /// The newest memories that existed at `before`.
    package func recent(_ limit: Int, beforeMilliseconds: Int64, scope: Scope) throws -> [Int64] {
        try rowids(
            "SELECT rowid FROM memory WHERE scope_id = ? AND forgotten_ms IS NULL AND created_ms <= ? ORDER BY created_ms DESC, rowid DESC LIMIT ?",
            scope
        ) { [$0, beforeMilliseconds, limit] }
    }

    package func pinned(_ limit: Int, scope: Scope) throws -> [Int64] {
        try rowids(
            "SELECT rowid FROM memory WHERE scope_id = ? AND is_pinned AND forgotten_ms IS NULL LIMIT ?",
            scope
        ) { [$0, limit] }
    }

    package func rowids(ids: [String], scope: Scope) throws -> [Int64] {
        try pool.read { db in
            guard let scopeID = try Self.scopeID(db, scope) else { return [] }
            let statement = try db.cachedStatement(
                sql: "SELECT rowid FROM memory WHERE scope_id = ? AND id = ?")
            return try ids.compactMap { try Int64.fetchOne(statement, arguments: [scopeID, $0]) }
        }
    }

    /// Text, caption and author by rowid.
    package func texts(_ rowids: [Int64]) throws -> [Int64: (text: String, caption: String?, author: String?)]
    {
        try pool.read { db in
            var result: [Int64: (text: String, caption: String?, author: String?)] = [:]
            for chunk in rowids.chunked(500) {
                let cursor = try Row.fetchCursor(
                    db,
                    sql:
                        "SELECT rowid, text, caption, author FROM memory WHERE rowid IN (\(Self.list(chunk)))"
                )
                while let row = try cursor.next() {
                    result[row[0]] = (text: row[1], caption: row[2], author: row[3])
                }
            }
            return result
        }
    }

    /// When the last session before `before` ended.
    package func lastSessionEnd(beforeMilliseconds: Int64, scope: Scope) throws -> Int64? {
        try pool.read { db in
            guard let scopeID = try Self.scopeID(db, scope) else { return nil }
            return try Int64.fetchOne(
                db, sql: "SELECT max(last_ms) FROM session WHERE scope_id = ? AND last_ms <= ?",
                arguments: [scopeID, beforeMilliseconds])
        }
    }

    private func rowids(_ sql: String, _ scope: Scope, _ arguments: (Int64) -> StatementArguments) throws
        -> [Int64]
    {
        try pool.read { db in
            guard let scopeID = try Self.scopeID(db, scope) else { return [] }
            return try Int64.fetchAll(db.cachedStatement(sql: sql), arguments: arguments(scopeID))
        }
    }

    /// Integers of our own only: nothing to escape.
    static func list(_ rowids: some Sequence<Int64>) -> String {
        rowids.map(String.init).joined(separator: ",")
    }
}

extension Array {
    func chunked(_ size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}

import GRDB

/// One access of a memory, as feedback told it.
package struct PastAccess: Sendable {
    package var rowid: Int64
    package var atMilliseconds: Int64
    package var actor: String?
    /// The question that led there.
    package var query: String
}

extension Store {
    /// The newest accesses of the given memories before an instant, newest first; at most `limit` in all.
    package func accesses(of rowids: [Int64], beforeMilliseconds: Int64, limit: Int) throws -> [PastAccess] {
        try pool.read { db in
            // Stores without feedback are the rule for newcomers: one look spares them the rest.
            guard try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM access)") == true else {
                return []
            }
            var found: [PastAccess] = []
            for chunk in rowids.chunked(500) {
                let rows = try Row.fetchCursor(
                    db,
                    sql:
                        "SELECT memory, at_ms, actor, query FROM access WHERE memory IN (\(Self.list(chunk))) AND at_ms < ? ORDER BY at_ms DESC LIMIT ?",
                    arguments: [beforeMilliseconds, limit])
                while let row = try rows.next() {
                    found.append(
                        PastAccess(rowid: row[0], atMilliseconds: row[1], actor: row[2], query: row[3]))
                }
            }
            found.sort { ($0.atMilliseconds, $0.rowid) > ($1.atMilliseconds, $1.rowid) }
            return Array(found.prefix(limit))
        }
    }

    /// What an actor accessed last, newest first, each memory once.
    package func lastAccessed(by actor: String, beforeMilliseconds: Int64, limit: Int, scope: Scope) throws
        -> [Int64]
    {
        try pool.read { db in
            guard let scopeID = try Self.scopeID(db, scope) else { return [] }
            let range = Scope.rowids(scopeID)
            return try Int64.fetchAll(
                db,
                sql: """
                    SELECT memory FROM access WHERE actor = ? AND at_ms < ? AND memory BETWEEN ? AND ?
                    GROUP BY memory ORDER BY max(at_ms) DESC LIMIT ?
                    """, arguments: [actor, beforeMilliseconds, range.lowerBound, range.upperBound, limit])
        }
    }

    /// How often two memories were accessed in answer to the same question: (memory, memory) → times.
    package func coAccesses(of rowids: [Int64], with others: [Int64], beforeMilliseconds: Int64) throws
        -> [Int64: [Int64: Int]]
    {
        if rowids.isEmpty || others.isEmpty { return [:] }
        return try pool.read { db in
            var found: [Int64: [Int64: Int]] = [:]
            for chunk in rowids.chunked(500) {
                let rows = try Row.fetchCursor(
                    db,
                    sql: """
                        SELECT a.memory, b.memory, count(*) FROM access b JOIN access a ON a.query = b.query AND a.actor IS b.actor
                        WHERE b.memory IN (\(Self.list(others))) AND a.memory IN (\(Self.list(chunk))) AND a.memory <> b.memory
                            AND a.at_ms < ?1 AND b.at_ms < ?1 GROUP BY 1, 2
                        """, arguments: [beforeMilliseconds])
                while let row = try rows.next() { found[row[0], default: [:]][row[1]] = row[2] }
            }
            return found
        }
    }
}

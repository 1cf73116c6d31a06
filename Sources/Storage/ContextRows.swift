import GRDB

/// Who said what where, in the sessions around a set of memories: what context credit is made of.
///
/// Struct of arrays, ordered by session, then ordinal, then rowid.
package struct ContextRows: Sendable, Equatable {
    package internal(set) var sessionIDs: [Int64] = []
    package internal(set) var ordinals: [Int32] = []
    /// 0 = no author known.
    package internal(set) var authorIDs: [Int64] = []
    package internal(set) var asksQuestion: [Bool] = []
    package internal(set) var rowids: [Int64] = []

    package var count: Int { rowids.count }
}

/// An author of a scope; how a question that names one finds that author's memories.
package struct Author: Sendable, Equatable {
    package let id: Int64
    package let name: String
}

extension Store {
    /// A longer session is cut: the first rows by ordinal are returned.
    package static let contextRowsPerSession = 5_000

    /// All memories of the sessions in which `rowids` were said, from the covering index alone: no
    /// text is touched. Memories without a session have no context and no row here.
    package func contextRows(
        scope: Scope, sessionsOf rowids: [Int64]
    ) throws(StorageError) -> ContextRows {
        try read("Reading the sessions around the matches") { database in
            var context = ContextRows()
            guard let scopeID = try ScopeTable.find(scope, database) else { return context }
            for session in try Self.sessions(of: rowids, scopeID: scopeID, database) {
                let rows = try RawStatement(
                    database,
                    """
                    SELECT ordinal, author_id, asks_question, memory_rowid FROM memory
                    INDEXED BY memory_by_session
                    WHERE session_id = ? AND forgotten_at IS NULL ORDER BY ordinal LIMIT ?
                    """)
                defer { rows.reset() }
                rows.bind(session, at: 1)
                rows.bind(Self.contextRowsPerSession, at: 2)
                let start = context.count
                while try rows.step() {
                    context.sessionIDs.append(session)
                    context.ordinals.append(Int32(clamping: rows.int64(0)))
                    context.authorIDs.append(rows.int64(1))
                    context.asksQuestion.append(rows.bool(2))
                    context.rowids.append(rows.int64(3))
                }
                context.orderEqualOrdinals(from: start)
            }
            return context
        }
    }

    private static func sessions(
        of rowids: [Int64], scopeID: Int64, _ database: Database
    ) throws -> [Int64] {
        var sessions: Swift.Set<Int64> = []
        let statement = try RawStatement(
            database, "SELECT session_id FROM memory WHERE memory_rowid = ?")
        for rowid in rowids where RowID.owner(of: rowid) == scopeID {
            statement.bind(rowid, at: 1)
            if try statement.step(), let session = statement.optionalInt64(0) { sessions.insert(session) }
            statement.reset()
        }
        return sessions.sorted()
    }

    /// The authors of a scope, by first appearance.
    package func authors(scope: Scope) throws(StorageError) -> [Author] {
        try read("Listing the authors") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else { return [] }
            let statement = try RawStatement(
                database, "SELECT author_id, name FROM author WHERE scope_id = ? ORDER BY author_id")
            defer { statement.reset() }
            statement.bind(scopeID, at: 1)
            var authors: [Author] = []
            while try statement.step() {
                authors.append(Author(id: statement.int64(0), name: statement.text(1)))
            }
            return authors
        }
    }

    /// The newest memories of a scope, by creation time; superseded ones among them.
    package func recent(scope: Scope, limit: Int) throws(StorageError) -> [Int64] {
        try read("Reading the newest memories") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else { return [] }
            let statement = try RawStatement(
                database,
                """
                SELECT memory_rowid FROM memory WHERE scope_id = ? AND forgotten_at IS NULL
                ORDER BY created_at DESC, memory_rowid DESC LIMIT ?
                """)
            defer { statement.reset() }
            statement.bind(scopeID, at: 1)
            statement.bind(max(0, limit), at: 2)
            var rowids: [Int64] = []
            while try statement.step() { rowids.append(statement.int64(0)) }
            return rowids
        }
    }
}

extension ContextRows {
    /// The index orders equal ordinals by author; here they stand in the order they were written.
    fileprivate mutating func orderEqualOrdinals(from start: Int) {
        let isOrdered = (start..<count).dropFirst().allSatisfy {
            ordinals[$0] != ordinals[$0 - 1] || rowids[$0] > rowids[$0 - 1]
        }
        guard !isOrdered else { return }
        let order = (start..<count).sorted {
            (ordinals[$0], rowids[$0]) < (ordinals[$1], rowids[$1])
        }
        let copy = self
        for (offset, source) in order.enumerated() {
            ordinals[start + offset] = copy.ordinals[source]
            authorIDs[start + offset] = copy.authorIDs[source]
            asksQuestion[start + offset] = copy.asksQuestion[source]
            rowids[start + offset] = copy.rowids[source]
        }
    }
}

import GRDB

/// The integer behind a scope's two names.
enum ScopeTable {
    static func find(_ scope: Scope, _ database: Database) throws -> Int64? {
        let statement = try RawStatement(
            database, "SELECT scope_id FROM scope WHERE user = ? AND agent = ?")
        defer { statement.reset() }
        statement.bind(scope.user, at: 1)
        statement.bind(scope.agent, at: 2)
        return try statement.step() ? statement.int64(0) : nil
    }

    static func findOrCreate(_ scope: Scope, _ database: Database) throws -> Int64 {
        if let id = try find(scope, database) { return id }
        let statement = try RawStatement(database, "INSERT INTO scope (user, agent) VALUES (?, ?)")
        statement.bind(scope.user, at: 1)
        statement.bind(scope.agent, at: 2)
        try statement.run()
        return database.lastInsertedRowID
    }
}

/// What ranking needs to know of a whole scope.
package struct ScopeStatistics: Sendable, Equatable {
    /// Memories that are not forgotten.
    package var documents: Int
    /// Their tokens, text and caption.
    package var tokens: Int
    /// The tokens of their authors' names: FTS5 alone counts them as text.
    package var authorTokens: Int

    package var averageLength: Double { documents > 0 ? Double(tokens) / Double(documents) : 0 }

    static let empty = ScopeStatistics(documents: 0, tokens: 0, authorTokens: 0)

    static func read(_ scopeID: Int64, _ database: Database) throws -> ScopeStatistics {
        let statement = try RawStatement(
            database, "SELECT documents, tokens, author_tokens FROM scope_statistics WHERE scope_id = ?")
        defer { statement.reset() }
        statement.bind(scopeID, at: 1)
        guard try statement.step() else { return .empty }
        return ScopeStatistics(
            documents: statement.int(0), tokens: statement.int(1), authorTokens: statement.int(2))
    }
}

extension Store {
    /// Every scope that holds or held memories, with its counts; by user, then agent.
    package func scopes() throws(StorageError) -> [(scope: Scope, statistics: ScopeStatistics)] {
        try read("Listing the scopes") { database in
            let statement = try RawStatement(
                database,
                "SELECT user, agent, documents, tokens, author_tokens "
                    + "FROM scope JOIN scope_statistics USING (scope_id) ORDER BY user, agent")
            defer { statement.reset() }
            var all: [(scope: Scope, statistics: ScopeStatistics)] = []
            while try statement.step() {
                all.append(
                    (
                        Scope(user: statement.text(0), agent: statement.text(1)),
                        ScopeStatistics(
                            documents: statement.int(2), tokens: statement.int(3),
                            authorTokens: statement.int(4))
                    ))
            }
            return all
        }
    }

    package func statistics(scope: Scope) throws(StorageError) -> ScopeStatistics {
        try read("Reading the scope's statistics") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else { return .empty }
            return try ScopeStatistics.read(scopeID, database)
        }
    }
}

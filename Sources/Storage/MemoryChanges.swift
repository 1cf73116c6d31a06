import GRDB

/// What `update` changes; nil = left as it is.
package struct MemoryChange: Sendable, Equatable {
    /// A new text with its traits, which count the caption's tokens too.
    package var text: (text: String, traits: StoredTextTraits)? {
        get { newText.map { ($0, newTraits!) } }
        set { (newText, newTraits) = (newValue?.text, newValue?.traits) }
    }
    private var newText: String?
    private var newTraits: StoredTextTraits?
    /// A new caption, or `.some(nil)` for none; only together with `text`, whose traits know of both.
    package var caption: String??
    package var type: String?
    /// `.some(nil)` = unknown again.
    package var importance: Double??
    package var isPinned: Bool?
    package var isConstraint: Bool?
    package var validFromMilliseconds: Int64??
    package var validUntilMilliseconds: Int64??
    /// Id of the memory that replaces this one; `.some(nil)` = it is current again.
    package var supersededBy: String??
    package var metadata: String??

    package init() {}
}

extension Store {
    /// Changes one memory. Its id stays, its content hash too: importing the old text again still
    /// finds it. A new text takes its old vectors away, which no longer speak of it.
    ///
    /// - Throws: `notFound`, `invalidValue`.
    package func update(
        scope: Scope, id: String, _ change: MemoryChange, nowMilliseconds: Int64
    ) throws(StorageError) {
        if let (text, _) = change.text, text.allSatisfy(\.isWhitespace) {
            throw StorageError(.invalidValue, "The new text of \(id) is empty; `forget` removes a memory.")
        }
        if change.caption != nil, change.text == nil {
            throw StorageError(.invalidValue, "The caption of \(id) can only be changed with its text.")
        }
        if case .some(.some(let importance)) = change.importance {
            try Validation.check(importance: importance)
        }
        try write("Changing the memory \(id)") { database in
            let rowid = try Self.existing(id, scope: scope, database)
            var columns = ["updated_at = ?"]
            var arguments: StatementArguments = [nowMilliseconds]
            func set(_ column: String, _ value: (any DatabaseValueConvertible)?) {
                columns.append("\(column) = ?")
                arguments += [value]
            }
            if let (text, traits) = change.text {
                set("text", text)
                set("token_count", traits.tokenCount)
                set("asks_question", traits.asksQuestion)
                set("names_time", traits.namesTime)
                set("first_person_share", Double(traits.firstPersonShare))
                if let caption = change.caption { set("caption", caption) }
                try Self.deleteVectors(of: rowid, database)
            }
            if let type = change.type { set("type", type) }
            if let importance = change.importance { set("importance", importance) }
            if let isPinned = change.isPinned { set("is_pinned", isPinned) }
            if let isConstraint = change.isConstraint { set("is_constraint", isConstraint) }
            if let from = change.validFromMilliseconds { set("valid_from", from) }
            if let until = change.validUntilMilliseconds { set("valid_until", until) }
            if let metadata = change.metadata { set("metadata", metadata) }
            if let newer = change.supersededBy {
                set("superseded_by", try newer.map { try Self.successor($0, of: rowid, scope, database) })
            }
            arguments += [rowid]
            try database.execute(
                sql: "UPDATE memory SET \(columns.joined(separator: ", ")) WHERE memory_rowid = ?",
                arguments: arguments)
        }
    }

    /// Takes memories out of every search and every count.
    ///
    /// Without `hard` the rows stay, for `get`, for the telemetry that names them and so that an
    /// import does not bring them back. With `hard` they are deleted, with their vectors and mentions;
    /// the telemetry keeps its rows without saying which memory it was.
    ///
    /// - Returns: How many were not forgotten before.
    /// - Throws: `notFound` naming the first unknown id; nothing is forgotten then.
    @discardableResult
    package func forget(
        scope: Scope, ids: [String], hard: Bool = false, nowMilliseconds: Int64
    ) throws(StorageError) -> Int {
        try write("Forgetting \(ids.count) memories") { database in
            var count = 0
            for id in ids {
                let rowid = try Self.existing(id, scope: scope, database)
                if try !MemoryTable.isForgotten(rowid, database) { count += 1 }
                let statement = try RawStatement(
                    database,
                    hard
                        ? "DELETE FROM memory WHERE memory_rowid = ?"
                        : "UPDATE memory SET forgotten_at = ?2 WHERE memory_rowid = ?1 AND forgotten_at IS NULL")
                statement.bind(rowid, at: 1)
                if !hard { statement.bind(nowMilliseconds, at: 2) }
                try statement.run()
            }
            return count
        }
    }

    /// Brings a softly forgotten memory back.
    ///
    /// - Throws: `notFound`.
    package func restore(scope: Scope, id: String) throws(StorageError) {
        try write("Restoring the memory \(id)") { database in
            let rowid = try Self.existing(id, scope: scope, database)
            let statement = try RawStatement(
                database,
                "UPDATE memory SET forgotten_at = NULL WHERE memory_rowid = ? AND forgotten_at IS NOT NULL")
            statement.bind(rowid, at: 1)
            try statement.run()
        }
    }

    static func existing(_ id: String, scope: Scope, _ database: Database) throws -> Int64 {
        guard let scopeID = try ScopeTable.find(scope, database),
            let rowid = try MemoryTable.rowid(of: id, scopeID: scopeID, database)
        else {
            throw StorageError(
                .notFound,
                "There is no memory \(id) of user \(scope.user), agent \(scope.agent); "
                    + "`mneme list` shows what there is.")
        }
        return rowid
    }

    private static func successor(
        _ id: String, of rowid: Int64, _ scope: Scope, _ database: Database
    ) throws -> Int64 {
        let newer = try existing(id, scope: scope, database)
        let next = try RawStatement(database, "SELECT superseded_by FROM memory WHERE memory_rowid = ?")
        if try Supersession.chain(from: newer, next).contains(rowid) {
            throw StorageError(
                .invalidValue, "\(id) is itself superseded by this memory; a chain can't be a circle.")
        }
        return newer
    }

    private static func deleteVectors(of rowid: Int64, _ database: Database) throws {
        let statement = try RawStatement(
            database,
            """
            DELETE FROM embedding WHERE embedding_rowid IN (
                SELECT vector_set_id << 40 | (?1 & 1099511627775)
                FROM vector_set WHERE scope_id = ?1 >> 40)
            """)
        statement.bind(rowid, at: 1)
        try statement.run()
    }
}

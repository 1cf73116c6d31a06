import GRDB

extension Store {
    /// The memory with this id, forgotten or not; nil where there is none.
    package func get(scope: Scope, id: String) throws(StorageError) -> MemoryRecord? {
        try read("Reading the memory \(id)") { database in
            guard let scopeID = try ScopeTable.find(scope, database),
                let rowid = try MemoryTable.rowid(of: id, scopeID: scopeID, database)
            else { return nil }
            return try MemoryReader(scopeID: scopeID, database: database).record(rowid)
        }
    }

    /// The memories behind `rowids`, in that order; unknown ones and other scopes' are left out.
    package func records(scope: Scope, rowids: [Int64]) throws(StorageError) -> [MemoryRecord] {
        try read("Reading \(rowids.count) memories") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else { return [] }
            let reader = try MemoryReader(scopeID: scopeID, database: database)
            return try rowids.compactMap { try reader.record($0) }
        }
    }

    /// Newest first.
    package func list(
        scope: Scope, filter: MemoryFilter = MemoryFilter(), limit: Int = 50, offset: Int = 0
    ) throws(StorageError) -> [MemoryRecord] {
        try read("Listing memories") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else { return [] }
            let reader = try MemoryReader(scopeID: scopeID, database: database)
            return try reader.rowids(filter, order: .newestFirst, limit: limit, offset: offset)
                .compactMap { try reader.record($0) }
        }
    }

    /// How many memories a filter keeps.
    package func count(
        scope: Scope, filter: MemoryFilter = MemoryFilter()
    ) throws(StorageError) -> Int {
        try read("Counting memories") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else { return 0 }
            return try MemoryReader(scopeID: scopeID, database: database).count(filter)
        }
    }

    /// Every memory a filter keeps, in the order written, one at a time: one consistent snapshot
    /// however long it takes, and no more than one record in memory. `body` must not call the store.
    ///
    /// - Parameter embeddings: Hand the vectors over too.
    package func export(
        scope: Scope, filter: MemoryFilter = MemoryFilter(), embeddings: Bool = false,
        _ body: (MemoryRecord, [StoredEmbedding]) throws -> Void
    ) throws(StorageError) {
        try read("Exporting") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else { return }
            let reader = try MemoryReader(scopeID: scopeID, database: database)
            for rowid in try reader.rowids(filter, order: .asWritten, limit: -1, offset: 0) {
                guard let record = try reader.record(rowid) else { continue }
                try body(record, embeddings ? reader.embeddings(rowid) : [])
            }
        }
    }

    /// Text and caption of each of `rowids`, in that order; empty for an unknown one.
    package func texts(
        scope: Scope, rowids: [Int64]
    ) throws(StorageError) -> [(text: String, caption: String?)] {
        try read("Reading \(rowids.count) texts") { database in
            let scopeID = try ScopeTable.find(scope, database)
            let statement = try RawStatement(
                database, "SELECT text, caption FROM memory WHERE memory_rowid = ?")
            return try rowids.map { rowid in
                guard RowID.owner(of: rowid) == scopeID else { return ("", nil) }
                defer { statement.reset() }
                statement.bind(rowid, at: 1)
                return try statement.step() ? (statement.text(0), statement.optionalText(1)) : ("", nil)
            }
        }
    }

    /// The rowids behind `ids`, nil for an unknown one.
    package func rowids(scope: Scope, ids: [String]) throws(StorageError) -> [Int64?] {
        try read("Looking \(ids.count) ids up") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else { return ids.map { _ in nil } }
            return try ids.map { try MemoryTable.rowid(of: $0, scopeID: scopeID, database) }
        }
    }
}

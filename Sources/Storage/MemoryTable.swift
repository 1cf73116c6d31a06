import GRDB

/// Look-ups that several parts need.
enum MemoryTable {
    static func rowid(of id: String, scopeID: Int64, _ database: Database) throws -> Int64? {
        let statement = try RawStatement(
            database, "SELECT memory_rowid FROM memory WHERE scope_id = ? AND id = ?")
        defer { statement.reset() }
        statement.bind(scopeID, at: 1)
        statement.bind(id, at: 2)
        return try statement.step() ? statement.int64(0) : nil
    }

    static func isForgotten(_ rowid: Int64, _ database: Database) throws -> Bool {
        let statement = try RawStatement(
            database, "SELECT forgotten_at IS NOT NULL FROM memory WHERE memory_rowid = ?")
        defer { statement.reset() }
        statement.bind(rowid, at: 1)
        return try statement.step() && statement.bool(0)
    }
}

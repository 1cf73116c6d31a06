import Foundation
import GRDB

/// What went wrong in the store: the operation, what was found, what to do.
package struct StoreError: Error, CustomStringConvertible, Sendable {
    package enum Code: Sendable { case cannotOpen, foreign, invalid, notFound, failed }
    package let code: Code
    package let message: String
    package var description: String { message }

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// One SQLite file in WAL mode. Safe from any thread and from several processes; readers never wait for a
/// writer. A write that returned survives the end of the process, by whatever signal; after a loss of power the
/// last moments may be missing (`synchronous = NORMAL`), the file is whole.
package final class Store: Sendable {
    package let path: String
    let pool: DatabasePool

    /// Opens or creates the file and brings its schema up to date.
    package init(path: String) throws {
        self.path = path
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 8
        configuration.prepareDatabase { db in
            try db.execute(
                sql: "PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824; PRAGMA temp_store = MEMORY")
            TermFrequencies.register(in: db)
        }
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            try Self.refuseForeignFile(pool, path)
            try Schema.migrator.migrate(pool)
            try pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
            }
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(
                .cannotOpen,
                "cannot open the store at \(path): \(error). Give another file with --db, or check its permissions"
            )
        }
    }

    private static func refuseForeignFile(_ pool: DatabasePool, _ path: String) throws {
        try pool.read { db in
            let id = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
            let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
            if tables > 0, id != Schema.applicationID, try !db.tableExists("grdb_migrations") {
                throw StoreError(
                    .foreign,
                    "\(path) is a SQLite database, but not a Mneme store (application_id \(id)). Give another file with --db"
                )
            }
            let known = Set(Schema.migrator.migrations)
            let applied =
                try db.tableExists("grdb_migrations")
                ? String.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations") : []
            let newer = applied.filter { !known.contains($0) }
            if !newer.isEmpty {
                throw StoreError(
                    .foreign,
                    "\(path) was written by a newer mneme (migrations \(newer.joined(separator: ", "))). Update mneme, or give another file with --db"
                )
            }
        }
    }

    /// `ok`, or what SQLite found wrong.
    package func integrityCheck() throws -> String {
        try pool.read { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check").joined(separator: "; ")
        }
    }

    /// Copies the store, as it is at one moment, while others read and write it.
    package func backup(to path: String) throws {
        if FileManager.default.fileExists(atPath: path) {
            throw StoreError(.invalid, "\(path) exists: a backup never overwrites. Give another name")
        }
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "VACUUM INTO ?", arguments: [path])
        }
    }
}

extension Scope {
    /// Rowids of a scope: [first, last].
    static func rowids(_ scopeID: Int64) -> ClosedRange<Int64> {
        (scopeID << 40)...((scopeID << 40) | 0xFF_FFFF_FFFF)
    }
}

extension Store {
    /// The scope's number; nil if nothing was ever written to it.
    static func scopeID(_ db: Database, _ scope: Scope) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT scope_id FROM scope WHERE user = ? AND agent = ?"),
            arguments: [scope.user, scope.agent])
    }

    static func ensureScopeID(_ db: Database, _ scope: Scope) throws -> Int64 {
        if let known = try scopeID(db, scope) { return known }
        try db.execute(
            sql: "INSERT INTO scope (user, agent) VALUES (?, ?)", arguments: [scope.user, scope.agent])
        return db.lastInsertedRowID
    }
}

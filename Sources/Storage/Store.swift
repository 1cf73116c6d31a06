import Foundation
import GRDB

/// The memories on disk, and everything learned about them: the only room that speaks SQL.
///
/// One file in SQLite's WAL mode, shared by as many threads and processes as like: readers never
/// wait, writers take turns for up to `busyTimeoutSeconds`. Every method is synchronous, may be
/// called from any thread, and reads one consistent snapshot. A method that writes returns after
/// its commit, and what it committed survives the death of the process (`kill -9`). The commit is
/// not flushed through the disk's cache (`synchronous = NORMAL`): a power cut may lose the last
/// commits, never the file's consistency.
package final class Store: Sendable {
    package static let busyTimeoutSeconds: TimeInterval = 5
    /// "MNEM", in the database header: how a Mneme database is told from any other.
    static let applicationID: Int32 = 0x4D4E_454D

    package let path: String
    let pool: DatabasePool

    /// Opens the database at `path`, creates it and its folder where there is none, and brings its
    /// schema up to date.
    ///
    /// - Throws: `notADatabase`, `foreignDatabase` or `newerDatabase` without having touched the
    ///   file; `cannotOpen`, `busy`.
    package init(path: String) throws(StorageError) {
        self.path = path
        do {
            let folder = (path as NSString).deletingLastPathComponent
            if !folder.isEmpty {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true)
            }
            try Self.refuseStrangers(path: path)
            pool = try Self.openAndMigrate(path: path)
        } catch {
            throw StorageError(error, doing: "Opening the database", path: path)
        }
    }

    /// Closes every connection; later calls fail. Not needed before the process ends.
    package func close() throws(StorageError) {
        do { try pool.close() } catch {
            throw StorageError(error, doing: "Closing the database", path: path)
        }
    }

    // MARK: One way in for reads, one for writes

    func read<Value>(
        _ what: String, _ body: (Database) throws -> Value
    ) throws(StorageError) -> Value {
        do { return try pool.read(body) } catch {
            throw StorageError(error, doing: what, path: path)
        }
    }

    /// `body` in one immediate transaction; returns after the commit.
    func write<Value>(
        _ what: String, _ body: (Database) throws -> Value
    ) throws(StorageError) -> Value {
        do { return try pool.write(body) } catch {
            throw StorageError(error, doing: what, path: path)
        }
    }

    // MARK: Opening

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = 8
        configuration.label = "mneme"
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA cache_size = -32768")
            // Vectors are read in place, from the kernel's page cache.
            try database.execute(sql: "PRAGMA mmap_size = 2147418112")
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
            try MatchFunction.register(on: database)
            try NearestFunction.register(on: database)
        }
        return configuration
    }

    private static func openAndMigrate(path: String) throws -> DatabasePool {
        // Two processes may create the same file at once: the one that comes second finds the
        // other's tables or its lock, and finds everything in order on the next look.
        var attempt = 0
        while true {
            do {
                let pool = try DatabasePool(path: path, configuration: configuration())
                try Migrations.migrator.migrate(pool)
                return pool
            } catch let error as DatabaseError where attempt < 20 && isCreationRace(error) {
                attempt += 1
                Thread.sleep(forTimeInterval: 0.05)
            }
        }
    }

    private static func isCreationRace(_ error: DatabaseError) -> Bool {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_CONSTRAINT: true
        case .SQLITE_ERROR: error.message?.contains("already exists") == true
        default: false
        }
    }

    /// Looks at an existing file through a read-only connection before anything may write to it.
    private static func refuseStrangers(path: String) throws {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let size = attributes?[.size] as? Int, size > 0 else { return }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        try queue.read { database in
            let id = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            if id != applicationID {
                // A database that another process is just creating has its list of migrations at most.
                let tables =
                    try Int.fetchOne(
                        database,
                        sql: "SELECT count(*) FROM sqlite_schema WHERE tbl_name <> 'grdb_migrations'") ?? 0
                if id == 0 && tables == 0 { return }
                throw StorageError(
                    .foreignDatabase,
                    "\(path) is a database of another program (application id \(id), \(tables) tables "
                        + "and indices); Mneme leaves it untouched. Give another path with --db.")
            }
            if try Migrations.migrator.hasBeenSuperseded(database) {
                throw StorageError(
                    .newerDatabase,
                    "\(path) was written by a newer Mneme; this version would not understand it. "
                        + "Update Mneme, or give another path with --db.")
            }
        }
    }
}

import GRDB

/// One attempt of a process to exchange its configuration.
package struct ReloadRecord: Sendable, Equatable {
    package var id: Int64
    package var atMilliseconds: Int64
    package var pid: Int32
    package var outcome: String
    package var cause: String
    package var configuration: String
    package var summary: String
    package var milliseconds: Double

    package init(atMilliseconds: Int64, pid: Int32, outcome: String, cause: String, configuration: String, summary: String, milliseconds: Double) {
        id = 0
        self.atMilliseconds = atMilliseconds
        self.pid = pid
        self.outcome = outcome
        self.cause = cause
        self.configuration = configuration
        self.summary = summary
        self.milliseconds = milliseconds
    }
}

/// Processes that serve this store, and what became of their reloads.
extension Store {
    /// The last thousand are kept.
    package func recordReload(_ reload: ReloadRecord) throws {
        try pool.write { db in
            try db.execute(
                sql: "INSERT INTO reload (at_ms, pid, outcome, cause, configuration, summary, milliseconds) VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    reload.atMilliseconds, reload.pid, reload.outcome, reload.cause, reload.configuration, reload.summary,
                    reload.milliseconds,
                ])
            try db.execute(sql: "DELETE FROM reload WHERE reload_id <= ?", arguments: [db.lastInsertedRowID - 1000])
        }
    }

    /// Newer than `id`, oldest first.
    package func reloads(after id: Int64) throws -> [ReloadRecord] {
        try pool.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM reload WHERE reload_id > ? ORDER BY reload_id", arguments: [id]).map { row in
                var record = ReloadRecord(
                    atMilliseconds: row["at_ms"], pid: row["pid"], outcome: row["outcome"], cause: row["cause"],
                    configuration: row["configuration"], summary: row["summary"], milliseconds: row["milliseconds"])
                record.id = row["reload_id"]
                return record
            }
        }
    }

    package func newestReload() throws -> Int64 {
        try pool.read { db in try Int64.fetchOne(db, sql: "SELECT max(reload_id) FROM reload") ?? 0 }
    }

    /// - Parameter started: ticks since boot.
    package func registerServer(pid: Int32, started: Int64, atMilliseconds: Int64) throws {
        try pool.write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO server (pid, started, at_ms) VALUES (?, ?, ?)", arguments: [pid, started, atMilliseconds])
        }
    }

    package func unregisterServer(pid: Int32) throws {
        try pool.write { db in try db.execute(sql: "DELETE FROM server WHERE pid = ?", arguments: [pid]) }
    }

    package func servers() throws -> [(pid: Int32, started: Int64)] {
        try pool.read { db in
            try Row.fetchAll(db, sql: "SELECT pid, started FROM server ORDER BY pid").map { ($0[0], $0[1]) }
        }
    }
}

import Foundation
import GRDB

extension Store {
    /// A complete, consistent copy of the database while others go on reading and writing.
    ///
    /// It is written beside `path` first and moved there when it is whole.
    ///
    /// - Throws: `cannotOpen` where `path` exists already or can't be written; `diskFull`.
    package func backup(to path: String) throws(StorageError) {
        do {
            guard !FileManager.default.fileExists(atPath: path) else {
                throw StorageError(
                    .cannotOpen, "\(path) exists already; give the backup a new name or remove that file.")
            }
            let partial = path + ".partial"
            try? FileManager.default.removeItem(atPath: partial)
            do {
                let copy = try DatabaseQueue(path: partial)
                try pool.backup(to: copy)
                // One file, complete in itself, without a WAL beside it.
                try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
                try copy.close()
                try FileManager.default.moveItem(atPath: partial, toPath: path)
            } catch {
                try? FileManager.default.removeItem(atPath: partial)
                throw error
            }
        } catch {
            throw StorageError(error, doing: "The backup", path: path)
        }
    }

    /// What is wrong with the file, a line per finding; empty = all is well. Reads everything once.
    package func integrityCheck() throws(StorageError) -> [String] {
        // FTS5's check is written as an INSERT.
        try write("Checking the database") { database in
            var findings = try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
            for row in try Row.fetchAll(database, sql: "PRAGMA foreign_key_check") {
                findings.append("\(row[0] as String) has a row that points to no \(row[2] as String)")
            }
            for table in ["memory_text", "memory_surface"] {
                do {
                    try database.execute(
                        sql: "INSERT INTO \(table) (\(table), rank) VALUES ('integrity-check', 1)")
                } catch {
                    findings.append(
                        "the full-text index \(table) does not agree with the memories; "
                            + "`mneme doctor --rebuild-index` makes it anew")
                }
            }
            findings += try Self.statisticsFindings(database)
            return findings
        }
    }

    private static func statisticsFindings(_ database: Database) throws -> [String] {
        try String.fetchAll(
            database,
            sql: """
                SELECT 'scope ' || user || '/' || agent || ' counts ' || documents || ' memories and '
                    || tokens || ' tokens, there are ' || n || ' and ' || t
                FROM (SELECT user, agent, documents, tokens,
                    (SELECT count(*) FROM memory
                        WHERE memory.scope_id = scope.scope_id AND forgotten_at IS NULL) AS n,
                    (SELECT ifnull(sum(token_count), 0) FROM memory
                        WHERE memory.scope_id = scope.scope_id AND forgotten_at IS NULL) AS t
                    FROM scope JOIN scope_statistics USING (scope_id))
                WHERE documents <> n OR tokens <> t
                """)
    }

    /// Makes both full-text indices and the statistics anew from the memories.
    package func rebuildSearchIndex() throws(StorageError) {
        try write("Rebuilding the search index") { database in
            for table in ["memory_text", "memory_surface"] {
                try database.execute(sql: "INSERT INTO \(table) (\(table)) VALUES ('rebuild')")
            }
            try database.execute(
                sql: """
                    UPDATE scope_statistics SET
                        documents = (SELECT count(*) FROM memory
                            WHERE scope_id = scope_statistics.scope_id AND forgotten_at IS NULL),
                        tokens = (SELECT ifnull(sum(token_count), 0) FROM memory
                            WHERE scope_id = scope_statistics.scope_id AND forgotten_at IS NULL),
                        author_tokens = (SELECT ifnull(sum(author.token_count), 0)
                            FROM memory JOIN author USING (author_id)
                            WHERE memory.scope_id = scope_statistics.scope_id AND forgotten_at IS NULL),
                        revision = revision + 1
                    """)
        }
    }

    /// Merges the full-text index into few segments: after a large import, searches get faster.
    package func optimize() throws(StorageError) {
        try write("Optimizing") { database in
            for table in ["memory_text", "memory_surface"] {
                try database.execute(sql: "INSERT INTO \(table) (\(table)) VALUES ('optimize')")
            }
            try database.execute(sql: "PRAGMA optimize")
        }
    }

    /// Bytes of the database file with its write-ahead log.
    package func fileSize() -> Int64 {
        [path, path + "-wal"].reduce(0) { total, file in
            let size = (try? FileManager.default.attributesOfItem(atPath: file))?[.size] as? Int64
            return total + (size ?? 0)
        }
    }
}

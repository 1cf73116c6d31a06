import Foundation
import GRDB

/// One configuration that served.
package struct ConfigurationRevision: Sendable, Equatable {
    package var revision: Int
    package var atMilliseconds: Int64
    /// Over plugins.json and every file that it names.
    package var hash: String
    /// Of plugins.json.
    package var text: String
    /// SHA-256 of each library and asset, by path.
    package var files: [String: String]
    package var note: String?

    package init(revision: Int, atMilliseconds: Int64, hash: String, text: String, files: [String: String], note: String?) {
        self.revision = revision
        self.atMilliseconds = atMilliseconds
        self.hash = hash
        self.text = text
        self.files = files
        self.note = note
    }
}

extension Store {
    /// Appends unless the newest revision has the same hash: a restart with unchanged files is no change.
    /// Returns the revision that now is the newest.
    package func recordConfiguration(
        _ text: String, hash: String, files: [String: String] = [:], note: String?, atMilliseconds: Int64
    ) throws -> Int {
        let list = String(decoding: try JSONEncoder().encode(files), as: UTF8.self)
        return try pool.write { db in
            if let newest = try Row.fetchOne(
                db, sql: "SELECT revision, hash FROM configuration_history ORDER BY revision DESC LIMIT 1"),
                newest["hash"] == hash
            {
                return newest["revision"]
            }
            try db.execute(
                sql: "INSERT INTO configuration_history (hash, text, files, at_ms, note) VALUES (?, ?, ?, ?, ?)",
                arguments: [hash, text, list, atMilliseconds, note])
            return Int(db.lastInsertedRowID)
        }
    }

    /// Newest first.
    package func configurationHistory(limit: Int) throws -> [ConfigurationRevision] {
        try pool.read { db in
            try Row.fetchAll(
                db,
                sql:
                    "SELECT revision, at_ms, hash, text, note, files FROM configuration_history ORDER BY revision DESC LIMIT ?",
                arguments: [limit]
            ).map { row in
                let files: String = row[5]
                return ConfigurationRevision(
                    revision: row[0], atMilliseconds: row[1], hash: row[2], text: row[3],
                    files: (try? JSONDecoder().decode([String: String].self, from: Data(files.utf8))) ?? [:], note: row[4])
            }
        }
    }
}

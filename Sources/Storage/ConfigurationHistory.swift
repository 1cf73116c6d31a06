import GRDB

/// One configuration that served, or was tried.
package struct ConfigurationRevision: Sendable, Equatable {
    package var revision: Int
    package var atMilliseconds: Int64
    /// SHA-256 of the bytes.
    package var hash: String
    package var text: String
    package var note: String?
}

extension Store {
    /// Appends unless the newest revision has the same hash: a restart with an unchanged file is no change.
    /// Returns the revision that now is the newest.
    package func recordConfiguration(_ text: String, hash: String, note: String?, atMilliseconds: Int64)
        throws -> Int
    {
        try pool.write { db in
            if let newest = try Row.fetchOne(
                db, sql: "SELECT revision, hash FROM configuration_history ORDER BY revision DESC LIMIT 1"),
                newest["hash"] == hash
            {
                return newest["revision"]
            }
            try db.execute(
                sql: "INSERT INTO configuration_history (hash, text, at_ms, note) VALUES (?, ?, ?, ?)",
                arguments: [hash, text, atMilliseconds, note])
            return Int(db.lastInsertedRowID)
        }
    }

    /// Newest first.
    package func configurationHistory(limit: Int) throws -> [ConfigurationRevision] {
        try pool.read { db in
            try Row.fetchAll(
                db,
                sql:
                    "SELECT revision, at_ms, hash, text, note FROM configuration_history ORDER BY revision DESC LIMIT ?",
                arguments: [limit]
            ).map {
                ConfigurationRevision(
                    revision: $0[0], atMilliseconds: $0[1], hash: $0[2], text: $0[3], note: $0[4])
            }
        }
    }
}

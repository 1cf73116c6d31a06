import GRDB

/// One configuration that was tried, and what became of it.
package struct ConfigurationEntry: Sendable, Equatable {
    package enum Outcome: String, Sendable { case activated, refused, reverted }

    package var atMilliseconds: Int64
    package var hash: String
    /// The whole document.
    package var document: String
    package var outcome: Outcome
    package var note: String?

    package init(
        atMilliseconds: Int64, hash: String, document: String, outcome: Outcome, note: String? = nil
    ) {
        self.atMilliseconds = atMilliseconds
        self.hash = hash
        self.document = document
        self.outcome = outcome
        self.note = note
    }
}

extension Store {
    package func appendConfiguration(_ entry: ConfigurationEntry) throws(StorageError) {
        try write("Recording the configuration") { database in
            try database.execute(
                sql: "INSERT INTO configuration_history (at, hash, document, outcome, note) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    entry.atMilliseconds, entry.hash, entry.document, entry.outcome.rawValue, entry.note,
                ])
        }
    }

    /// Newest first.
    package func configurationHistory(limit: Int = 50) throws(StorageError) -> [ConfigurationEntry] {
        try read("Reading the configuration history") { database in
            let rows = try RawStatement(
                database,
                "SELECT at, hash, document, outcome, note FROM configuration_history "
                    + "ORDER BY configuration_id DESC LIMIT ?")
            defer { rows.reset() }
            rows.bind(max(0, limit), at: 1)
            var entries: [ConfigurationEntry] = []
            while try rows.step() {
                entries.append(
                    ConfigurationEntry(
                        atMilliseconds: rows.int64(0), hash: rows.text(1), document: rows.text(2),
                        outcome: .init(rawValue: rows.text(3)) ?? .refused, note: rows.optionalText(4)))
            }
            return entries
        }
    }
}

import GRDB

/// «FTS5 alone», the baseline that evaluations compare with: documents in a table of their own, FTS5's `bm25()`, OR over all
/// words of the question, no stop list. In memory; nothing of the store is touched.
package final class FTS5Baseline: Sendable {
    private let queue: DatabaseQueue

    /// - Parameter documents: later documents count as newer where scores tie.
    package init(documents: [String]) throws {
        queue = try DatabaseQueue()
        try queue.write { db in
            try db.execute(sql: "CREATE VIRTUAL TABLE document USING fts5(text, tokenize='porter unicode61')")
            let statement = try db.makeStatement(sql: "INSERT INTO document (rowid, text) VALUES (?, ?)")
            for (index, text) in documents.enumerated() {
                try statement.execute(arguments: [index + 1, text])
            }
        }
    }

    /// Indices of documents, best first.
    /// - Parameter words: folded words; each counts once.
    package func ranking(words: [String], limit: Int) throws -> [Int] {
        var seen: Set<String> = []
        let match = words.filter { seen.insert($0).inserted }.map(Store.quoted).joined(separator: " OR ")
        if match.isEmpty { return [] }
        return try queue.read { db in
            // SQLite's bm25() is negative, smaller = better.
            try Int.fetchAll(
                db,
                sql:
                    "SELECT rowid - 1 FROM document WHERE document MATCH ? ORDER BY bm25(document), rowid DESC LIMIT ?",
                arguments: [match, limit])
        }
    }
}

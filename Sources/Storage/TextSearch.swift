import GRDB
import GRDBSQLite

/// Every memory of a scope that holds at least one searched term, with what BM25 needs of it.
///
/// T terms in the order asked, M memories sorted by rowid; counts are T × M, row-major by term.
package struct TextMatches: Sendable {
    package var rowids: [Int64] = []
    /// Tokens of text and caption.
    package var lengths: [Int32] = []
    package var stemCounts: [UInt16] = []
    /// Words beginning with the term's first five letters; 0 for terms without a prefix.
    package var prefixCounts: [UInt16] = []
    /// In how many memories of this scope a term's stem, or its prefix, occurs.
    package var stemFrequencies: [Int] = []
    package var prefixFrequencies: [Int] = []
    /// Memories of the scope, and their average length in tokens.
    package var documents = 0
    package var averageLength: Float = 0

    package init() {}
}

extension Store {
    /// Finds every memory with one of the words (stemmed by FTS5) or prefixes, counting within the scope.
    ///
    /// - Parameters:
    ///   - words: folded words, as `Features.Tokenizer` yields them; anything else finds nothing.
    ///   - prefixes: one per word, five letters, or nil.
    package func matches(words: [String], prefixes: [String?], scope: Scope) throws -> TextMatches {
        try pool.read { db in
            var result = TextMatches()
            result.stemFrequencies = Array(repeating: 0, count: words.count)
            result.prefixFrequencies = result.stemFrequencies
            guard !words.isEmpty, let scopeID = try Self.scopeID(db, scope) else { return result }
            let totals = try Row.fetchOne(db, sql: "SELECT documents, tokens FROM scope WHERE scope_id = ?", arguments: [scopeID])
            result.documents = totals?["documents"] ?? 0
            let tokens: Int = totals?["tokens"] ?? 0
            result.averageLength = result.documents > 0 ? Float(tokens) / Float(result.documents) : 0

            let stems = try Self.step(
                db, table: "memory_text", match: "{text caption} : (\(words.map(Self.quoted).joined(separator: " OR ")))",
                phrases: words.count, rowids: Scope.rowids(scopeID))
            let prefixPlaces = prefixes.indices.filter { prefixes[$0] != nil }
            let prefixed = prefixPlaces.isEmpty
                ? Matched()
                : try Self.step(
                    db, table: "memory_surface",
                    match: "{text caption} : (\(prefixPlaces.map { Self.quoted(prefixes[$0] ?? "") + " *" }.joined(separator: " OR ")))",
                    phrases: prefixPlaces.count, rowids: Scope.rowids(scopeID))
            result.merge(stems, prefixed, terms: words.count, prefixPlaces: prefixPlaces)
            return result
        }
    }

    /// A string in FTS5's query language: words only ever come from our tokenizer, quotes are doubled all the same.
    static func quoted(_ word: String) -> String {
        "\"" + word.replacing("\"", with: "\"\"") + "\""
    }

    fileprivate struct Matched {
        var rowids: [Int64] = []
        var lengths: [Int32] = []
        /// M × phrases, row-major by memory.
        var counts: [UInt16] = []
    }

    /// Steps the raw statement: a GRDB row per match would cost more than FTS5's own work.
    private static func step(_ db: Database, table: String, match: String, phrases: Int, rowids: ClosedRange<Int64>) throws -> Matched {
        let statement = try db.cachedStatement(
            sql: "SELECT rowid, mneme_tf(\(table)) FROM \(table) WHERE \(table) MATCH ? AND rowid BETWEEN ? AND ?")
        try statement.setArguments([match, rowids.lowerBound, rowids.upperBound])
        var result = Matched()
        let raw = statement.sqliteStatement
        defer { sqlite3_reset(raw) }
        while true {
            switch sqlite3_step(raw) {
            case SQLITE_ROW:
                guard let bytes = sqlite3_column_blob(raw, 1) else { continue }
                let values = bytes.assumingMemoryBound(to: Int32.self)
                result.rowids.append(sqlite3_column_int64(raw, 0))
                result.lengths.append(values[0])
                for phrase in 0..<phrases { result.counts.append(UInt16(clamping: values[phrase + 1])) }
            case SQLITE_DONE:
                return result
            case let code:
                throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage, sql: match)
            }
        }
    }
}

extension TextMatches {
    /// Merges two lists that are each sorted by rowid, and turns counts from memory-major to term-major.
    fileprivate mutating func merge(_ stems: Store.Matched, _ prefixed: Store.Matched, terms: Int, prefixPlaces: [Int]) {
        rowids.reserveCapacity(stems.rowids.count + prefixed.rowids.count)
        var fromStem: [Int] = []
        var fromPrefix: [Int] = []
        var (i, j) = (0, 0)
        while i < stems.rowids.count || j < prefixed.rowids.count {
            let a = i < stems.rowids.count ? stems.rowids[i] : Int64.max
            let b = j < prefixed.rowids.count ? prefixed.rowids[j] : Int64.max
            rowids.append(min(a, b))
            lengths.append(a <= b ? stems.lengths[i] : prefixed.lengths[j])
            fromStem.append(a <= b ? i : -1)
            fromPrefix.append(b <= a ? j : -1)
            if a <= b { i += 1 }
            if b <= a { j += 1 }
        }
        let count = rowids.count
        stemCounts = Array(repeating: 0, count: terms * count)
        prefixCounts = stemCounts
        for row in 0..<count {
            if fromStem[row] >= 0 {
                for term in 0..<terms {
                    let value = stems.counts[fromStem[row] * terms + term]
                    if value > 0 {
                        stemCounts[term * count + row] = value
                        stemFrequencies[term] += 1
                    }
                }
            }
            if fromPrefix[row] >= 0 {
                for (phrase, term) in prefixPlaces.enumerated() {
                    let value = prefixed.counts[fromPrefix[row] * prefixPlaces.count + phrase]
                    if value > 0 {
                        prefixCounts[term * count + row] = value
                        prefixFrequencies[term] += 1
                    }
                }
            }
        }
    }
}

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
    /// The word itself, unstemmed; empty unless asked for.
    package var surfaceCounts: [UInt16] = []
    /// In how many memories of this scope a term's stem, its prefix, or the word itself occurs.
    package var stemFrequencies: [Int] = []
    package var prefixFrequencies: [Int] = []
    package var surfaceFrequencies: [Int] = []
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
    ///   - surface: count the words unstemmed, too.
    package func matches(words: [String], prefixes: [String?], surface: Bool = false, scope: Scope) throws
        -> TextMatches
    {
        try pool.read { db in
            var result = TextMatches()
            result.stemFrequencies = Array(repeating: 0, count: words.count)
            result.prefixFrequencies = result.stemFrequencies
            guard !words.isEmpty, let scopeID = try Self.scopeID(db, scope) else { return result }
            let totals = try Row.fetchOne(
                db, sql: "SELECT documents, tokens FROM scope WHERE scope_id = ?", arguments: [scopeID])
            result.documents = totals?["documents"] ?? 0
            let tokens: Int = totals?["tokens"] ?? 0
            result.averageLength = result.documents > 0 ? Float(tokens) / Float(result.documents) : 0

            let stems = try Self.step(
                db, table: "memory_text",
                match: "{text caption} : (\(words.map(Self.quoted).joined(separator: " OR ")))",
                phrases: words.count, rowids: Scope.rowids(scopeID))
            let prefixPlaces = prefixes.indices.filter { prefixes[$0] != nil }
            // One query for prefixes and, where they are wanted, whole words: both live in the surface index.
            var phrases = prefixPlaces.map { Self.quoted(prefixes[$0] ?? "") + " *" }
            if surface { phrases += words.map(Self.quoted) }
            let unstemmed =
                phrases.isEmpty
                ? Matched()
                : try Self.step(
                    db, table: "memory_surface",
                    match: "{text caption} : (\(phrases.joined(separator: " OR ")))",
                    phrases: phrases.count, rowids: Scope.rowids(scopeID))
            result.merge(
                stems, unstemmed, terms: words.count, prefixPlaces: prefixPlaces, withSurface: surface)
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
    private static func step(
        _ db: Database, table: String, match: String, phrases: Int, rowids: ClosedRange<Int64>
    ) throws -> Matched {
        let statement = try db.cachedStatement(
            sql:
                "SELECT rowid, mneme_tf(\(table)) FROM \(table) WHERE \(table) MATCH ? AND rowid BETWEEN ? AND ?"
        )
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
                throw DatabaseError(
                    resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage, sql: match)
            }
        }
    }
}

extension TextMatches {
    /// Merges two lists that are each sorted by rowid, and turns counts from memory-major to term-major.
    fileprivate mutating func merge(
        _ stems: Store.Matched, _ unstemmed: Store.Matched, terms: Int, prefixPlaces: [Int], withSurface: Bool
    ) {
        rowids.reserveCapacity(stems.rowids.count + unstemmed.rowids.count)
        var fromStem: [Int] = []
        var fromSurface: [Int] = []
        var (i, j) = (0, 0)
        while i < stems.rowids.count || j < unstemmed.rowids.count {
            let a = i < stems.rowids.count ? stems.rowids[i] : Int64.max
            let b = j < unstemmed.rowids.count ? unstemmed.rowids[j] : Int64.max
            rowids.append(min(a, b))
            lengths.append(a <= b ? stems.lengths[i] : unstemmed.lengths[j])
            fromStem.append(a <= b ? i : -1)
            fromSurface.append(b <= a ? j : -1)
            if a <= b { i += 1 }
            if b <= a { j += 1 }
        }
        let width = prefixPlaces.count + (withSurface ? terms : 0)
        (stemCounts, stemFrequencies) = Self.counts(
            stems, fromStem, width: terms, places: Array(0..<terms), terms: terms, first: 0)
        (prefixCounts, prefixFrequencies) = Self.counts(
            unstemmed, fromSurface, width: width, places: prefixPlaces, terms: terms, first: 0)
        if withSurface {
            (surfaceCounts, surfaceFrequencies) = Self.counts(
                unstemmed, fromSurface, width: width, places: Array(0..<terms), terms: terms,
                first: prefixPlaces.count)
        }
    }

    /// - Parameters:
    ///   - sources: per merged row the row in `matched`, −1 = not in it.
    ///   - width: phrases per row of `matched`.
    ///   - places: the term that each phrase from `first` on is about.
    private static func counts(
        _ matched: Store.Matched, _ sources: [Int], width: Int, places: [Int], terms: Int, first: Int
    ) -> (counts: [UInt16], frequencies: [Int]) {
        let rows = sources.count
        var counts = [UInt16](repeating: 0, count: terms * rows)
        var frequencies = [Int](repeating: 0, count: terms)
        for (row, source) in sources.enumerated() where source >= 0 {
            for (phrase, term) in places.enumerated() {
                let value = matched.counts[source * width + first + phrase]
                if value > 0 {
                    counts[term * rows + row] = value
                    frequencies[term] += 1
                }
            }
        }
        return (counts, frequencies)
    }
}

import GRDB

/// Every memory of a scope in which at least one term occurs, with the counts that BM25 is made of.
///
/// Struct of arrays; all rows in rowid order. The frequency tables are term-major: the count of term
/// t in row r stands at `t · rowCount + r`.
package struct TextMatches: Sendable {
    package let terms: [String]
    /// Documents of the scope that are not forgotten.
    package let documentCount: Int
    /// Tokens (text and caption) per document, over the whole scope; 0 in an empty scope.
    package let averageLength: Double
    package let rowids: [Int64]
    /// Tokens of text and caption.
    package let lengths: [Int32]
    /// Occurrences of words with the term's Porter stem.
    package let stemFrequencies: [UInt16]
    /// Occurrences of words that begin with the term's prefix; 0 where no prefix was asked for.
    package let prefixFrequencies: [UInt16]
    /// Occurrences of the word itself.
    package let surfaceFrequencies: [UInt16]
    /// Documents of this scope with at least one occurrence, per term.
    package let stemDocuments: [Int]
    package let prefixDocuments: [Int]
    package let surfaceDocuments: [Int]

    package var rowCount: Int { rowids.count }
    package var termCount: Int { terms.count }
}

extension Store {
    /// Counts `terms` in the texts and captions of one scope, stemmed, as they stand, and by prefix.
    ///
    /// - Parameters:
    ///   - terms: Surface words, one token each; a word without a letter or digit matches nothing.
    ///   - prefixes: Beside each term the prefix to count (5 letters are indexed), or nil.
    /// - Returns: All matching rows, unranked; cost grows with their number, not with the scope's.
    package func matches(
        scope: Scope, terms: [String], prefixes: [String?]
    ) throws(StorageError) -> TextMatches {
        precondition(terms.count == prefixes.count, "one prefix, or nil, beside each term")
        return try read("Searching the text") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else {
                return try TextMatches(terms: terms, merging: nil, nil, statistics: .empty, database)
            }
            let statistics = try ScopeStatistics.read(scopeID, database)
            let stems = try Pass(
                words: terms.map { ($0, false) }, table: .text, scopeID: scopeID, database)
            let surface = try Pass(
                words: terms.map { ($0, false) } + prefixes.map { ($0 ?? "", true) },
                table: .surface, scopeID: scopeID, database)
            return try TextMatches(
                terms: terms, merging: stems, surface, statistics: statistics, database)
        }
    }
}

/// One query over one of the two full-text tables.
struct Pass {
    enum Table {
        case text, surface

        var sql: String {
            switch self {
            case .text:
                "SELECT mneme_collect(memory_text, ?) FROM memory_text "
                    + "WHERE memory_text MATCH ? AND rowid BETWEEN ? AND ?"
            case .surface:
                "SELECT mneme_collect(memory_surface, ?) FROM memory_surface "
                    + "WHERE memory_surface MATCH ? AND rowid BETWEEN ? AND ?"
            }
        }
    }

    /// The words that hold a token, as phrase numbers of the query; nil = can't match.
    let phraseOfWord: [Int?]
    let found: MatchedRows

    /// - Parameter includesAuthor: Count the author's column too (FTS5 alone does).
    init(
        words: [(String, isPrefix: Bool)], table: Table, scopeID: Int64, includesAuthor: Bool = false,
        _ database: Database
    ) throws {
        var phrases: [String] = []
        phraseOfWord = words.map { word, isPrefix in
            guard let phrase = FullTextQuery.phrase(word, isPrefix: isPrefix) else { return nil }
            phrases.append(phrase)
            return phrases.count - 1
        }
        let authorColumns: Int32 = table == .text && !includesAuthor ? 1 : 0
        let accumulator = MatchAccumulator(phraseCount: phrases.count, firstColumn: authorColumns)
        guard !phrases.isEmpty else {
            found = accumulator.rows
            return
        }
        let statement = try RawStatement(database, table.sql)
        defer { statement.reset() }
        let range = RowID.range(owner: scopeID)
        statement.bind(accumulator, as: MatchFunction.pointerType, at: 1)
        statement.bind(
            FullTextQuery.any(phrases, columns: authorColumns == 1 ? "text caption" : nil), at: 2)
        statement.bind(range.lowerBound, at: 3)
        statement.bind(range.upperBound, at: 4)
        try withExtendedLifetime(accumulator) { while try statement.step() {} }
        found = accumulator.rows
    }
}

extension TextMatches {
    /// Joins the stemmed and the surface pass by rowid (both ascend) and turns them term-major.
    fileprivate init(
        terms: [String], merging stems: Pass?, _ surface: Pass?, statistics: ScopeStatistics,
        _ database: Database
    ) throws {
        let left = stems?.found.rowids ?? []
        let right = surface?.found.rowids ?? []
        var rowids: [Int64] = []
        // Row of the joined table for each row of the two passes.
        var leftRow = [Int32](repeating: 0, count: left.count)
        var rightRow = [Int32](repeating: 0, count: right.count)
        rowids.reserveCapacity(max(left.count, right.count))
        var l = 0
        var r = 0
        while l < left.count || r < right.count {
            let row = Int32(rowids.count)
            let takesLeft = l < left.count && (r == right.count || left[l] <= right[r])
            let takesRight = r < right.count && (l == left.count || right[r] <= left[l])
            if takesLeft {
                rowids.append(left[l])
                leftRow[l] = row
                l += 1
            }
            if takesRight {
                if !takesLeft { rowids.append(right[r]) }
                rightRow[r] = row
                r += 1
            }
        }

        func spread(_ pass: Pass?, rows: [Int32], words: Range<Int>) -> ([UInt16], [Int]) {
            var frequencies = [UInt16](repeating: 0, count: terms.count * rowids.count)
            var documents = [Int](repeating: 0, count: terms.count)
            guard let pass else { return (frequencies, documents) }
            let source = pass.found.frequencies
            let width = pass.found.phraseCount
            let rowCount = rowids.count
            for (term, word) in words.enumerated() {
                guard let phrase = pass.phraseOfWord[word] else { continue }
                var seen = 0
                for row in rows.indices {
                    let count = source[row * width + phrase]
                    guard count > 0 else { continue }
                    frequencies[term * rowCount + Int(rows[row])] = count
                    seen += 1
                }
                documents[term] = seen
            }
            return (frequencies, documents)
        }

        self.terms = terms
        self.rowids = rowids
        lengths = try DocumentLengths.read(
            rowids, firstColumn: 1, documentCount: statistics.documents, database)
        documentCount = statistics.documents
        averageLength = statistics.averageLength
        (stemFrequencies, stemDocuments) = spread(stems, rows: leftRow, words: 0..<terms.count)
        (surfaceFrequencies, surfaceDocuments) = spread(
            surface, rows: rightRow, words: 0..<terms.count)
        (prefixFrequencies, prefixDocuments) = spread(
            surface, rows: rightRow, words: terms.count..<2 * terms.count)
    }
}

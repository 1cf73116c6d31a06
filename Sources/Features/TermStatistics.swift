/// What BM25 needs of the whole scope: N, the average length, and how many documents hold each term.
package struct TermStatistics: Sendable, Equatable {
    /// N: documents of the scope that aren't forgotten.
    package var documentCount: Int
    /// Tokens of text and caption per document.
    package var averageLength: Float
    /// Documents with the term's stem, per term.
    package var stemDocuments: [Int]
    /// Documents with a word that begins with the term's prefix; 0 where it has none.
    package var prefixDocuments: [Int]
    /// Documents with the word itself.
    package var surfaceDocuments: [Int]

    package init(
        documentCount: Int, averageLength: Float, stemDocuments: [Int], prefixDocuments: [Int],
        surfaceDocuments: [Int]
    ) {
        precondition(
            prefixDocuments.count == stemDocuments.count && surfaceDocuments.count == stemDocuments.count,
            "one count per term")
        self.documentCount = documentCount
        self.averageLength = averageLength
        self.stemDocuments = stemDocuments
        self.prefixDocuments = prefixDocuments
        self.surfaceDocuments = surfaceDocuments
    }

    package var termCount: Int { stemDocuments.count }

    /// A question without words to look for.
    package static let none = TermStatistics(
        documentCount: 0, averageLength: 0, stemDocuments: [], prefixDocuments: [], surfaceDocuments: [])
}

/// How often each term occurs in each row of a pool; term t, row r stands at `t · rowCount + r`.
package struct TermFrequencies: Sendable {
    package var rowCount: Int
    package var stem: [UInt16]
    package var prefix: [UInt16]
    package var surface: [UInt16]

    package init(rowCount: Int, stem: [UInt16], prefix: [UInt16], surface: [UInt16]) {
        precondition(prefix.count == stem.count && surface.count == stem.count, "three equal tables")
        self.rowCount = rowCount
        self.stem = stem
        self.prefix = prefix
        self.surface = surface
    }

    /// Zeros, to be filled by index.
    package init(rowCount: Int, termCount: Int) {
        let zeros = [UInt16](repeating: 0, count: rowCount * termCount)
        self.init(rowCount: rowCount, stem: zeros, prefix: zeros, surface: zeros)
    }
}

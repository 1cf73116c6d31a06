import Foundation
import GRDB

extension Store {
    /// «FTS5 alone», the baseline: any of the words in author, text or caption, ranked by what FTS5's
    /// `bm25()` would say if the scope were alone in its table; positive, larger is better.
    ///
    /// `bm25()` itself counts documents over the whole table, so that another user's memories would
    /// move the scores. The formula here is FTS5's (k1 = 1.2, b = 0.75, idf at least 10⁻⁶, a repeated
    /// word counts twice); the counts are the scope's.
    ///
    /// - Returns: At most `limit` memories, best first; ties in rowid order, as FTS5 leaves them.
    package func plainFTS5(
        scope: Scope, words: [String], limit: Int
    ) throws(StorageError) -> [(rowid: Int64, bm25: Double)] {
        try read("Searching the text") { database in
            guard let scopeID = try ScopeTable.find(scope, database) else { return [] }
            let statistics = try ScopeStatistics.read(scopeID, database)
            let pass = try Pass(
                words: words.map { ($0, false) }, table: .text, scopeID: scopeID, includesAuthor: true,
                database)
            return pass.ranked(
                lengths: try DocumentLengths.read(
                    pass.found.rowids, firstColumn: 0, documentCount: statistics.documents, database),
                statistics: statistics, limit: limit)
        }
    }
}

extension Pass {
    fileprivate func ranked(
        lengths: [Int32], statistics: ScopeStatistics, limit: Int
    ) -> [(rowid: Int64, bm25: Double)] {
        let width = found.phraseCount
        let documents = Double(statistics.documents)
        let averageLength = Double(statistics.tokens + statistics.authorTokens) / max(documents, 1)
        var rowsWith = [Double](repeating: 0, count: width)
        for (index, count) in found.frequencies.enumerated() where count > 0 { rowsWith[index % width] += 1 }
        let idf = rowsWith.map { n in
            let value = log((documents - n + 0.5) / (n + 0.5))
            return value > 0 ? value : 1e-6
        }
        var scores: [(rowid: Int64, bm25: Double)] = []
        scores.reserveCapacity(found.rowids.count)
        for row in found.rowids.indices {
            let length = Double(lengths[row]) / max(averageLength, .leastNormalMagnitude)
            var score = 0.0
            for phrase in 0..<width {
                let count = Double(found.frequencies[row * width + phrase])
                score += idf[phrase] * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length))
            }
            scores.append((found.rowids[row], score))
        }
        scores.sort { $0.bm25 != $1.bm25 ? $0.bm25 > $1.bm25 : $0.rowid < $1.rowid }
        return Array(scores.prefix(max(limit, 0)))
    }
}

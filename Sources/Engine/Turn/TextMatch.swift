import Features
import Storage

/// The text side of one question: which memories of the scope match, how well each term does, and what
/// their neighbours in the conversation lend them.
///
/// T terms, M matched memories (sorted by rowid), C context rows: every turn of the sessions that the pool
/// touches, sorted by (session, ordinal).
struct TextMatch {
    let query: QueryAnalysis
    let matches: TextMatches
    /// T × M: s_t of retrieval.md §2, the larger of the stem's and 0.8 × the prefix's.
    let termScores: [Float]
    /// M: Σ_t s_t.
    let totals: [Float]

    init(query: QueryAnalysis, matches: TextMatches) {
        self.query = query
        self.matches = matches
        let rows = matches.rowids.count
        let terms = query.terms.count
        var scores = [Float](repeating: 0, count: terms * rows)
        var totals = [Float](repeating: 0, count: rows)
        for term in 0..<terms {
            let stem = BM25(documents: matches.documents, documentFrequency: matches.stemFrequencies[term],
                            averageLength: matches.averageLength)
            let prefix = BM25(documents: matches.documents, documentFrequency: matches.prefixFrequencies[term],
                              averageLength: matches.averageLength)
            let base = term * rows
            for row in 0..<rows {
                let length = Float(matches.lengths[row])
                var value = stem.score(termFrequency: Float(matches.stemCounts[base + row]), length: length)
                let prefixCount = matches.prefixCounts[base + row]
                if prefixCount > 0 {
                    value = max(value, 0.8 * prefix.score(termFrequency: Float(prefixCount), length: length))
                }
                scores[base + row] = value
                totals[row] += value
            }
        }
        termScores = scores
        self.totals = totals
    }

    /// Indices into `matches` of the best `count`, best first; ties: newer (larger rowid) first.
    func best(_ count: Int) -> [Int] {
        guard totals.count > count else {
            return totals.indices.sorted { totals[$0] != totals[$1] ? totals[$0] > totals[$1] : $0 > $1 }
        }
        // A threshold by partial selection would be quicker still; n log n over the matches is what
        // profiles showed as small beside SQLite's own stepping.
        return Array(totals.indices.sorted { totals[$0] != totals[$1] ? totals[$0] > totals[$1] : $0 > $1 }.prefix(count))
    }

    /// Place of a rowid in `matches`, by binary search.
    func place(of rowid: Int64) -> Int? {
        var low = 0
        var high = matches.rowids.count
        while low < high {
            let middle = (low + high) / 2
            if matches.rowids[middle] < rowid { low = middle + 1 } else { high = middle }
        }
        return low < matches.rowids.count && matches.rowids[low] == rowid ? low : nil
    }
}

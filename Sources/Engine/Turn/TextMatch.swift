import Features
import Storage

/// The text side of one question: which memories of the scope match and how well each term does.
///
/// T terms, M matched memories (sorted by rowid).
struct TextMatch {
    let matches: TextMatches
    let idf: [Float]
    /// T × M: s_t of retrieval.md §2, the larger of the stem's and 0.8 × the prefix's.
    let termScores: [Float]
    /// T × M: the prefix's share alone.
    let prefixScores: [Float]
    /// M: Σ_t of the words unstemmed; empty unless counted.
    let surface: [Float]
    /// M: Σ_t s_t.
    let totals: [Float]

    /// A surface prefix is weaker evidence than a stem.
    static let prefixFactor: Float = 0.8

    init(matches: TextMatches, terms: Int) {
        self.matches = matches
        let rows = matches.rowids.count
        var scores = [Float](repeating: 0, count: terms * rows)
        var prefixScores = scores
        var totals = [Float](repeating: 0, count: rows)
        var idf: [Float] = []
        for term in 0..<terms {
            let stem = BM25(
                documents: matches.documents, documentFrequency: matches.stemFrequencies[term],
                averageLength: matches.averageLength)
            let prefix = BM25(
                documents: matches.documents, documentFrequency: matches.prefixFrequencies[term],
                averageLength: matches.averageLength)
            idf.append(stem.idf)
            for row in 0..<rows {
                let place = term * rows + row
                let (stems, prefixes) = (matches.stemCounts[place], matches.prefixCounts[place])
                guard stems > 0 || prefixes > 0 else { continue }
                let length = Float(matches.lengths[row])
                prefixScores[place] =
                    Self.prefixFactor * prefix.score(termFrequency: Float(prefixes), length: length)
                scores[place] = max(
                    stem.score(termFrequency: Float(stems), length: length), prefixScores[place])
                totals[row] += scores[place]
            }
        }
        self.idf = idf
        surface = Self.surface(matches, terms)
        self.prefixScores = prefixScores
        termScores = scores
        self.totals = totals
    }

    private static func surface(_ matches: TextMatches, _ terms: Int) -> [Float] {
        if matches.surfaceCounts.isEmpty { return [] }
        let rows = matches.rowids.count
        var totals = [Float](repeating: 0, count: rows)
        for term in 0..<terms {
            let formula = BM25(
                documents: matches.documents, documentFrequency: matches.surfaceFrequencies[term],
                averageLength: matches.averageLength)
            for row in 0..<rows where matches.surfaceCounts[term * rows + row] > 0 {
                totals[row] += formula.score(
                    termFrequency: Float(matches.surfaceCounts[term * rows + row]),
                    length: Float(matches.lengths[row]))
            }
        }
        return totals
    }

    /// Rowids of the best `count`, best first; ties: the newer row first.
    func best(_ count: Int) -> [Int64] {
        totals.indices.sorted { totals[$0] != totals[$1] ? totals[$0] > totals[$1] : $0 > $1 }
            .prefix(count).map { matches.rowids[$0] }
    }

    /// Σ_t max_j s_t(j): the best any one memory could reach.
    var bestPossible: Float {
        let rows = totals.count
        return idf.indices.reduce(0) { sum, term in
            sum + (termScores[(term * rows)..<((term + 1) * rows)].max() ?? 0)
        }
    }

    /// Place of a rowid in `matches`, by binary search.
    func place(of rowid: Int64) -> Int? {
        var (low, high) = (0, matches.rowids.count)
        while low < high {
            let middle = (low + high) / 2
            if matches.rowids[middle] < rowid { low = middle + 1 } else { high = middle }
        }
        return low < matches.rowids.count && matches.rowids[low] == rowid ? low : nil
    }
}

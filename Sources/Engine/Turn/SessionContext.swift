import Features
import Storage

/// The conversations that the text matches touch, with what their turns lend each other.
struct SessionContext {
    /// Turns within reach of a match, in the same session.
    private(set) var neighbours: [Int64] = []
    /// Turns per session id.
    private(set) var lengths: [Int64: Int] = [:]
    private var evidence: [Int64: TextEvidence] = [:]
    private let match: TextMatch

    /// - Parameter seeds: the matched memories whose sessions count.
    init(store: Store, match: TextMatch, seeds: [Int64], reach: Int) throws {
        self.match = match
        let seedRows = try store.candidates(seeds)
        let rows = try store.contextRows(sessions: Array(Set(seedRows.compactMap(\.sessionID))))
        var turns = ContextCredit.Rows()
        var sessionNumbers: [Int64: Int32] = [:]
        for row in rows {
            let number = sessionNumbers[row.sessionID] ?? Int32(sessionNumbers.count)
            sessionNumbers[row.sessionID] = number
            lengths[row.sessionID, default: 0] += 1
            turns.append(
                session: number, ordinal: Int32(clamping: row.ordinal), author: Int32(truncatingIfNeeded: row.authorID),
                asksQuestion: row.asksQuestion)
        }
        let terms = match.idf.count
        let matched = match.totals.count
        var scores = [Float](repeating: 0, count: terms * rows.count)
        for (index, row) in rows.enumerated() {
            guard let place = match.place(of: row.rowid) else { continue }
            for term in 0..<terms { scores[term * rows.count + index] = match.termScores[term * matched + place] }
        }
        let credit = ContextCredit(rows: turns, termScores: scores, terms: terms)
        let seedSet = Set(seeds)
        for (index, row) in rows.enumerated() {
            var found = Self.own(match, row.rowid)
            found.context = credit.context[index]
            found.previousTurn = credit.previousTurn[index]
            found.nextTurn = credit.nextTurn[index]
            found.answered = credit.answered[index]
            found.session = credit.sessionBest[index]
            evidence[row.rowid] = found
        }
        var wanted: Set<Int64> = []
        for (index, row) in rows.enumerated() where seedSet.contains(row.rowid) {
            for other in max(0, index - reach)...min(rows.count - 1, index + reach)
            where rows[other].sessionID == row.sessionID && abs(rows[other].ordinal - row.ordinal) <= reach
                && !seedSet.contains(rows[other].rowid) && wanted.insert(rows[other].rowid).inserted
            {
                neighbours.append(rows[other].rowid)
            }
        }
    }

    /// A memory outside these sessions has only its own words.
    func evidence(of rowid: Int64) -> TextEvidence {
        evidence[rowid] ?? Self.own(match, rowid)
    }

    static func own(_ match: TextMatch, _ rowid: Int64) -> TextEvidence {
        var found = TextEvidence()
        guard let place = match.place(of: rowid) else { return found }
        let rows = match.totals.count
        var (matchedIDF, allIDF): (Float, Float) = (0, 0)
        for term in match.idf.indices {
            allIDF += match.idf[term]
            found.prefix += match.prefixScores[term * rows + place]
            guard match.termScores[term * rows + place] > 0 else { continue }
            matchedIDF += match.idf[term]
            found.maxIDF = max(found.maxIDF, match.idf[term])
            found.termsMatched += 1
        }
        found.bm25 = match.totals[place]
        found.context = found.bm25
        found.coverage = allIDF > 0 ? matchedIDF / allIDF : 0
        return found
    }
}

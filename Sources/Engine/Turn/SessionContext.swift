import Features
import Storage

/// The conversations that the text matches touch, with what their turns lend each other.
struct SessionContext {
    /// Turns per session id.
    private(set) var lengths: [Int64: Int] = [:]
    private let match: TextMatch
    /// By (session, ordinal); all arrays below follow it.
    private let rows: [ContextRow]
    private let credit: ContextCredit
    private var indices: [Int64: Int] = [:]
    private var ranks: [Int] = []
    /// Empty unless asked for.
    private var windows: [Float] = []

    /// - Parameters:
    ///   - seeds: the matched memories whose sessions count.
    ///   - sessions: further ones, by id.
    ///   - withWindow: compute `text.window2`, which needs every turn's length.
    init(store: Store, match: TextMatch, seeds: [Int64], sessions: [Int64] = [], withWindow: Bool = false)
        throws
    {
        self.match = match
        let known = Array(Set(try store.sessions(of: seeds) + sessions))
        rows = try store.contextRows(sessions: known)
        var turns = ContextCredit.Rows()
        var number: Int32 = -1
        indices.reserveCapacity(rows.count)
        for (index, row) in rows.enumerated() {
            if index == 0 || rows[index - 1].sessionID != row.sessionID { number += 1 }
            indices[row.rowid] = index
            lengths[row.sessionID, default: 0] += 1
            turns.append(
                session: number, ordinal: Int32(clamping: row.ordinal),
                author: Int32(truncatingIfNeeded: row.authorID),
                asksQuestion: row.asksQuestion)
        }
        let terms = match.idf.count
        let matched = match.totals.count
        var scores = [Float](repeating: 0, count: terms * rows.count)
        for (index, row) in rows.enumerated() {
            guard let place = match.place(of: row.rowid) else { continue }
            for term in 0..<terms {
                scores[term * rows.count + index] = match.termScores[term * matched + place]
            }
        }
        credit = ContextCredit(rows: turns, termScores: scores, terms: terms)
        ranks = sessionRanks()
        if withWindow { windows = windowScores(try store.tokenCounts(sessions: known)) }
    }

    /// Turns within `reach` of a seed, in the same session.
    func neighbours(of seeds: [Int64], reach: Int) -> [Int64] {
        var wanted = Set(seeds)
        var found: [Int64] = []
        for index in seeds.compactMap({ indices[$0] }) {
            for other in max(0, index - reach)...min(rows.count - 1, index + reach)
            where rows[other].sessionID == rows[index].sessionID
                && abs(rows[other].ordinal - rows[index].ordinal) <= reach
                && wanted.insert(rows[other].rowid).inserted
            {
                found.append(rows[other].rowid)
            }
        }
        return found
    }

    /// Worth of what is no text match, against nats of text. Near F1's, and no more is needed: it only decides who is
    /// looked at.
    private enum Worth {
        static let author: Float = 5
        static let date: Float = 5
        static let question: Float = -0.5
        static let opening: Float = 0.5
        static let opens = 2
    }

    /// The turns of these sessions that F1 would rank first, matched or not: what an answer's neighbours, its author
    /// and its date say for it.
    ///
    /// - Parameters:
    ///   - author: id of the one author that the question names.
    ///   - date: fit of a session to the date asked for, 0–1.
    func best(_ count: Int, author: Int64?, date: (_ session: Int64) -> Float) -> [Int64] {
        var dates: [Int64: Float] = [:]
        for session in lengths.keys { dates[session] = Worth.date * date(session) }
        let scored = rows.indices.map { index in
            let row = rows[index]
            let text = credit.context[index] + (dates[row.sessionID] ?? 0)
            let form: Float =
                (row.asksQuestion ? Worth.question : 0) + (row.ordinal < Worth.opens ? Worth.opening : 0)
            return (score: text + form + (author == row.authorID ? Worth.author : 0), rowid: row.rowid)
        }
        return scored.sorted { $0 > $1 }.prefix(count).filter { $0.score > 0 }.map(\.rowid)
    }

    /// Rank of each row's session by its best words; equal sessions share the better one.
    private func sessionRanks() -> [Int] {
        let best = Dictionary(
            zip(rows.map(\.sessionID), credit.sessionBest), uniquingKeysWith: { first, _ in first })
        let descending = best.values.sorted(by: >)
        let places = Dictionary(
            descending.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        return credit.sessionBest.map { places[$0] ?? 0 }
    }

    /// BM25 of each turn and its neighbours up to ±2 as one text.
    private func windowScores(_ tokens: [Int64: Int]) -> [Float] {
        let matched = match.totals.count
        let windows = rows.indices.map { index in
            (max(0, index - 2)...min(rows.count - 1, index + 2)).filter {
                rows[$0].sessionID == rows[index].sessionID
                    && abs(rows[$0].ordinal - rows[index].ordinal) <= 2
            }
        }
        let lengths = windows.map { $0.reduce(Float(0)) { $0 + Float(tokens[rows[$1].rowid] ?? 0) } }
        let average = lengths.reduce(0, +) / Float(max(1, lengths.count))
        let places = rows.map { match.place(of: $0.rowid) }
        var scores = [Float](repeating: 0, count: rows.count)
        for term in match.idf.indices {
            let formula = BM25(
                documents: match.matches.documents, documentFrequency: match.matches.stemFrequencies[term],
                averageLength: average, k1: 1.2, b: 0.4)
            for index in rows.indices {
                let count = windows[index].reduce(0) { sum, other in
                    sum + (places[other].map { Int(match.matches.stemCounts[term * matched + $0]) } ?? 0)
                }
                if count > 0 {
                    scores[index] += formula.score(termFrequency: Float(count), length: lengths[index])
                }
            }
        }
        return scores
    }

    /// What the words say of a memory; one outside these sessions has only its own.
    func evidence(of rowid: Int64) -> TextEvidence {
        var found = Self.own(match, rowid)
        guard let index = indices[rowid] else { return found }
        found.context = credit.context[index]
        found.previousTurn = credit.previousTurn[index]
        found.nextTurn = credit.nextTurn[index]
        found.answered = credit.answered[index]
        found.session = credit.sessionBest[index]
        found.sessionRank = ranks[index]
        if !windows.isEmpty { found.window = windows[index] }
        return found
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
        if !match.surface.isEmpty { found.surface = match.surface[place] }
        found.context = found.bm25
        found.coverage = allIDF > 0 ? matchedIDF / allIDF : 0
        return found
    }
}

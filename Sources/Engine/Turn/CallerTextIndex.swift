import Features
import Storage

/// The store's text statistics, made in memory from the caller's own candidates: the same `TextMatch`, so that both
/// ways of asking score alike.
struct CallerTextIndex {
    let match: TextMatch
    let evidence: [TextEvidence]
    let matchedTerms: [[String]]

    init(candidates: [CallerCandidate], query: QueryAnalysis) {
        let (count, terms) = (candidates.count, query.terms.count)
        var matches = TextMatches()
        matches.stemCounts = Array(repeating: 0, count: terms * count)
        matches.prefixCounts = matches.stemCounts
        matches.stemFrequencies = Array(repeating: 0, count: terms)
        matches.prefixFrequencies = matches.stemFrequencies
        matches.documents = count
        var tokens = 0
        for (row, candidate) in candidates.enumerated() {
            var length = 0
            func add(_ text: String) {
                Tokenizer.forEachToken(text) { token in
                    length += 1
                    let word = String(decoding: token, as: UTF8.self)
                    let stem = PorterStemmer.stem(word)
                    for (term, wanted) in query.terms.enumerated() {
                        if wanted.stem == stem { matches.stemCounts[term * count + row] += 1 }
                        if let prefix = wanted.prefix, word.hasPrefix(prefix) {
                            matches.prefixCounts[term * count + row] += 1
                        }
                    }
                }
            }
            add(candidate.text ?? "")
            if let caption = candidate.caption { add(caption) }
            matches.rowids.append(Int64(row))
            matches.lengths.append(Int32(length))
            tokens += length
            for term in 0..<terms {
                if matches.stemCounts[term * count + row] > 0 { matches.stemFrequencies[term] += 1 }
                if matches.prefixCounts[term * count + row] > 0 { matches.prefixFrequencies[term] += 1 }
            }
        }
        matches.averageLength = count > 0 ? Float(tokens) / Float(count) : 0
        let match = TextMatch(matches: matches, terms: terms)
        self.match = match

        // Rows in (session, ordinal) order for the credit of neighbours; place[row] leads back.
        let sessions = Array(Set(candidates.compactMap(\.session))).sorted()
        let number = Dictionary(uniqueKeysWithValues: sessions.enumerated().map { ($1, Int32($0)) })
        let authors = Array(Set(candidates.compactMap(\.author))).sorted()
        let authorNumber = Dictionary(uniqueKeysWithValues: authors.enumerated().map { ($1, Int32($0)) })
        func session(_ row: Int) -> Int32 { candidates[row].session.flatMap { number[$0] } ?? -1 }
        func ordinal(_ row: Int) -> Int { candidates[row].ordinal ?? row }
        let order = candidates.indices.sorted {
            (session($0), ordinal($0), $0) < (session($1), ordinal($1), $1)
        }
        var rows = ContextCredit.Rows()
        var scores = [Float](repeating: 0, count: terms * count)
        for (place, row) in order.enumerated() {
            rows.append(
                session: session(row), ordinal: Int32(clamping: ordinal(row)),
                author: candidates[row].author.flatMap { authorNumber[$0] } ?? -1,
                asksQuestion: (candidates[row].text ?? "").utf8.contains(UInt8(ascii: "?")))
            for term in 0..<terms { scores[term * count + place] = match.termScores[term * count + row] }
        }
        let credit = ContextCredit(rows: rows, termScores: scores, terms: terms)
        var evidence = (0..<count).map { SessionContext.own(match, Int64($0)) }
        for (place, row) in order.enumerated() {
            evidence[row].context = credit.context[place]
            evidence[row].previousTurn = credit.previousTurn[place]
            evidence[row].nextTurn = credit.nextTurn[place]
            evidence[row].answered = credit.answered[place]
            evidence[row].session = credit.sessionBest[place]
        }
        self.evidence = evidence
        matchedTerms = (0..<count).map { row in
            query.terms.indices.filter { match.termScores[$0 * count + row] > 0 }.map { query.terms[$0].word }
        }
    }
}

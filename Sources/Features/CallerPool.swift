/// Candidates that come with their own texts and no store: the same statistics and the same columns,
/// from these texts alone. Build once, ask as many questions as you like.
package struct CallerPool: Sendable {
    package struct Candidate: Sendable {
        package var text: String
        package var caption: String?
        package var author: String?
        /// Any name; candidates of one session keep their order unless `ordinal` says otherwise.
        package var session: String?
        /// Turn number from 0; nil = position among the session's candidates.
        package var ordinal: Int32?
        /// Unix time, UTC.
        package var occurredAtMilliseconds: Int64?
        package var facts = MemoryFacts()
        package var hasMedia = false
        package var cosine: Float?
        package var use: UseFacts?
        package var graphSupport: Float?

        package init(text: String) { self.text = text }
    }

    package let rows: [PoolRow]
    package let authorNames: [String]
    package let averageLength: Float
    private let index: TermIndex

    package init(_ candidates: [Candidate]) {
        var sessions: [String: Int32] = [:]
        var authors: [String: Int32] = [:]
        var turns: [Int32] = []
        var authorNames: [String] = []
        var rows: [PoolRow] = []
        var index = TermIndex()
        for candidate in candidates {
            var row = PoolRow()
            if let session = candidate.session {
                row.session = sessions[session] ?? Int32(sessions.count)
                sessions[session] = row.session
                if Int(row.session) == turns.count { turns.append(0) }
                let next = turns[Int(row.session)]
                // Room for the turn after it.
                row.ordinal = min(max(candidate.ordinal ?? next, 0), .max - 1)
                turns[Int(row.session)] = max(next, row.ordinal + 1)
            }
            if let author = candidate.author {
                row.author = authors[author] ?? Int32(authors.count)
                if authors.updateValue(row.author, forKey: author) == nil { authorNames.append(author) }
            }
            row.traits = TextTraits(text: candidate.text, caption: candidate.caption)
            row.hasMedia = candidate.hasMedia || candidate.caption != nil
            row.facts = candidate.facts
            row.occurredAtMilliseconds =
                candidate.occurredAtMilliseconds ?? candidate.facts.createdAtMilliseconds
            row.cosine = candidate.cosine
            row.use = candidate.use
            row.graphSupport = candidate.graphSupport
            index.add(candidate.text, row: Int32(rows.count))
            if let caption = candidate.caption { index.add(caption, row: Int32(rows.count)) }
            rows.append(row)
        }
        for position in rows.indices where rows[position].session >= 0 {
            rows[position].sessionTurns = turns[Int(rows[position].session)]
        }
        let tokens = rows.reduce(0) { $0 + $1.traits.tokenCount }
        averageLength = rows.isEmpty ? 0 : Float(tokens) / Float(rows.count)
        self.rows = rows
        self.authorNames = authorNames
        self.index = index
    }

    /// The pool read against one question; rows in the order of the candidates.
    package func features(question: String, moment: TurnMoment) -> PoolFeatures {
        let query = QueryAnalysis(question: question, authorNames: authorNames)
        var frequencies = TermFrequencies(rowCount: rows.count, termCount: query.termCount)
        let terms = query.terms
        let stems = terms.map { index.stems[$0.stem] ?? [] }
        let prefixes = terms.map { $0.prefix.flatMap { index.prefixes[$0] } ?? [] }
        let surfaces = terms.map { index.words[$0.word] ?? [] }
        for term in terms.indices {
            let first = term * rows.count
            for hit in stems[term] { frequencies.stem[first + Int(hit.row)] = hit.count }
            for hit in prefixes[term] { frequencies.prefix[first + Int(hit.row)] = hit.count }
            for hit in surfaces[term] { frequencies.surface[first + Int(hit.row)] = hit.count }
        }
        let statistics = TermStatistics(
            documentCount: rows.count, averageLength: averageLength, stemDocuments: stems.map(\.count),
            prefixDocuments: prefixes.map(\.count), surfaceDocuments: surfaces.map(\.count))
        return PoolFeatures(
            query: query, rows: rows, frequencies: frequencies, statistics: statistics, moment: moment)
    }
}

/// Which rows hold a stem, a five-letter prefix, a word; rows ascending within each list.
struct TermIndex: Sendable {
    struct Hit: Sendable {
        let row: Int32
        var count: UInt16
    }

    private(set) var stems: [String: [Hit]] = [:]
    private(set) var prefixes: [String: [Hit]] = [:]
    private(set) var words: [String: [Hit]] = [:]

    mutating func add(_ text: String, row: Int32) {
        for word in Tokenizer.tokens(text) {
            Self.count(row, in: &words[word, default: []])
            Self.count(row, in: &stems[PorterStemmer.stem(word), default: []])
            if let prefix = QueryAnalysis.prefix(of: word) {
                Self.count(row, in: &prefixes[prefix, default: []])
            }
        }
    }

    private static func count(_ row: Int32, in hits: inout [Hit]) {
        if let last = hits.indices.last, hits[last].row == row {
            hits[last].count = hits[last].count == .max ? .max : hits[last].count + 1
        } else {
            hits.append(Hit(row: row, count: 1))
        }
    }
}

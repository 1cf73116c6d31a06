import Features
import Storage

/// How wide the pool is (retrieval.md §4: FTS5 top 100 with ±2 neighbours, the best 200 to the scorers).
struct PoolWidth: Sendable {
    var text = 100
    var neighbours = 2
    var vectors = 100
    var recent = 20
    var pinned = 50
    var toScorers = 200
}

/// The candidates of one turn and all that columns are computed from.
struct Pool {
    var rows: [CandidateRow] = []
    /// One per row.
    var facts: [CandidateFacts] = []
    /// Where each came from, one list per row.
    var sources: [[String]] = []
    /// Words of the question that the row holds, one list per row.
    var matchedTerms: [[String]] = []
    var turn = TurnFacts()
    var query: QueryAnalysis
}

/// Collects a pool from the store: text with neighbours, vectors, recency, pinned, the caller's own.
struct PoolBuilder {
    let store: Store
    let request: SearchRequest
    let nowMilliseconds: Int64
    let utcOffsetSeconds: Int
    var width = PoolWidth()

    func build() throws -> Pool {
        let scope = request.scope
        let authors = try store.authors(scope: scope)
        let query = QueryAnalysis(
            question: request.query, authorNames: authors.map(\.name), authorIDs: authors.map { Int32(truncatingIfNeeded: $0.id) })
        let words = query.terms.map(\.word)
        let found = TextMatch(
            matches: try store.matches(words: words, prefixes: query.terms.map(\.prefix), scope: scope), terms: words.count)

        var sources: [Int64: [String]] = [:]
        var order: [Int64] = []
        func add(_ rowids: some Sequence<Int64>, from source: String) {
            for rowid in rowids {
                if sources[rowid] == nil { order.append(rowid) }
                sources[rowid, default: []].append(source)
            }
        }
        add(found.best(width.text), from: "text")
        let context = try SessionContext(store: store, match: found, seeds: order, reach: width.neighbours)
        add(context.neighbours, from: "neighbour")
        var cosines: [Int64: (cosine: Float, rank: Int)] = [:]
        if let vector = request.queryEmbedding {
            let hits = try store.nearest(to: vector, model: request.embeddingModel, limit: width.vectors, scope: scope)
            add(hits.map(\.rowid), from: "vector")
            for (rank, hit) in hits.enumerated() { cosines[hit.rowid] = (hit.cosine, rank) }
        }
        let recent = try store.recent(width.recent, beforeMilliseconds: nowMilliseconds, scope: scope)
        add(recent, from: "recency")
        add(try store.pinned(width.pinned, scope: scope), from: "pinned")
        if !request.candidates.isEmpty { add(try store.rowids(ids: request.candidates, scope: scope), from: "caller") }

        var rows = try store.candidates(order)
        try addSuccessors(of: &rows, scope: scope, sources: &sources)
        if let vector = request.queryEmbedding {
            let missing = rows.map(\.rowid).filter { cosines[$0] == nil }
            for hit in try store.cosines(of: missing, to: vector, model: request.embeddingModel, scope: scope) {
                cosines[hit.rowid] = (hit.cosine, cosines.count)
            }
        }

        var pool = Pool(query: query)
        pool.turn.nowMilliseconds = nowMilliseconds
        pool.turn.utcOffsetSeconds = utcOffsetSeconds
        pool.turn.queryTerms = query.terms.count
        pool.turn.namesAuthor = query.namedAuthorCount > 0
        pool.turn.hasDate = query.date != nil
        pool.turn.asksWhen = query.asksWhen
        pool.turn.asksCount = query.asksCount
        pool.turn.hasVectors = request.queryEmbedding != nil
        pool.turn.bestPossible = found.bestPossible
        pool.turn.daysSinceLastSession = try store.lastSessionEnd(beforeMilliseconds: nowMilliseconds, scope: scope)
            .map { Double(nowMilliseconds - $0) / 86_400_000 }
        let namedAuthor = query.namedAuthor.map(Int64.init)
        let recencyRank = Dictionary(recent.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        for row in rows {
            var facts = CandidateFacts(row)
            facts.isNamedAuthor = namedAuthor != nil && row.authorID == namedAuthor
            facts.otherAuthorNamed = namedAuthor != nil && row.authorID != namedAuthor
            facts.dateMatch = query.date.map { DateMatch.value($0, atMilliseconds: row.createdAtMilliseconds, utcOffsetSeconds: utcOffsetSeconds) } ?? 0
            facts.cosine = cosines[row.rowid]?.cosine
            facts.vectorRank = cosines[row.rowid]?.rank
            facts.recencyRank = recencyRank[row.rowid]
            facts.text = context.evidence(of: row.rowid)
            facts.sessionLength = row.sessionID.flatMap { context.lengths[$0] }
            pool.rows.append(row)
            pool.facts.append(facts)
            pool.sources.append(sources[row.rowid] ?? [])
            pool.matchedTerms.append(matchedTerms(row.rowid, found, query))
        }
        pool.turn.measurePool(pool.facts)
        return pool
    }

    /// A superseded memory must not hide its successor: the newest version joins the pool.
    private func addSuccessors(of rows: inout [CandidateRow], scope: Scope, sources: inout [Int64: [String]]) throws {
        for _ in 0..<8 {
            let known = Set(rows.map(\.id))
            let missing = Set(rows.compactMap(\.supersededBy)).subtracting(known)
            if missing.isEmpty { return }
            let rowids = try store.rowids(ids: missing.sorted(), scope: scope)
            let successors = try store.candidates(rowids)
            if successors.isEmpty { return }
            for rowid in rowids { sources[rowid, default: []].append("successor") }
            rows += successors
        }
    }

    private func matchedTerms(_ rowid: Int64, _ found: TextMatch, _ query: QueryAnalysis) -> [String] {
        guard let place = found.place(of: rowid) else { return [] }
        let rows = found.totals.count
        return query.terms.indices.filter { found.termScores[$0 * rows + place] > 0 }
            .sorted { found.idf[$0] > found.idf[$1] }.map { query.terms[$0].word }
    }
}

extension CandidateFacts {
    init(_ row: CandidateRow) {
        self.init()
        createdAtMilliseconds = row.createdAtMilliseconds
        lastAccessMilliseconds = row.lastAccessMilliseconds
        accessCount = row.accessCount
        importance = row.importance.map(Float.init)
        isPinned = row.isPinned
        isConstraint = row.isConstraint
        isEmbedded = row.isEmbedded
        newerVersions = row.supersededBy == nil ? 0 : 1
        entity = row.entity
        aspect = row.aspect
        traits.tokenCount = row.traits.tokenCount
        traits.asksQuestion = row.traits.asksQuestion
        traits.namesTime = row.traits.namesTime
        traits.firstPersonShare = row.traits.firstPersonShare
        hasMedia = row.hasCaption
        ordinal = row.sessionID == nil ? nil : row.ordinal
    }
}

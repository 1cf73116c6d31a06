import Features
import Storage

/// How wide the pool is (retrieval.md §4: FTS5 top 100 with ±2 neighbours, the best 200 to the scorers).
struct PoolWidth: Sendable {
    var text = 100
    var neighbours = 2
    /// Best turns of the sessions that the text matches touch, whether they match or not: on LoCoMo they lift the
    /// pool's recall from .919 to .97 and close the gap to F1 over everything.
    var session = 100
    /// Sessions at a date that the question names.
    var datedSessions = 20
    var vectors = 100
    var recent = 20
    var pinned = 50
    var graph = 100
    var toScorers = 200
}

/// The candidates of one turn and all that columns are computed from.
struct Pool {
    var rows: [CandidateRow] = []
    /// One per row.
    var facts: [CandidateFacts] = []
    /// Where each came from, one list per row.
    var sources: [[String]] = []
    var turn = TurnFacts()
    var query: QueryAnalysis
    var match: TextMatch

    /// Words of the question that the row holds, the rarest first.
    func matchedTerms(_ row: Int) -> [String] {
        guard let place = match.place(of: rows[row].rowid) else { return [] }
        let width = match.totals.count
        return query.terms.indices.filter { match.termScores[$0 * width + place] > 0 }
            .sorted { match.idf[$0] > match.idf[$1] }.map { query.terms[$0].word }
    }
}

/// Collects a pool from the store: text with neighbours, vectors, recency, pinned, the caller's own.
struct PoolBuilder {
    let store: Store
    let request: SearchRequest
    let nowMilliseconds: Int64
    let utcOffsetSeconds: Int
    var width = PoolWidth()
    /// Columns that scorers ask for: dear ones are computed only then.
    var wanted: Set<String> = []

    func build() throws -> Pool {
        let scope = request.scope
        let authors = try store.authors(scope: scope)
        let query = QueryAnalysis(
            question: request.query, authorNames: authors.map(\.name),
            authorIDs: authors.map { Int32(truncatingIfNeeded: $0.id) })
        let words = query.terms.map(\.word)
        let found = TextMatch(
            matches: try store.matches(
                words: words, prefixes: query.terms.map(\.prefix), surface: wanted.contains("text.surface@1"),
                scope: scope), terms: words.count)

        var sources: [Int64: [String]] = [:]
        var order: [Int64] = []
        func add(_ rowids: some Sequence<Int64>, from source: String) {
            for rowid in rowids {
                if sources[rowid] == nil { order.append(rowid) }
                sources[rowid, default: []].append(source)
            }
        }
        add(found.best(width.text), from: "text")
        let dated = try query.date.map { try datedSessions($0) } ?? []
        let context = try SessionContext(
            store: store, match: found, seeds: order, sessions: dated,
            withWindow: wanted.contains("text.window2@1"))
        add(context.neighbours(of: order, reach: width.neighbours), from: "neighbour")
        add(try sessionTurns(context, query), from: "session")
        var cosines: [Int64: (cosine: Float, rank: Int)] = [:]
        if let vector = request.queryEmbedding {
            let hits = try store.nearest(
                to: vector, model: request.embeddingModel, limit: width.vectors, scope: scope)
            add(hits.map(\.rowid), from: "vector")
            for (rank, hit) in hits.enumerated() { cosines[hit.rowid] = (hit.cosine, rank) }
        }
        let recent = try store.recent(width.recent, beforeMilliseconds: nowMilliseconds, scope: scope)
        add(recent, from: "recency")
        add(try store.pinned(width.pinned, scope: scope), from: "pinned")
        let walked = try store.walk(from: focalEntities(), limit: width.graph, scope: scope)
        add(walked.map(\.rowid), from: "graph")
        if !request.candidates.isEmpty {
            add(try store.rowids(ids: request.candidates, scope: scope), from: "caller")
        }

        var rows = try store.candidates(order)
        try addSuccessors(of: &rows, scope: scope, sources: &sources)
        if let vector = request.queryEmbedding {
            let missing = rows.map(\.rowid).filter { cosines[$0] == nil }
            for hit in try store.cosines(of: missing, to: vector, model: request.embeddingModel, scope: scope)
            {
                cosines[hit.rowid] = (hit.cosine, cosines.count)
            }
        }

        var pool = Pool(query: query, match: found)
        pool.turn.nowMilliseconds = nowMilliseconds
        pool.turn.utcOffsetSeconds = utcOffsetSeconds
        pool.turn.queryTerms = query.terms.count
        pool.turn.namesAuthor = query.namedAuthorCount > 0
        pool.turn.hasDate = query.date != nil
        pool.turn.asksWhen = query.asksWhen
        pool.turn.asksCount = query.asksCount
        pool.turn.hasVectors = request.queryEmbedding != nil
        pool.turn.bestPossible = found.bestPossible
        pool.turn.daysSinceLastSession = try store.lastSessionEnd(
            beforeMilliseconds: nowMilliseconds, scope: scope
        )
        .map { Double(nowMilliseconds - $0) / 86_400_000 }
        let namedAuthor = query.namedAuthor.map(Int64.init)
        let recencyRank = Dictionary(
            recent.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let density = try store.structuralDensity(of: Array(Set(rows.compactMap(\.entity))), scope: scope)
        let reached = Set(walked.map(\.rowid))
        let use = try useFacts(rows, query)
        let newer = SupersessionChain(rows)
        for row in rows {
            var facts = CandidateFacts(row)
            facts.structuralDensity = row.entity.flatMap { density[$0] } ?? 0
            facts.isGraphTraversal = reached.contains(row.rowid)
            facts.use = use[row.rowid]
            facts.newerVersions = newer.depth(of: row)
            facts.isNamedAuthor = namedAuthor != nil && row.authorID == namedAuthor
            facts.otherAuthorNamed = namedAuthor != nil && row.authorID != namedAuthor
            facts.dateMatch =
                query.date.map {
                    DateMatch.value(
                        $0, atMilliseconds: row.createdAtMilliseconds, utcOffsetSeconds: utcOffsetSeconds)
                } ?? 0
            facts.cosine = cosines[row.rowid]?.cosine
            facts.vectorRank = cosines[row.rowid]?.rank
            facts.recencyRank = recencyRank[row.rowid]
            facts.text = context.evidence(of: row.rowid)
            facts.sessionLength = row.sessionID.flatMap { context.lengths[$0] }
            pool.rows.append(row)
            pool.facts.append(facts)
            pool.sources.append(sources[row.rowid] ?? [])
        }
        pool.turn.measurePool(pool.facts)
        return pool
    }

    private func datedSessions(_ date: QueryDate) throws -> [Int64] {
        guard let range = DateMatch.milliseconds(of: date, utcOffsetSeconds: utcOffsetSeconds) else {
            return []
        }
        return try store.sessions(
            fromMilliseconds: range.lowerBound, toMilliseconds: range.upperBound, limit: width.datedSessions,
            scope: request.scope)
    }

    private func sessionTurns(_ context: SessionContext, _ query: QueryAnalysis) throws -> [Int64] {
        var beginnings: [Int64: Int64] = [:]
        if query.date != nil { beginnings = try store.beginnings(ofSessions: Array(context.lengths.keys)) }
        return context.best(width.session, author: query.namedAuthor.map(Int64.init)) { session in
            guard let date = query.date, let began = beginnings[session] else { return 0 }
            return DateMatch.value(date, atMilliseconds: began, utcOffsetSeconds: utcOffsetSeconds)
        }
    }

    /// The caller's, then words and neighbouring words of the question: what isn't an entity's name finds nothing.
    private func focalEntities() -> [String] {
        var names = request.focalEntities
        let words = request.query.split { $0.isWhitespace || "?!,;:\"()".contains($0) }.prefix(64).map(
            String.init)
        for length in stride(from: min(3, words.count), to: 0, by: -1) {
            for start in 0...(words.count - length) {
                let name = words[start..<start + length].joined(separator: " ")
                if name.count > 1 { names.append(name) }
            }
        }
        return names
    }

    private func useFacts(_ rows: [CandidateRow], _ query: QueryAnalysis) throws -> [Int64: UseFacts] {
        let columns = [
            "past_query_bm25", "past_query_knn", "actor_co_recent", "actor_age_h", "decayed_60d",
            "decayed_3d",
        ]
        guard columns.contains(where: { wanted.contains("use.\($0)@1") }) else { return [:] }
        return try UseHistory(
            store: store, pool: rows.map(\.rowid), query: query, actor: request.actor,
            nowMilliseconds: nowMilliseconds,
            scope: request.scope
        ).facts
    }

    /// A superseded memory must not hide its successor: the newest version joins the pool.
    private func addSuccessors(of rows: inout [CandidateRow], scope: Scope, sources: inout [Int64: [String]])
        throws
    {
        for _ in 0..<SupersessionChain.longest {
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

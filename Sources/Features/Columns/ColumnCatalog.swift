import Glibc

/// One named column: what a scorer may ask for, and all that is to be known about it.
package struct Column: Sendable {
    /// `memory.log_age_days@1`. A changed formula is a new `@n`.
    package let name: String
    package let formula: String
    package let unit: String
    package let range: String
    /// What stands in the row where there is nothing to say.
    package let absent: Float
    package let source: String
    let value: @Sendable (CandidateFacts, TurnFacts) -> Float?
}

/// The one table of columns, computed for product, caller's candidates and planted worlds alike.
package enum ColumnCatalog {
    package static let columns: [Column] = memory + text + vector + form + turn + priors + generativeAgents + context + caller
    package static let names: [String] = columns.map(\.name)
    static let index: [String: Int] = Dictionary(
        uniqueKeysWithValues: columns.enumerated().map { ($1.name, $0) })

    static func column(
        _ name: String, _ formula: String, unit: String = "", range: String, absent: Float = 0,
        source: String,
        _ value: @escaping @Sendable (CandidateFacts, TurnFacts) -> Float?
    ) -> Column {
        Column(
            name: name + "@1", formula: formula, unit: unit, range: range, absent: absent, source: source,
            value: value)
    }

    /// `memory.v1`: the 17 columns of the seeds' layout, in their order.
    package static let memoryV1 = [
        "log_age_days", "importance", "log_access_count", "tod_sin", "tod_cos", "dow_sin", "dow_cos",
        "moy_sin", "moy_cos",
        "log_session_gap_days", "is_embedded", "is_superseded", "entity_slot", "aspect_slot", "is_constraint",
        "log_structural_density", "is_graph_traversal",
    ].map { "memory.\($0)@1" }

    /// What only a caller can know.
    private static let caller: [Column] = [
        column(
            "query.relation", "which relation the question asks for: a number of the caller's own, as in `path.relation`; 0 = unknown",
            unit: "index", range: "0–65535", source: "caller"
        ) { _, _ in nil }
    ]

    private static let memory: [Column] = [
        column(
            "memory.log_age_days", "ln(age_days + 1)", unit: "ln days", range: "≥ 0",
            source: "created_at, turn"
        ) { log(ageDays($0, $1) + 1) },
        column("memory.importance", "as stored", range: "0–1", absent: 0.5, source: "memory") { c, _ in
            c.importance
        },
        column("memory.log_access_count", "ln(access_count + 1)", range: "≥ 0", source: "memory") { c, _ in
            log(Float(c.accessCount) + 1)
        },
        column("memory.tod_sin", "sin(2π·hour/24), user's zone", range: "−1–1", source: "turn") {
            sin(turnOf(hour($1), 24))
        },
        column("memory.tod_cos", "cos(2π·hour/24), user's zone", range: "−1–1", source: "turn") {
            cos(turnOf(hour($1), 24))
        },
        column("memory.dow_sin", "sin(2π·weekday/7), Sunday = 0", range: "−1–1", source: "turn") {
            sin(turnOf(Double(civil($1).weekday), 7))
        },
        column("memory.dow_cos", "cos(2π·weekday/7), Sunday = 0", range: "−1–1", source: "turn") {
            cos(turnOf(Double(civil($1).weekday), 7))
        },
        column("memory.moy_sin", "sin(2π·month/12), January = 0", range: "−1–1", source: "turn") {
            sin(turnOf(Double(civil($1).month - 1), 12))
        },
        column("memory.moy_cos", "cos(2π·month/12), January = 0", range: "−1–1", source: "turn") {
            cos(turnOf(Double(civil($1).month - 1), 12))
        },
        column(
            "memory.log_session_gap_days", "ln(max(0, days since the last session) + 1)", unit: "ln days",
            range: "≥ 0", source: "sessions"
        ) { _, t in
            t.daysSinceLastSession.map { log(Float(max(0, $0)) + 1) }
        },
        column("memory.is_embedded", "1 if a vector is stored", range: "0/1", source: "embeddings") { c, _ in
            c.isEmbedded ? 1 : 0
        },
        column("memory.is_superseded", "1 if a newer version exists", range: "0/1", source: "memory") {
            c, _ in c.newerVersions > 0 ? 1 : 0
        },
        column("memory.entity_slot", "FNV-1a-32 of the entity mod 256, /255", range: "0–1", source: "graph") {
            c, _ in c.entity.map(slot)
        },
        column("memory.aspect_slot", "FNV-1a-32 of the aspect mod 256, /255", range: "0–1", source: "graph") {
            c, _ in c.aspect.map(slot)
        },
        column("memory.is_constraint", "1 if the memory is a constraint", range: "0/1", source: "memory") {
            c, _ in c.isConstraint ? 1 : 0
        },
        column(
            "memory.log_structural_density", "ln(aspects + attributes of its entity + 1)", range: "≥ 0",
            source: "graph"
        ) { c, _ in log(Float(c.structuralDensity) + 1) },
        column(
            "memory.is_graph_traversal", "1 if found through the graph", range: "0/1", source: "candidates"
        ) { c, _ in c.isGraphTraversal ? 1 : 0 },
        column(
            "memory.age_days", "max(0, now − created_at)", unit: "days", range: "≥ 0",
            source: "created_at, turn"
        ) { ageDays($0, $1) },
        column("memory.is_pinned", "1 if pinned", range: "0/1", source: "memory") { c, _ in c.isPinned ? 1 : 0
        },
        column("memory.newer_versions", "versions that followed, one after the other, at most 16", range: "≥ 0", source: "memory") {
            c, _ in Float(c.newerVersions)
        },
    ]

    private static let text: [Column] = [
        column(
            "text.bm25", "Σ_t s_t, k1 0.9, b 0.3, prefix × 0.8", unit: "nats", range: "≥ 0", source: "FTS5"
        ) { c, _ in c.text.bm25 },
        column(
            "text.context", "Σ_t c_t: with credit from neighbouring turns", unit: "nats", range: "≥ 0",
            source: "FTS5, session"
        ) { c, _ in c.text.context },
        column("text.context_rel", "text.context ÷ pool maximum", range: "0–1", source: "FTS5, session") {
            c, t in t.contextMaximum > 0 ? c.text.context / t.contextMaximum : 0
        },
        column("text.context_norm", "text.context ÷ Σ_t max_j s_t(j)", range: "0–1", source: "FTS5, session")
        { c, t in t.bestPossible > 0 ? min(1, c.text.context / t.bestPossible) : 0 },
        column(
            "text.prev", "text.bm25 of the previous turn", unit: "nats", range: "≥ 0", source: "FTS5, session"
        ) { c, _ in c.text.previousTurn },
        column("text.next", "text.bm25 of the next turn", unit: "nats", range: "≥ 0", source: "FTS5, session")
        { c, _ in c.text.nextTurn },
        column(
            "text.answer", "text.prev if that turn is another author's question", unit: "nats", range: "≥ 0",
            source: "FTS5, session"
        ) { c, _ in c.text.answered },
        column(
            "text.session", "Σ_t max over the session of s_t", unit: "nats", range: "≥ 0",
            source: "FTS5, session"
        ) { c, _ in c.text.session },
        column(
            "text.session_rank", "1/(1 + rank of its session by text.session)", range: "0–1",
            source: "FTS5, session"
        ) { c, _ in
            c.text.sessionRank.map { 1 / Float(1 + $0) }
        },
        column(
            "text.window2", "BM25 of the turn and ±2 as one text, stems, k1 1.2, b 0.4", unit: "nats",
            range: "≥ 0", source: "FTS5, session"
        ) { c, _ in c.text.window },
        column(
            "text.surface", "Σ_t BM25 of the word unstemmed, k1 0.9, b 0.3", unit: "nats", range: "≥ 0",
            source: "FTS5"
        ) { c, _ in c.text.surface },
        column("text.coverage", "share of the query's idf that matches", range: "0–1", source: "FTS5") {
            c, _ in c.text.coverage
        },
        column("text.max_idf", "largest idf among matched terms", unit: "nats", range: "≥ 0", source: "FTS5")
        { c, _ in c.text.maxIDF },
        column("text.terms_matched", "distinct terms matched", unit: "count", range: "≥ 0", source: "FTS5") {
            c, _ in Float(c.text.termsMatched)
        },
        column("text.prefix5", "Σ_t of 5-letter prefix matches", unit: "nats", range: "≥ 0", source: "FTS5") {
            c, _ in c.text.prefix
        },
    ]

    private static let vector: [Column] = [
        column("vector.cosine", "cosine of query and memory vector", range: "−1–1", source: "embeddings") {
            c, _ in c.cosine
        },
        column("vector.rank", "1/(1 + rank by cosine)", range: "0–1", source: "embeddings") { c, _ in
            c.vectorRank.map { 1 / Float(1 + $0) }
        },
    ]

    private static let form: [Column] = [
        column("author.named", "1 if its author is the only one named", range: "0/1", source: "query, author")
        { c, _ in c.isNamedAuthor ? 1 : 0 },
        column(
            "author.other_named", "1 if only another author is named", range: "0/1", source: "query, author"
        ) { c, _ in c.otherAuthorNamed ? 1 : 0 },
        column(
            "time.date_match", "fit of its date to the date asked for", range: "0–1",
            source: "query, created_at"
        ) { c, _ in c.dateMatch },
        column("form.temporal", "1 if the text names a time", range: "0/1", source: "text") { c, _ in
            c.traits.namesTime ? 1 : 0
        },
        column("form.question", "1 if the text contains ?", range: "0/1", source: "text") { c, _ in
            c.traits.asksQuestion ? 1 : 0
        },
        column("form.first_person", "share of first-person pronouns", range: "0–1", source: "text") { c, _ in
            c.traits.firstPersonShare
        },
        column("form.log_len", "ln(1 + tokens)", range: "≥ 0", source: "text") { c, _ in
            log(1 + Float(c.traits.tokenCount))
        },
        column("form.media", "1 if it has a caption", range: "0/1", source: "memory") { c, _ in
            c.hasMedia ? 1 : 0
        },
        column("place.index", "turn number in its session", unit: "count", range: "≥ 0", source: "session") {
            c, _ in c.ordinal.map(Float.init)
        },
        column("place.fraction", "turn number ÷ session length", range: "0–1", source: "session") { c, _ in
            guard let ordinal = c.ordinal, let length = c.sessionLength, length > 0 else { return nil }
            return min(1, Float(ordinal) / Float(length))
        },
        column("place.opening", "1 for the first two turns of a session", range: "0/1", source: "session") {
            c, _ in c.ordinal.map { $0 < 2 ? 1 : 0 }
        },
    ]

    private static let turn: [Column] = [
        column("query.terms", "distinct terms searched", unit: "count", range: "≥ 0", source: "query") {
            _, t in Float(t.queryTerms)
        },
        column("query.names_author", "1 if an author is named", range: "0/1", source: "query") { _, t in
            t.namesAuthor ? 1 : 0
        },
        column("query.has_date", "1 if a date is asked for", range: "0/1", source: "query") { _, t in
            t.hasDate ? 1 : 0
        },
        column("query.asks_when", "1 if it asks when", range: "0/1", source: "query") { _, t in
            t.asksWhen ? 1 : 0
        },
        column("query.asks_count", "1 if it asks how many or how often", range: "0/1", source: "query") {
            _, t in t.asksCount ? 1 : 0
        },
        column("use.count", "ln(1 + accesses)", range: "≥ 0", source: "memory") { c, _ in
            log(1 + Float(c.accessCount))
        },
        column(
            "use.age_h", "ln(1 + hours since the last access)", unit: "ln hours", range: "≥ 0",
            source: "memory"
        ) { c, t in
            c.lastAccessMilliseconds.map {
                log(1 + Float(max(0, Double(t.nowMilliseconds - $0) / 3_600_000)))
            }
        },
        column(
            "use.created_d", "ln(1 + days since creation)", unit: "ln days", range: "≥ 0", source: "memory"
        ) { log(1 + ageDays($0, $1)) },
        column(
            "use.past_query_bm25", "BM25 of the query against queries that led here", unit: "nats",
            range: "≥ 0", source: "feedback"
        ) { c, _ in c.use?.pastQueryBM25 },
        column(
            "use.past_query_knn", "Σ cos²/√memories over the 15 most similar past queries", range: "≥ 0",
            source: "feedback"
        ) { c, _ in c.use?.pastQueryNeighbours },
        column(
            "use.actor_co_recent", "actor's last 4 accesses, weight .6^j: itself 1, else share of co-access",
            range: "≥ 0", source: "feedback"
        ) { c, _ in c.use?.actorCoRecent },
        column(
            "use.actor_age_h", "ln(1 + hours since this actor's last access); never = 4,000 days",
            unit: "ln hours", range: "≥ 0", absent: never, source: "feedback"
        ) { c, _ in
            c.use?.actorAgeHours.map { log(1 + max(0, $0)) }
        },
        column("use.decayed_60d", "ln(1 + Σ ½^(days/60)) over accesses", range: "≥ 0", source: "feedback") {
            c, _ in c.use.map { log(1 + $0.decayed60Days) }
        },
        column("use.decayed_3d", "ln(1 + Σ ½^(days/3)) over accesses", range: "≥ 0", source: "feedback") {
            c, _ in c.use.map { log(1 + $0.decayed3Days) }
        },
        column("use.recency_rank", "1/(1 + rank by recency/5)", range: "0–1", source: "candidates") { c, _ in
            c.recencyRank.map { 1 / (1 + Float($0) / 5) }
        },
    ]

    /// What `bounded` multiplies by: each in 0–1, absent ½ so that nothing known changes nothing.
    private static let priors: [Column] = [
        column("prior.recency", "2^(−age_days/30)", range: "0–1", absent: 0.5, source: "created_at, turn") {
            exp2(-ageDays($0, $1) / 30)
        },
        column("prior.use", "½ + ½·(1 − 2^(−accesses/4))", range: "½–1", absent: 0.5, source: "memory") {
            c, _ in 0.5 + 0.5 * (1 - exp2(-Float(c.accessCount) / 4))
        },
        column("prior.importance", "as stored", range: "0–1", absent: 0.5, source: "memory") { c, _ in
            c.importance
        },
        column("prior.graph", "1 if found through the graph", range: "½–1", absent: 0.5, source: "candidates")
        { c, _ in c.isGraphTraversal ? 1 : nil },
    ]

    private static let generativeAgents: [Column] = [
        column(
            "agents.recency", "0.995^(hours since the last access)", range: "0–1",
            source: "Park et al. 2023 §4.1"
        ) { agentsRecency($0, $1) },
        column("agents.importance", "as stored", range: "0–1", absent: 0.5, source: "memory") { c, _ in
            c.importance
        },
        column(
            "agents.relevance", "cosine, or text.bm25 without vectors", range: "",
            source: "Park et al. 2023 §4.1"
        ) { agentsRelevance($0, $1) },
        column("agents.recency_min", "minimum over the pool", range: "0–1", source: "pool") { _, t in
            t.pool.recency.minimum
        },
        column("agents.recency_max", "maximum over the pool", range: "0–1", source: "pool") { _, t in
            t.pool.recency.maximum
        },
        column("agents.importance_min", "minimum over the pool", range: "0–1", source: "pool") { _, t in
            t.pool.importance.minimum
        },
        column("agents.importance_max", "maximum over the pool", range: "0–1", source: "pool") { _, t in
            t.pool.importance.maximum
        },
        column("agents.relevance_min", "minimum over the pool", range: "", source: "pool") { _, t in
            t.pool.relevance.minimum
        },
        column("agents.relevance_max", "maximum over the pool", range: "", source: "pool") { _, t in
            t.pool.relevance.maximum
        },
    ]

    /// ln(1 + hours of 4,000 days): what "never" is worth (retrieval.md §5).
    private static let never = log(Float(96_001))

    static func ageDays(_ candidate: CandidateFacts, _ turn: TurnFacts) -> Float {
        Float(max(0, Double(turn.nowMilliseconds - candidate.createdAtMilliseconds) / 86_400_000))
    }

    static func agentsRecency(_ candidate: CandidateFacts, _ turn: TurnFacts) -> Float {
        let last = candidate.lastAccessMilliseconds ?? candidate.createdAtMilliseconds
        let hours = max(0, Double(turn.nowMilliseconds - last) / 3_600_000)
        return Float(pow(0.995, hours))
    }

    static func agentsRelevance(_ candidate: CandidateFacts, _ turn: TurnFacts) -> Float {
        turn.hasVectors ? candidate.cosine ?? 0 : candidate.text.bm25
    }

    private static func civil(_ turn: TurnFacts) -> CivilTime {
        CivilTime(unixMilliseconds: turn.nowMilliseconds, utcOffsetSeconds: turn.utcOffsetSeconds)
    }

    private static func hour(_ turn: TurnFacts) -> Double { civil(turn).hour }

    private static func turnOf(_ value: Double, _ period: Double) -> Float {
        Float(2 * Double.pi * value / period)
    }

    /// FNV-1a-32 over UTF-16 units, as the reference client hashes (signet.md §4 row 12).
    static func slot(_ name: String) -> Float {
        var hash: UInt32 = 2_166_136_261
        for unit in name.utf16 { hash = (hash ^ UInt32(unit)) &* 16_777_619 }
        return Float(hash % 256) / 255
    }
}

extension TurnFacts {
    /// Ranges over the pool; call once, when all candidates are known.
    package mutating func measurePool(_ candidates: [CandidateFacts]) {
        contextMaximum = candidates.reduce(0) { max($0, $1.text.context) }
        func range(_ value: (CandidateFacts) -> Float) -> (minimum: Float, maximum: Float) {
            var result: (minimum: Float, maximum: Float) = (.infinity, -.infinity)
            for candidate in candidates {
                let x = value(candidate)
                result.minimum = min(result.minimum, x)
                result.maximum = max(result.maximum, x)
            }
            return candidates.isEmpty ? (0, 0) : result
        }
        pool.recency = range { ColumnCatalog.agentsRecency($0, self) }
        pool.importance = range { $0.importance ?? 0.5 }
        pool.relevance = range { ColumnCatalog.agentsRelevance($0, self) }
    }
}

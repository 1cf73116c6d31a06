import Glibc

/// Vectors and past use, from values the store passes in. Source: `references/retrieval.md` §5 and §6.
enum UseColumns {
    /// ln(1 + hours of 4,000 days): what "never" is worth, as in §5.
    static let neverLogHours: Float = log1p(96_000)

    static let definitions: [ColumnDefinition] = [
        ColumnDefinition(
            "vector.cosine", "cosine of query (without one: context) and memory vector", range: "−1…1",
            isPresent: { $0.hasVectors }
        ) { $0.each { $0.cosine ?? 0 } },
        ColumnDefinition(
            "vector.rank", "1/(1 + rank by cosine in the pool)", range: "0…1", isPresent: { $0.hasVectors }
        ) { pool in
            let descending = pool.rows.compactMap(\.cosine).sorted(by: >)
            return pool.each { row in
                guard let cosine = row.cosine else { return 0 }
                return 1 / (1 + Float(descending.partitioningIndex { $0 <= cosine }))
            }
        },
        use("use.past_query_bm25", "BM25 of the query against queries that led here", unit: "nats") { $0.pastQueryBM25 },
        use("use.past_query_knn", "Σ cos² over the most similar past queries that led here") { $0.pastQueryNearest },
        use(
            "use.actor_co_recent", "actor's last 4 accesses, weight .6^j: itself 1, else share of co-access"
        ) {
            $0.actorCoRecent
        },
        use(
            "use.actor_age_h", "ln(1 + hours since this actor's last access)", unit: "ln h", absent: neverLogHours
        ) {
            $0.actorAgeHours.map { log1p(max(0, $0)) }
        },
        use("use.age_h", "ln(1 + hours since anyone's last access)", unit: "ln h", absent: neverLogHours) {
            $0.ageHours.map { log1p(max(0, $0)) }
        },
        ColumnDefinition("use.created_d", "ln(1 + days since created)", unit: "ln d", range: "≥ 0") { pool in
            pool.each { log1p(pool.moment.ageDays($0.facts.createdAtMilliseconds)) }
        },
        use("use.decayed_60d", "ln(1 + Σ ½^(days/60))") { log1p(max(0, $0.decayedCount60Days)) },
        use("use.decayed_3d", "ln(1 + Σ ½^(days/3))") { log1p(max(0, $0.decayedCount3Days)) },
        use("use.count", "ln(1 + accesses)", unit: "ln count") { log1p(max(0, $0.count)) },
        use("use.recency_rank", "1/(1 + rank/5), rank 0 = used last", range: "0…1") {
            $0.recencyRank.map { 1 / (1 + Float($0) / 5) }
        },
    ]

    private static func use(
        _ name: String, _ formula: String, unit: String = "", range: String = "≥ 0", absent: Float = 0,
        _ value: @escaping @Sendable (UseFacts) -> Float?
    ) -> ColumnDefinition {
        ColumnDefinition(
            name, formula, unit: unit, range: range, absent: absent,
            isPresent: { $0.rows.contains { $0.use != nil } }
        ) { $0.each { $0.use.flatMap(value) ?? absent } }
    }
}

extension PoolFeatures {
    var hasVectors: Bool { rows.contains { $0.cosine != nil } }
}

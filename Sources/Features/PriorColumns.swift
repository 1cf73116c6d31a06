import Glibc

/// Query-independent signals scaled to 0–1 for the bounded heuristic, ½ = nothing known; and those of
/// Generative Agents with their extremes in the pool.
enum PriorColumns {
    static let definitions: [ColumnDefinition] = priors + generativeAgents

    private static let priors: [ColumnDefinition] = [
        ColumnDefinition(
            "prior.recency", "2^(−days since created/30)", range: "0…1", absent: 0.5, source: "Heuristic"
        ) { pool in pool.each { exp2(-pool.moment.ageDays($0.facts.createdAtMilliseconds) / 30) } },
        ColumnDefinition(
            "prior.use", "½ + ½·u/(1 + u), u = Σ ½^(days/60) over accesses, or accesses·½^(days since the last/60)",
            range: "½…1", absent: 0.5, source: "Heuristic; half-life of retrieval.md §5"
        ) { pool in
            pool.each {
                let used = max(0, $0.use?.decayedCount60Days ?? pool.decayedAccesses($0.facts))
                return 0.5 + 0.5 * used / (1 + used)
            }
        },
        ColumnDefinition(
            "prior.importance", "importance, ½ where nobody judged it", range: "0…1", absent: 0.5,
            source: "Heuristic"
        ) { $0.each { $0.facts.importance ?? 0.5 } },
        ColumnDefinition(
            "prior.graph", "½ + ½·support of the graph for what is in focus", range: "½…1", absent: 0.5,
            source: "Heuristic", isPresent: { $0.rows.contains { $0.graphSupport != nil } }
        ) { $0.each { 0.5 + 0.5 * min(1, max(0, $0.graphSupport ?? 0)) } },
    ]

    private static let park = "Park et al. 2023, arXiv 2304.03442, §4.1"

    private static let generativeAgents: [ColumnDefinition] = {
        let recency: @Sendable (PoolFeatures) -> [Float] = { pool in
            pool.each {
                let last = $0.facts.lastAccessMilliseconds ?? $0.facts.createdAtMilliseconds
                return exp2(pool.moment.ageDays(last) * 24 * log2(Float(0.995)))
            }
        }
        let importance: @Sendable (PoolFeatures) -> [Float] = { $0.each { $0.facts.importance ?? 0.5 } }
        let relevance: @Sendable (PoolFeatures) -> [Float] = { pool in
            pool.hasVectors ? pool.each { $0.cosine ?? 0 } : pool.unsorted(pool.credit.own)
        }
        let own = [
            ColumnDefinition(
                "memory.access_recency", "0.995^(hours since last access, or since created)", range: "0…1",
                source: park, values: recency),
            ColumnDefinition(
                "memory.relevance", "vector.cosine where the pool has vectors, else text.bm25",
                unit: "cosine or nats", range: "≥ −1", source: park, values: relevance),
        ]
        let extremes = [("recency", recency), ("importance", importance), ("relevance", relevance)]
        return own + extremes.flatMap { name, values in
            [
                ColumnDefinition(
                    "pool.\(name)_min", "least \(name) in the pool, the same in every row",
                    range: "as its column", source: park
                ) { pool in pool.constant(values(pool).min() ?? 0) },
                ColumnDefinition(
                    "pool.\(name)_max", "greatest \(name) in the pool", range: "as its column", source: park
                ) { pool in pool.constant(values(pool).max() ?? 0) },
            ]
        }
    }()
}

extension PoolFeatures {
    /// Access count as if all had been at the last one, half-life 60 days.
    func decayedAccesses(_ facts: MemoryFacts) -> Float {
        guard let last = facts.lastAccessMilliseconds else { return 0 }
        return Float(max(0, facts.accessCount)) * exp2(-moment.ageDays(last) / 60)
    }
}

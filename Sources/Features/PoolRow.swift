/// One candidate of a turn with everything its columns are made of. Rows come in any order.
package struct PoolRow: Sendable {
    /// Index of the conversation's session, −1 = none.
    package var session: Int32 = -1
    /// Turn number within the session, from 0; gaps are turns outside the pool.
    package var ordinal: Int32 = 0
    /// Turns the session has, in the pool or not; 0 = unknown.
    package var sessionTurns: Int32 = 0
    /// Same ids as `QueryAnalysis(authorIDs:)`; −1 = unknown.
    package var author: Int32 = -1
    package var traits = TextTraits()
    package var hasMedia = false
    /// When it happened, Unix time, UTC.
    package var occurredAtMilliseconds: Int64 = 0
    package var facts = MemoryFacts()
    /// Cosine of the query's vector (the context's, if nothing was asked) and the memory's, −1…1.
    package var cosine: Float?
    package var use: UseFacts?
    /// PMI-expanded BM25, nats: retrieval.md §6 `text.related`.
    package var relatedBM25: Float?
    /// How strongly the knowledge graph ties the memory to what is in focus, 0–1.
    package var graphSupport: Float?

    package init() {}
}

/// What the store knows of a memory whatever is asked.
package struct MemoryFacts: Sendable {
    /// Unix time, UTC.
    package var createdAtMilliseconds: Int64 = 0
    /// 0–1; nil where nobody judged it.
    package var importance: Float?
    package var accessCount: Int32 = 0
    /// Unix time, UTC; nil = never.
    package var lastAccessMilliseconds: Int64?
    package var isEmbedded = false
    package var isSuperseded = false
    package var isPinned = false
    package var isConstraint = false
    package var isGraphTraversal = false
    /// Id of the entity and of the aspect it is about; nil = none.
    package var entityID: String?
    package var aspectID: String?
    /// Aspects and active attributes of the entity, count ≥ 0.
    package var structuralDensity: Float = 0

    package init() {}
}

/// How a memory was used before, as far as the store keeps accesses; per actor where it says so.
package struct UseFacts: Sendable {
    /// BM25 of the query against the queries that led here, nats.
    package var pastQueryBM25: Float = 0
    /// Σ cos² over the most similar past queries that led here.
    package var pastQueryNearest: Float = 0
    /// Weight of the actor's last four accesses: itself and what follows it, retrieval.md §5.
    package var actorCoRecent: Float = 0
    /// Hours since this actor's, and anyone's, last access; nil = never.
    package var actorAgeHours: Float?
    package var ageHours: Float?
    /// Σ ½^(days/60) and Σ ½^(days/3) over its accesses.
    package var decayedCount60Days: Float = 0
    package var decayedCount3Days: Float = 0
    package var count: Float = 0
    /// 0 = used last; nil = never.
    package var recencyRank: Int32?

    package init() {}
}

/// What one turn knows of one candidate: everything columns are computed from. Absent = nil.
package struct CandidateFacts: Sendable {
    package var createdAtMilliseconds: Int64 = 0
    package var lastAccessMilliseconds: Int64?
    package var accessCount = 0
    package var importance: Float?
    package var isPinned = false
    package var isConstraint = false
    package var isEmbedded = false
    package var newerVersions = 0
    package var entity: String?
    package var aspect: String?
    package var structuralDensity = 0
    package var isGraphTraversal = false
    package var isNamedAuthor = false
    package var otherAuthorNamed = false
    package var dateMatch: Float = 0
    package var traits = StoredTraits()
    package var hasMedia = false
    package var ordinal: Int?
    package var sessionLength: Int?
    package var text = TextEvidence()
    package var cosine: Float?
    package var vectorRank: Int?
    package var recencyRank: Int?
    /// nil = no access is known, or no scorer asks for it.
    package var use: UseFacts?
    /// nil = it has no entity, or no scorer asks for `context.v1`.
    package var context: ContextFacts?
    /// Named columns that the caller brought ready-made.
    package var given: [String: Float] = [:]

    package init() {}

    package struct StoredTraits: Sendable {
        package var tokenCount = 0
        package var asksQuestion = false
        package var namesTime = false
        package var firstPersonShare: Float = 0
        package init() {}
    }
}

/// How a candidate's words answer the question's.
package struct TextEvidence: Sendable {
    package var bm25: Float = 0
    package var context: Float = 0
    package var previousTurn: Float = 0
    package var nextTurn: Float = 0
    package var answered: Float = 0
    package var session: Float = 0
    /// 0 = the session that answers best; nil = it has no session.
    package var sessionRank: Int?
    /// The turn and ±2 as one text.
    package var window: Float = 0
    package var coverage: Float = 0
    package var maxIDF: Float = 0
    package var termsMatched = 0
    package var surface: Float = 0
    package var prefix: Float = 0
    package init() {}
}

/// What a turn knows besides its candidates.
package struct TurnFacts: Sendable {
    package var nowMilliseconds: Int64 = 0
    package var utcOffsetSeconds = 0
    /// Distinct terms searched; 0 = no query text.
    package var queryTerms = 0
    package var namesAuthor = false
    package var hasDate = false
    package var asksWhen = false
    package var asksCount = false
    package var hasVectors = false
    package var daysSinceLastSession: Double?
    /// Over the pool, for scorers that rescale by it.
    package var contextMaximum: Float = 0
    /// Σ_t max_j s_t(j): the best that any single turn could reach.
    package var bestPossible: Float = 0
    package var pool = PoolRange()
    /// nil = there is no store behind the turn, or no scorer asks.
    package var context: TurnContext?

    package init() {}

    /// Ranges of Park et al.'s three terms over the pool (generative-agents mode).
    package struct PoolRange: Sendable {
        package var recency: (minimum: Float, maximum: Float) = (0, 0)
        package var importance: (minimum: Float, maximum: Float) = (0, 0)
        package var relevance: (minimum: Float, maximum: Float) = (0, 0)
        package init() {}
    }
}

/// What is known of a candidate's past use, from before the turn.
package struct UseFacts: Sendable, Equatable {
    /// BM25 of the question against the questions that led here, nats.
    package var pastQueryBM25: Float = 0
    /// Σ cos² over the 15 most similar past questions that led here, each shared among what it led to.
    package var pastQueryNeighbours: Float = 0
    /// What this actor's last four accesses say for it, weights .6^j.
    package var actorCoRecent: Float = 0
    /// Hours since this actor's last access; nil = never.
    package var actorAgeHours: Float?
    /// Σ ½^(days/60), Σ ½^(days/3)
    package var decayed60Days: Float = 0
    package var decayed3Days: Float = 0
    package init() {}
}

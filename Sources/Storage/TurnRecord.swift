/// One turn as it is written down: what was asked, who answered, and every candidate with the reason
/// for its rank.
package struct TurnRecord: Sendable, Equatable {
    /// Unique over the whole file; the caller makes it up and answers with it.
    package var retrievalID: String
    package var session: String?
    package var atMilliseconds: Int64
    package var query: String
    package var arm: String
    /// Scorer → version.
    package var scorerVersions: [String: String]
    package var configurationHash: String
    /// What the numbers in each candidate's `contributions` are, in their fixed order.
    package var contributionNames: [String]
    /// Of the sampling; 0 where nothing was sampled.
    package var seed: UInt64
    package var temperature: Double
    /// k, as the caller asked.
    package var requested: Int
    package var tokenBudget: Int?
    package var latencyNanoseconds: Int64
    /// Why the answer is not the whole answer, or nil.
    package var degraded: String?
    /// Free JSON object.
    package var details: String?
    package var candidates: [TurnCandidate]

    package init(
        retrievalID: String, session: String? = nil, atMilliseconds: Int64, query: String,
        arm: String = "default", scorerVersions: [String: String] = [:], configurationHash: String = "",
        contributionNames: [String] = [], seed: UInt64 = 0, temperature: Double = 0, requested: Int,
        tokenBudget: Int? = nil, latencyNanoseconds: Int64 = 0, degraded: String? = nil,
        details: String? = nil, candidates: [TurnCandidate]
    ) {
        self.retrievalID = retrievalID
        self.session = session
        self.atMilliseconds = atMilliseconds
        self.query = query
        self.arm = arm
        self.scorerVersions = scorerVersions
        self.configurationHash = configurationHash
        self.contributionNames = contributionNames
        self.seed = seed
        self.temperature = temperature
        self.requested = requested
        self.tokenBudget = tokenBudget
        self.latencyNanoseconds = latencyNanoseconds
        self.degraded = degraded
        self.details = details
        self.candidates = candidates
    }
}

/// One candidate of one turn, shown or not.
package struct TurnCandidate: Sendable, Equatable {
    /// A memory of the store, or nil for a candidate of the caller's own, or one deleted since.
    package var rowid: Int64?
    /// The memory's id, or the caller's.
    package var id: String
    /// 1 = best; the order before tiers.
    package var rank: Int
    /// 1 = first in the answer; nil = not shown.
    package var position: Int?
    package var score: Float
    /// In the order of `TurnRecord.contributionNames`; they add up to `score`.
    package var contributions: [Float]
    /// Probability of being shown at this position, given the picks before; nil = not shown.
    package var propensity: Double?
    /// Nothing was drawn: the propensity is 1 by construction.
    package var isDeterministic: Bool
    package var isPinned: Bool
    package var injected: Bool
    package var dropReason: String?

    package init(
        rowid: Int64?, id: String, rank: Int, position: Int? = nil, score: Float,
        contributions: [Float] = [], propensity: Double? = nil, isDeterministic: Bool = true,
        isPinned: Bool = false, injected: Bool = false, dropReason: String? = nil
    ) {
        self.rowid = rowid
        self.id = id
        self.rank = rank
        self.position = position
        self.score = score
        self.contributions = contributions
        self.propensity = propensity
        self.isDeterministic = isDeterministic
        self.isPinned = isPinned
        self.injected = injected
        self.dropReason = dropReason
    }
}

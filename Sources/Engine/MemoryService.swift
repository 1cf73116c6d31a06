import Storage

/// The use cases, once. CLI and Server translate to and from this protocol and decide nothing.
///
/// Every call is safe from any thread, several at once. Errors are `EngineError`: what was wrong, where,
/// what is allowed, what to do.
package protocol MemoryService: Sendable {
    /// Ranks stored memories for a question. Always answers if the store can be read; scorers that fail
    /// cost quality and are named in `degraded`.
    func search(_ request: SearchRequest) throws -> Ranking

    /// Ranks the caller's own candidates; nothing is stored unless `request.remember` is set.
    func score(_ request: ScoreRequest) throws -> Ranking

    /// Writes memories in one transaction; returns after the commit.
    func add(_ memories: [NewMemory], scope: Scope) throws -> AddReport

    func get(_ id: String, scope: Scope) throws -> MemoryView?
    func list(_ filter: ListFilter, scope: Scope) throws -> [MemoryView]
    func update(_ id: String, _ change: MemoryChange, scope: Scope) throws -> MemoryView
    /// `hard` removes the row and everything derived from it; otherwise it only stops being found.
    func forget(_ ids: [String], hard: Bool, scope: Scope) throws -> Int

    /// Says what became of shown memories. Repeating it changes nothing.
    func feedback(_ feedback: [Feedback], retrievalID: String) throws -> Int
    /// Everything that was logged of one turn: shown and dropped, with reasons.
    func explain(retrievalID: String) throws -> Ranking

    func plugins() -> [PluginStatus]
    func status(scope: Scope) throws -> StoreStatus

    /// Reads plugins.json and its files again and serves them, all or nothing. A refusal is an answer, not an error.
    func reload(cause: String) throws -> ReloadView
}

/// One question to the store.
package struct SearchRequest: Sendable {
    package var scope = Scope()
    package var query = ""
    package var queryEmbedding: [Float]?
    package var embeddingModel: String?
    /// How many memories to return.
    package var limit = 10
    /// Most tokens (⌈UTF-8 bytes / 4⌉) the returned texts may have together; nil = no budget.
    package var tokenBudget: Int?
    /// The turn's clock; nil = now.
    package var nowMilliseconds: Int64?
    /// The user's offset from UTC; nil = this machine's.
    package var utcOffsetSeconds: Int?
    package var session: String?
    package var turn: String?
    package var actor: String?
    package var focalEntities: [String] = []
    /// Candidates the caller wants considered in any case, by id.
    package var candidates: [String] = []
    /// The caller's own deadline for the whole turn, from now.
    package var deadlineMilliseconds: Double?
    /// Scorers to use, in order, instead of the configuration's (`eval` compares rankers with it).
    package var scorers: [String]?
    /// Sampling of the slate; nil = the configuration's.
    package var sampling: Sampling?
    /// false = leave no row in the log.
    package var remember = true
    /// Compute parts and keep dropped candidates in the answer.
    package var explain = false

    package init() {}
}

/// Plackett–Luce sampling of the slate by a seeded Gumbel draw.
package struct Sampling: Sendable, Equatable {
    package var temperature: Double
    package var seed: UInt64

    package init(temperature: Double, seed: UInt64) {
        self.temperature = temperature
        self.seed = seed
    }
}

/// A candidate that is the caller's own, for `score`.
package struct CallerCandidate: Sendable {
    package var id: String
    package var text: String?
    package var caption: String?
    package var author: String?
    package var session: String?
    package var ordinal: Int?
    package var importance: Double?
    package var isPinned = false
    package var isConstraint = false
    package var isSuperseded = false
    package var createdAtMilliseconds: Int64?
    package var lastAccessMilliseconds: Int64?
    package var accessCount = 0
    package var embedding: [Float]?
    /// Named columns given ready-made ("memory.log_age_days@1": 1.2); they win over computed ones.
    package var columns: [String: Float] = [:]
    /// How it was reached through a graph, for scorers that read paths; as many as the caller knows.
    package var paths: [CallerPath] = []

    package init(id: String) { self.id = id }
}

/// Something that happened before the turn, of the caller's own history.
package struct CallerEvent: Sendable, Equatable {
    package var atMilliseconds: Int64
    package var focalEntities: [String] = []
    package var aspects: [String] = []
    /// Ids of memories that were shown, and of those that were used.
    package var injected: [String] = []
    package var referenced: [String] = []
    /// Event columns given ready-made; they win over what time and lists say.
    package var columns: [String: Float] = [:]

    package init(atMilliseconds: Int64) { self.atMilliseconds = atMilliseconds }
}

package struct ScoreRequest: Sendable {
    package var scope = Scope()
    package var query = ""
    package var queryEmbedding: [Float]?
    package var candidates: [CallerCandidate] = []
    /// The history that scorers with state shall know, oldest first. Nothing of it is kept.
    package var events: [CallerEvent] = []
    package var limit: Int?
    package var nowMilliseconds: Int64?
    package var utcOffsetSeconds: Int?
    package var deadlineMilliseconds: Double?
    package var scorers: [String]?
    package var explain = false

    package init() {}
}

/// One named increment of a score; the parts of a memory add up to its score.
package struct ScorePart: Sendable, Equatable {
    package var name: String
    package var value: Float

    package init(name: String, value: Float) {
        self.name = name
        self.value = value
    }
}

/// One way to a candidate, and what it is worth to the scorers that read paths.
package struct RankedPath: Sendable, Equatable {
    /// Ids of its hops.
    package var hops: [String]
    /// By scorer; those that said nothing aren't named.
    package var scores: [ScorePart]

    package init(hops: [String], scores: [ScorePart]) {
        self.hops = hops
        self.scores = scores
    }
}

/// Why a candidate is not in the answer.
package enum DropReason: String, Sendable, Codable {
    case superseded, expired
    case overBudget = "over-budget"
    case belowLimit = "below-limit"
    case duplicate
}

package struct RankedMemory: Sendable {
    package var id: String
    package var text: String?
    package var author: String?
    package var createdAtMilliseconds: Int64?
    package var score: Float
    /// 1 = best, before tiers; what `eval` measures.
    package var rank: Int
    /// 1-based place in the output (chronological inside a relevance tier); nil = dropped.
    package var position: Int?
    package var tier: Int?
    package var dropped: DropReason?
    /// Σ = score within 1e-4; empty unless `explain`.
    package var parts: [ScorePart] = []
    /// How it was reached, with what each path is worth; empty unless `explain`.
    package var paths: [RankedPath] = []
    /// A sentence for people: «names "backup" and "policy"; said by Anna; 3 days old».
    package var why: String = ""
    /// Probability of being shown at its position given the earlier picks.
    package var propensity: Double = 1
    package var isDeterministic = true
    package var isPinned = false
    /// Where the candidate came from: text, neighbour, vector, recency, caller, pinned.
    package var sources: [String] = []

    package init(id: String, score: Float, rank: Int) {
        self.id = id
        self.score = score
        self.rank = rank
    }
}

package struct Ranking: Sendable {
    /// Names this turn in `feedback` and `explain`.
    package var retrievalID: String
    /// In output order; with `explain` the dropped ones follow by rank.
    package var memories: [RankedMemory]
    /// Who scored: id and version, in the order of the combiner.
    package var scorers: [String]
    /// Empty = everything answered; else why the answer is less than it could be.
    package var degraded: [String]
    /// Probability that anything relevant is among the candidates, 0 to 1, as the gate says it; nil = not known.
    package var confidence: Double?
    /// Candidates considered (the pool).
    package var poolCount: Int
    package var timings: TurnTimings

    package init(retrievalID: String, memories: [RankedMemory]) {
        self.retrievalID = retrievalID
        self.memories = memories
        scorers = []
        degraded = []
        poolCount = 0
        timings = TurnTimings()
    }
}

/// Where a turn's time went, in milliseconds.
package struct TurnTimings: Sendable {
    package var candidates = 0.0
    package var features = 0.0
    package var scoring = 0.0
    package var selection = 0.0
    package var logging = 0.0
    package var total = 0.0

    package init() {}
}

package struct AddReport: Sendable {
    /// Ids written, in the order given.
    package var added: [String]
    /// Ids that were there already with the same content.
    package var unchanged: [String]
    /// Index in the request and the reason.
    package var failed: [(index: Int, reason: String)]

    package init(added: [String] = [], unchanged: [String] = [], failed: [(index: Int, reason: String)] = [])
    {
        self.added = added
        self.unchanged = unchanged
        self.failed = failed
    }
}

package struct Feedback: Sendable {
    package enum Kind: String, Sendable, CaseIterable { case rating, referenced, hit, pin, forget, undone }
    package var memoryID: String
    package var kind: Kind
    /// −1…1 for `rating`; 1 otherwise.
    package var value: Double

    package init(memoryID: String, kind: Kind, value: Double = 1) {
        self.memoryID = memoryID
        self.kind = kind
        self.value = value
    }
}

package struct ListFilter: Sendable {
    package var type: String?
    package var author: String?
    package var session: String?
    package var includeForgotten = false
    package var limit = 20
    package var offset = 0

    package init() {}
}

/// nil = leave as it is.
package struct MemoryChange: Sendable {
    package var text: String?
    package var importance: Double?
    package var isPinned: Bool?
    package var isConstraint: Bool?
    package var type: String?
    package var validUntilMilliseconds: Int64?
    package var supersededBy: String?

    package init() {}
}

package struct MemoryView: Sendable {
    package var id: String
    package var memory: NewMemory
    package var accessCount: Int
    package var lastAccessMilliseconds: Int64?
    package var supersededBy: String?
    package var isForgotten: Bool

    package init(
        id: String, memory: NewMemory, accessCount: Int, lastAccessMilliseconds: Int64?,
        supersededBy: String?, isForgotten: Bool
    ) {
        self.id = id
        self.memory = memory
        self.accessCount = accessCount
        self.lastAccessMilliseconds = lastAccessMilliseconds
        self.supersededBy = supersededBy
        self.isForgotten = isForgotten
    }
}

package struct PluginStatus: Sendable {
    package var id: String
    package var version: String?
    package var path: String?
    package var sha256: String?
    package var tier: String
    /// live, refused, disabled, hung
    package var state: String
    /// Why it is not live: the step and what to do.
    package var reason: String?
    /// What the operator should know though it serves: unpinned, writable by others.
    package var warnings: [String] = []
    /// What the load gate found before it went live; nil = it wasn't judged.
    package var gate: GateStatus?
    /// What feedback left of its weight in the combiner's gate, 0 to 1; nil = there is no gate.
    package var trust: Double?
    /// The operator should know: it ranks against what is used.
    package var isDistrusted: Bool { (trust ?? 1) < 0.5 }
    package var columns: [String]
    package var calls: Int
    package var late: Int
    package var failed: Int
    package var health = PluginHealth()

    package init(id: String, tier: String, state: String) {
        self.id = id
        self.tier = tier
        self.state = state
        columns = []
        calls = 0
        late = 0
        failed = 0
    }
}

/// How a scorer fares in this process.
package struct PluginHealth: Sendable, Equatable {
    /// closed, open, half-open.
    package var breaker = "closed"
    package var opened = 0
    /// Turns that went without it because its breaker was open.
    package var skipped = 0
    package var abstainedRows = 0
    package var invalidRows = 0
    package var unwrittenRows = 0
    /// Late answers that came in the end and were thrown away.
    package var drained = 0
    package var floatModeChanges = 0
    /// Of its worker.
    package var restarts = 0
    package var pid: Int32 = 0
    package var walls: [String] = []
    /// Of answered calls; nil = none yet.
    package var p50Microseconds: Double?
    package var p99Microseconds: Double?

    package init() {}
}

/// What the scorers together take of this process.
package struct HostStatus: Sendable, Equatable {
    package var configuration: String
    /// Its kind; of a gate its file and what is wrong with it.
    package var combiner: String
    package var residentLibraries: Int
    package var residentLibrariesLimit: Int
    /// Bytes of the files that are loaded for good.
    package var residentBytes: Int
    package var hungThreads: Int
    package var hungThreadsLimit: Int
    package var workers: Int
    package var workersLimit: Int
    /// Summary of the newest reload; nil = there was none.
    package var lastReload: String?
}

package struct StoreStatus: Sendable {
    package var databasePath: String
    package var memories: Int
    package var sessions: Int
    package var embeddings: [String: Int]
    package var events: Int
    package var turns: Int
    package var configurationHash: String
    package var host: HostStatus?

    package init(databasePath: String) {
        self.databasePath = databasePath
        memories = 0
        sessions = 0
        embeddings = [:]
        events = 0
        turns = 0
        configurationHash = ""
    }
}

/// What went wrong, in a sentence that says what to do. `code` is stable: it is the CLI's exit code
/// family and the wire's `data.code`.
package struct EngineError: Error, CustomStringConvertible, Sendable {
    package enum Code: String, Sendable {
        case invalidInput = "invalid-input"
        case notFound = "not-found"
        case store, configuration, unsupported
        case internalFault = "internal"
    }
    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}

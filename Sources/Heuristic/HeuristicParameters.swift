/// How the heuristic scores. The formulas stand at `Heuristic.score`.
public struct HeuristicParameters: Sendable, Equatable {
    public enum Mode: String, Sendable, CaseIterable {
        /// F1, multiplied by bounded priors: the default.
        case bounded
        /// The documented baseline: pinned → 1, else importance · 0.95^age_days.
        case effective
        /// Park et al. 2023: recency + importance + relevance, each scaled by the pool's range.
        case generativeAgents = "generative-agents"
    }

    public var mode = Mode.bounded
    /// bᵢ of 1 + bᵢ(2xᵢ − 1), 0–1: how far a prior may move a score. A prior that is absent is ½ and moves
    /// nothing. Recency stays small: unbounded, it takes LoCoMo's R@5 from .469 to .125 (DESIGN §7).
    public var recencyBound: Float = 0.02
    public var useBound: Float = 0.1
    public var importanceBound: Float = 0.1
    public var graphBound: Float = 0.1
    /// Worth of a cosine of 1 in F1, in nats.
    public var vectorWeight: Float = 5

    public init() {}
}

/// F1's round constants (retrieval.md §2), set by hand and not fitted.
public enum F1 {
    public static let namedAuthor: Float = 5
    public static let namesTime: Float = 1
    public static let dateMatch: Float = 5
    public static let question: Float = -0.5
    public static let opening: Float = 0.5
}

import Features
import Heuristic

/// Columns that models of planted worlds read.
enum PlantedColumns {
    /// The layout of the seeds, and nothing else: what models had before `context.v1`.
    static let memory = ColumnCatalog.memoryV1

    /// Candidate × event state (learning.md, «Columns to offer»).
    static let context: [String] =
        ["memory.newer_versions@1"] + ColumnCatalog.names.filter { $0.hasPrefix("context.") }

    /// What was asked.
    static let query: [String] = [
        "query.terms@1", "text.context@1", "text.context_rel@1", "text.context_norm@1", "text.coverage@1", "text.max_idf@1",
        "author.named@1", "author.other_named@1", "time.date_match@1", "query.names_author@1", "query.has_date@1",
    ]

    static let all = memory + context + query

    static let events: [String] =
        [
            "log_gap_s", "gap_days", "tod_sin", "tod_cos", "dow_sin", "dow_cos", "log_session_age_s", "focal_count",
            "injected_count", "agent_relevance", "was_referenced",
        ].map { "event.\($0)@1" }

    static let eventPlaces = events.map { EventCatalog.names.firstIndex(of: $0) ?? 0 }

    static let heuristic = HeuristicColumn.names
}

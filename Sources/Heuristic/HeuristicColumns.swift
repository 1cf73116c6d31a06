/// The columns the formula reads, in the order of the plugin's manifest.
public enum HeuristicColumn: Int, CaseIterable, Sendable {
    case context, namedAuthor, namesTime, dateMatch, question, opening, cosine, queryTerms
    case recency, use, importance, graph
    case isPinned, ageDays
    case agentsRecency, agentsImportance, agentsRelevance
    case agentsRecencyMinimum, agentsRecencyMaximum, agentsImportanceMinimum, agentsImportanceMaximum
    case agentsRelevanceMinimum, agentsRelevanceMaximum

    public static let count = allCases.count

    public var name: String {
        switch self {
        case .context: "text.context@1"
        case .namedAuthor: "author.named@1"
        case .namesTime: "form.temporal@1"
        case .dateMatch: "time.date_match@1"
        case .question: "form.question@1"
        case .opening: "place.opening@1"
        case .cosine: "vector.cosine@1"
        case .queryTerms: "query.terms@1"
        case .recency: "prior.recency@1"
        case .use: "prior.use@1"
        case .importance: "prior.importance@1"
        case .graph: "prior.graph@1"
        case .isPinned: "memory.is_pinned@1"
        case .ageDays: "memory.age_days@1"
        case .agentsRecency: "agents.recency@1"
        case .agentsImportance: "agents.importance@1"
        case .agentsRelevance: "agents.relevance@1"
        case .agentsRecencyMinimum: "agents.recency_min@1"
        case .agentsRecencyMaximum: "agents.recency_max@1"
        case .agentsImportanceMinimum: "agents.importance_min@1"
        case .agentsImportanceMaximum: "agents.importance_max@1"
        case .agentsRelevanceMinimum: "agents.relevance_min@1"
        case .agentsRelevanceMaximum: "agents.relevance_max@1"
        }
    }

    /// What stands in the row where the host doesn't offer the column.
    public var absent: Float {
        switch self {
        case .recency, .use, .importance, .graph, .agentsImportance: 0.5
        default: 0
        }
    }

    public static let names = allCases.map(\.name)
}

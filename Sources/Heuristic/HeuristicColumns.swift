/// Where the columns of a mode stand in the rows that are handed in.
package struct HeuristicColumns: Sendable, Equatable {
    package let mode: HeuristicMode
    /// Index into the row per entry of `names(mode:)`.
    package let indices: [Int]

    /// The columns a mode reads, by identity, in the order of its formula.
    package static func names(mode: HeuristicMode) -> [String] {
        switch mode {
        case .bounded:
            [
                "query.terms@1", "text.context@1", "author.named@1", "form.temporal@1",
                "time.date_match@1", "form.question@1", "place.opening@1", "vector.cosine@1",
                "memory.importance@1", "memory.is_superseded@1", "prior.recency@1", "prior.use@1",
                "prior.importance@1", "prior.graph@1",
            ]
        case .effective: ["memory.is_pinned@1", "memory.importance@1", "memory.age_days@1"]
        case .generativeAgents:
            [
                "memory.access_recency@1", "pool.recency_min@1", "pool.recency_max@1",
                "memory.importance@1", "pool.importance_min@1", "pool.importance_max@1",
                "memory.relevance@1", "pool.relevance_min@1", "pool.relevance_max@1",
            ]
        }
    }

    /// All columns of all modes, without repeats: what a plugin declares once.
    package static let allNames: [String] = {
        var names: [String] = []
        for mode in HeuristicMode.allCases {
            names += Self.names(mode: mode).filter { !names.contains($0) }
        }
        return names
    }()

    /// Rows that hold exactly `names(mode:)`.
    package init(mode: HeuristicMode) {
        self.mode = mode
        indices = Array(Self.names(mode: mode).indices)
    }

    /// Rows that hold `given` columns in that order, the mode's among them.
    package init(mode: HeuristicMode, given: [String]) throws(MissingColumns) {
        var indices: [Int] = []
        var missing: [String] = []
        for name in Self.names(mode: mode) {
            if let index = given.firstIndex(of: name) { indices.append(index) } else { missing.append(name) }
        }
        guard missing.isEmpty else { throw MissingColumns(names: missing) }
        self.mode = mode
        self.indices = indices
    }
}

/// A mode's columns weren't sent.
package struct MissingColumns: Error, Equatable {
    package let names: [String]
}

/// Scorers and columns that a gate knows, by name and in the order of its numbers.
package struct GateShape: Sendable, Equatable {
    /// What the numbers of a scorer's head mean. The raw values are those of manifests.
    package enum Scale: String, Sendable, CaseIterable {
        case logit, probability
        case rankOnly = "rank-only"
    }

    package struct Scorer: Sendable, Equatable {
        /// Of plugins.json.
        package var id: String
        package var scale: Scale

        package init(id: String, scale: Scale) {
            self.id = id
            self.scale = scale
        }
    }

    /// A row column, brought near the unit by (x − mean) / scale.
    package struct Column: Sendable, Equatable {
        /// By identity: "query.terms@1".
        package var name: String
        package var mean: Float
        package var scale: Float

        package init(name: String, mean: Float, scale: Float) {
            self.name = name
            self.mean = mean
            self.scale = scale
        }
    }

    package var scorers: [Scorer]
    /// May be empty: the weights then depend on nothing but who answered.
    package var columns: [Column]

    /// Who answered for a row is one bit per scorer, and pairs of them have numbers.
    package static let mostScorers = 16
    package static let mostColumns = 16

    package init(scorers: [Scorer], columns: [Column] = []) {
        precondition(scorers.count <= Self.mostScorers && columns.count <= Self.mostColumns, "a gate is small")
        self.scorers = scorers
        self.columns = columns
    }

    package func index(of id: String) -> Int? { scorers.firstIndex { $0.id == id } }

    /// One bit per scorer.
    package var everyone: UInt32 { (1 << UInt32(scorers.count)) - 1 }

    /// Columns that say how to weigh: what was asked, how much is known, how the candidate was found.
    package static let standardColumns = [
        "query.terms@1", "context.focal_visible@1", "context.n_seen@1", "memory.log_age_days@1", "memory.newer_versions@1",
        "context.in_session@1", "memory.is_graph_traversal@1", "text.coverage@1",
    ]
}

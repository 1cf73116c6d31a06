/// One column of a hop: at hop k it describes the node reached, the edge into it, or the prefix 1…k of the path.
package struct HopColumn: Sendable {
    /// `path.importance@1`. A changed formula is a new `@n`.
    package let name: String
    package let formula: String
    package let unit: String
    package let range: String
    /// What stands in a hop that doesn't name the column.
    package let absent: Float
}

/// Columns of hops, `path.v1`: the 17 of the hop's node in the order of `memory.v1`, seven of the path, and beside them
/// what the seeds' 24 don't say: the edge's own strength, confidence and kind.
package enum PathCatalog {
    package static let columns: [HopColumn] = node + prefix + edge
    package static let names = columns.map(\.name)
    /// The layout of the seeds.
    package static let pathV1 = (node + prefix).map(\.name)
    package static let index: [String: Int] = Dictionary(
        uniqueKeysWithValues: names.enumerated().map { ($1, $0) })

    /// Of a hop that says nothing.
    package static let absentValues = columns.map(\.absent)

    private static let node: [HopColumn] = [
        column("log_age_days", "ln(age of the node in days + 1)", unit: "ln days", range: "≥ 0"),
        column("importance", "of the node, as stored", range: "0–1", absent: 0.5),
        column("log_access_count", "ln(times the node was used + 1)", range: "≥ 0"),
        column("tod_sin", "sin(2π·hour/24) of the turn, user's zone", range: "−1–1"),
        column("tod_cos", "cos(2π·hour/24) of the turn, user's zone", range: "−1–1"),
        column("dow_sin", "sin(2π·weekday/7), Sunday = 0", range: "−1–1"),
        column("dow_cos", "cos(2π·weekday/7), Sunday = 0", range: "−1–1"),
        column("moy_sin", "sin(2π·month/12), January = 0", range: "−1–1"),
        column("moy_cos", "cos(2π·month/12), January = 0", range: "−1–1"),
        column("log_session_gap_days", "ln(max(0, days since the last session) + 1)", unit: "ln days", range: "≥ 0"),
        column("is_embedded", "1 if a vector of the node is stored", range: "0/1"),
        column("is_superseded", "1 if a newer version of the node exists", range: "0/1"),
        column("entity_slot", "FNV-1a-32 of the node's id mod 1024, /1024", range: "0–1"),
        column("aspect_slot", "FNV-1a-32 of the aspect mod 1024, /1024", range: "0–1"),
        column("is_constraint", "1 if the node is a constraint", range: "0/1"),
        column("log_structural_density", "ln(neighbours of the node + 1)", range: "≥ 0"),
        column("is_graph_traversal", "1 if the node was reached over an edge", range: "0/1", absent: 1),
    ]

    private static let prefix: [HopColumn] = [
        column("hop_count", "hops so far, /10", range: "0–1"),
        column("min_edge_confidence", "least confidence of the edges so far", range: "0–1", absent: 1),
        column("avg_aspect_weight", "mean weight of the aspects so far", range: "0–1", absent: 0.5),
        column("community_crossings", "edges so far between two communities, ÷ hops", range: "0–1"),
        column("path_feedback", "how often a path of this kind led to something useful", range: "0–1", absent: 0.5),
        column("log_strength_product", "Σ ln(strength of the edges so far)", unit: "nats", range: "≤ 0"),
        column("focal_distance", "hops from the focal entity, /4", range: "0–1"),
    ]

    private static let edge: [HopColumn] = [
        column("edge_strength", "of the edge into the node", range: "0–1", absent: 1),
        column("edge_confidence", "of the edge into the node", range: "0–1", absent: 1),
        column(
            "relation", "kind of the edge into the node: a number of the caller's own, 0 = unknown", unit: "index",
            range: "0–65535"),
    ]

    private static func column(
        _ name: String, _ formula: String, unit: String = "", range: String, absent: Float = 0
    ) -> HopColumn {
        HopColumn(name: "path.\(name)@1", formula: formula, unit: unit, range: range, absent: absent)
    }

    /// For docs/columns.md.
    package static var markdown: String {
        columns.reduce("| hop column | value | unit | range | absent |\n|---|---|---|---|---|\n") {
            $0 + "| `\($1.name)` | \($1.formula) | \($1.unit) | \($1.range) | \($1.absent) |\n"
        }
    }
}

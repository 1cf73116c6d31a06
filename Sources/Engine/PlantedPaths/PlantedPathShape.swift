import Features
import StateSpace
import Synthetic

/// What a model of planted paths reads and how large it is.
enum PlantedPathShape {
    /// Columns that planted hops fill and whose meaning doesn't hang on the relation's number.
    enum Columns: String, Sendable, CaseIterable {
        case all
        /// Without what is summed up along the path: then only the order of the hops says where in the path one stands.
        case hopsAlone = "hops_alone"

        var names: [String] {
            let own = [
                "importance", "is_superseded", "is_constraint", "log_structural_density", "edge_strength", "edge_confidence",
                "path_feedback",
            ]
            let prefix = [
                "hop_count", "min_edge_confidence", "avg_aspect_weight", "community_crossings", "log_strength_product",
                "focal_distance",
            ]
            return (self == .all ? own + prefix : own).map { "path.\($0)@1" }
        }
    }

    /// Who is compared, each of about the same number of parameters.
    enum Kind: String, Sendable, CaseIterable {
        case mean, meanAndMax = "mean+max", s4d, mamba
    }

    /// About 15K, 55K and 120K parameters. `PathConfiguration.Size` names shapes, these name parameters.
    typealias Size = PathConfiguration.Size

    static func configuration(_ kind: Kind, _ size: Size, _ columns: Columns) -> PathConfiguration {
        var configuration = PathConfiguration(
            size: s4d(size), columns: columns.names,
            hopTables: [.init(column: "path.relation@1", rows: PlantedRelation.count + 1, width: 8)],
            queryTables: [.init(column: "query.relation@1", rows: PlantedRelation.count + 1, width: 8)], noPath: .learned,
            readout: kind == .mean ? .mean : .meanAndMax)
        configuration.trunk = trunk(kind, size)
        return configuration
    }

    private static func s4d(_ size: Size) -> (channels: Int, stateSize: Int, layers: Int) {
        switch size {
        case .tiny: (48, 16, 2)
        case .small: (80, 32, 3)
        case .medium: (96, 48, 4)
        }
    }

    private static func trunk(_ kind: Kind, _ size: Size) -> PathTrunk {
        switch (kind, size) {
        case (.s4d, _): .s4d
        case (.mamba, .tiny): .mamba(width: 28, layers: 2)
        case (.mamba, .small): .mamba(width: 48, layers: 3)
        case (.mamba, .medium): .mamba(width: 60, layers: 4)
        case (.mean, .tiny): .pooled(width: 36, layers: 2)
        case (.mean, .small): .pooled(width: 68, layers: 2)
        case (.mean, .medium): .pooled(width: 100, layers: 2)
        case (.meanAndMax, .tiny): .pooled(width: 24, layers: 2)
        case (.meanAndMax, .small): .pooled(width: 48, layers: 2)
        case (.meanAndMax, .medium): .pooled(width: 72, layers: 2)
        }
    }
}

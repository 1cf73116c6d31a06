import Synthetic

/// What may decide in a list of the load gate's worlds. A pattern is asked of a scorer only if the columns that show it are
/// among those it is sent.
enum GatePattern: String, CaseIterable, Sendable {
    /// As a turn brings them, and the same with everything wanted taken away.
    case ordinary, empty
    /// One entity stands out among plain ones that were seen before.
    case focus, habit, hour, burst, succession
    /// Plain entities over all gaps that there are.
    case decay
    /// One memory many times, alike but for one attribute.
    case chain, age, importance, access, text

    /// The one table of needs: of every group at least one column must be sent.
    var needs: [[String]] {
        switch self {
        // What decides in most ordinary lists; without one of the three the rest says little.
        case .ordinary, .empty: [["context.is_focal@1"], Self.words, Self.gaps]
        case .focus: [["context.is_focal@1"]]
        case .habit: [["context.dow_lift@1"]]
        case .hour: [["context.hour_lift@1"]]
        case .burst: [["context.burst_lift@1"]]
        case .succession: [["context.coact_lift@1"]]
        case .decay: [Self.gaps]
        case .chain: [["memory.newer_versions@1", "memory.is_superseded@1"]]
        case .age: [["memory.log_age_days@1", "memory.age_days@1"]]
        case .importance: [["memory.importance@1", "prior.importance@1"]]
        case .access: [["memory.log_access_count@1", "prior.use@1"]]
        case .text: [Self.words]
        }
    }

    private static let words = ["text.bm25@1", "text.context@1", "text.context_rel@1", "text.context_norm@1", "text.coverage@1"]
    private static let gaps = ["context.decay_1d@1", "context.decay_4d@1", "context.decay_16d@1", "context.decay_64d@1"]

    func stands(in columns: Set<String>) -> Bool {
        needs.allSatisfy { group in group.contains { columns.contains($0) } }
    }

    /// Of entities that stand out: this one does, and by nothing else. An entity's habit is either weekly or daily here.
    func marks(_ truth: UtilityFacts, _ habit: PlantedEntity.Habit) -> Bool {
        let others = [truth.isFocal, truth.isBursting, truth.follows].filter(\.self).count
        switch self {
        case .focus: return truth.isFocal && others == 1 && truth.habit >= 0
        case .burst: return truth.isBursting && others == 1 && truth.habit >= 0
        case .succession: return truth.follows && others == 1 && truth.habit >= 0
        case .habit: return truth.habit > 0 && others == 0 && habit == .weekly
        case .hour: return truth.habit > 0 && others == 0 && habit == .daily
        default: return false
        }
    }
}

import StateSpace

/// Sizes that ship.
package enum PlantedSize: String, Sendable, CaseIterable {
    case small = "15k", medium = "50k", large = "120k"
}

/// One thing less or another one in its place, everything else the same (seed 000, «Required Ablations»).
package enum PlantedAblation: String, Sendable, CaseIterable {
    case noTrunk = "no-trunk"
    case listOnly = "list-only"
    case memoryColumns = "memory-columns"
    case memoryColumnsPointwise = "memory-columns-mlp"
    case noTime = "no-time"
    case timeOnly = "time-only"
    case noGaps = "no-gaps"
    case noResidual = "no-residual"
    case noCurriculum = "no-curriculum"
    case noSituations = "no-situations"
    case noPointwise = "no-pointwise"
    case noIDs = "no-ids"
    case mamba3
    case s4d
    case noSelectivity = "no-selectivity"
    case state4 = "state-4", state32 = "state-32", state64 = "state-64"
    case layers1 = "layers-1", layers3 = "layers-3", layers4 = "layers-4"
    case oneRegime = "one-regime"
    case history10 = "history-10", history50 = "history-50"

    /// What changes.
    package var statement: String {
        switch self {
        case .noTrunk: "rows are judged by their columns alone"
        case .listOnly: "the list as a sequence over the 17 columns, no trunk: the seeds' proof of concept"
        case .memoryColumns: "the 17 columns of the seeds instead of all, with the trunk"
        case .memoryColumnsPointwise: "the 17 columns of the seeds, no trunk"
        case .noTime: "no column says when: no ages, gaps, hours, days, counts over windows"
        case .timeOnly: "only columns that say when"
        case .noGaps: "elapsed time doesn't age the trunk's state"
        case .noResidual: "F1 isn't added"
        case .noCurriculum: "one stage from the beginning"
        case .noSituations: "ordinary lists only: no oversampled planted situations"
        case .noPointwise: "no branch that sees a row alone"
        case .noIDs: "memories and entities have no codes"
        case .mamba3: "Mamba-3 blocks in the trunk"
        case .s4d: "S4D layers in the trunk: complex modes per channel, not selective, no gaps"
        case .noSelectivity: "what comes in doesn't decide what is kept: Mamba-1 with constants for step, B and C"
        case .state4: "4 numbers of state per channel"
        case .state32: "32 numbers of state per channel"
        case .state64: "64 numbers of state per channel"
        case .layers1: "one layer"
        case .layers3: "three layers"
        case .layers4: "four layers"
        case .oneRegime: "worlds without a hidden regime, in training"
        case .history10: "stretches of 10 events"
        case .history50: "stretches of 50 events"
        }
    }
}

extension PlantedTraining {
    package init(_ size: PlantedSize) {
        switch size {
        case .small: (width, layers, readers, pointwise) = (24, 1, 32, 64)
        case .medium: (width, layers, readers, pointwise) = (40, 2, 96, 96)
        case .large: (width, layers, readers, pointwise) = (64, 3, 96, 128)
        }
    }

    package mutating func apply(_ ablation: PlantedAblation) {
        switch ablation {
        case .noTrunk: layers = 0
        case .listOnly: (layers, columns, listMode, isResidual) = (0, .memory, true, false)
        case .memoryColumns: columns = .memory
        case .memoryColumnsPointwise: (layers, columns, isResidual) = (0, .memory, false)
        case .noTime: columns = .noTime
        case .timeOnly: (columns, isResidual) = (.timeOnly, false)
        case .noGaps: usesGaps = false
        case .noResidual: isResidual = false
        case .noCurriculum: hasCurriculum = false
        case .noSituations: situations = 0
        case .noPointwise: pointwise = 0
        case .noIDs: codeWidth = 0
        case .mamba3: block = .mamba3
        case .s4d: block = .s4d
        case .noSelectivity: isSelective = false
        case .state4: state = 4
        case .state32: state = 32
        case .state64: state = 64
        case .layers1: layers = 1
        case .layers3: layers = 3
        case .layers4: layers = 4
        case .oneRegime: settings.regimeTurns = nil
        case .history10: window = 10
        case .history50: window = 50
        }
    }
}

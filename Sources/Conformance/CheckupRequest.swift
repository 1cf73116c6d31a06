import Host

/// What shall be checked, and how: free of Host's types, for the command line.
package struct CheckupRequest: Sendable {
    package var library: String
    package var options: [(name: String, value: String)] = []
    package var assets: [(name: String, path: String)] = []
    /// inline, watched or process: what its deadline counts for.
    package var tier = "process"
    package var deadlineMilliseconds = 5.0
    /// A file of golden records; nil = none.
    package var golden: String?
    package var seed: UInt64 = 7
    /// The longest that one call may take, seconds.
    package var callSeconds = 2.0
    package var level = Check.Level.survives
    /// Names of checks; empty = all of the level.
    package var only: [String] = []
    /// Row columns that may be asked for.
    package var offeredColumns: [String] = []
    package var offeredEventColumns: [String] = []
    package var offeredHopColumns: [String] = []
    package var columnSpan: @Sendable (String) -> ColumnSpan? = { _ in nil }
    package var plantedWorlds: PlantedWorlds?
    /// Private copies go here; the caller removes it.
    package var workFolder: String

    package init(library: String, workFolder: String) {
        self.library = library
        self.workFolder = workFolder
    }

    var trial: TrialPreparation.Request {
        var request = TrialPreparation.Request(path: library, workFolder: workFolder)
        request.options = options
        request.assets = assets
        request.tier = Tier(rawValue: tier) ?? .process
        request.deadlineMilliseconds = deadlineMilliseconds
        request.goldenPath = golden
        request.seed = seed
        request.offeredColumns = offeredColumns
        request.offeredEventColumns = offeredEventColumns
        request.offeredHopColumns = offeredHopColumns
        request.columnSpan = columnSpan
        request.plantedWorlds = plantedWorlds
        request.callSeconds = callSeconds
        return request
    }
}

extension Checkup {
    package static func run(
        _ request: CheckupRequest, told: (CheckResult) -> Void = { _ in }
    ) throws(LoadError) -> Checkup {
        try run(request.trial, level: request.level, only: request.only, told: told)
    }
}

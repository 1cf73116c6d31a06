/// What the host is given by the rooms above it.
package struct HostEnvironment: Sendable {
    /// Row columns that Engine can fill, by identity (`memory.log_age_days@1`).
    package var offeredColumns: [String]
    /// Event columns that Engine can fill.
    package var offeredEventColumns: [String] = []
    /// Hop columns that Engine can fill; empty = it sends no paths.
    package var offeredHopColumns: [String] = []
    /// Where sessions' events are; nil = nobody has sessions.
    package var events: (any EventSource)?
    /// Where sessions' states are kept.
    package var states: any StateStore = MemoryStates()
    /// The one model whose vectors will be sent; nil = none.
    package var embedding: (model: String, dimension: Int)?
    /// The formula that is compiled in.
    package var floor: FloorScorer
    /// Seed for whatever a model draws at random.
    package var seed: UInt64 = 0
    /// What a column's values may be, for probes; nil = `ColumnSpan.standard`.
    package var columnSpan: @Sendable (_ name: String) -> ColumnSpan? = { _ in nil }
    /// Worlds that scorers have to find their way in before they go live; nil = there are none.
    package var plantedWorlds: PlantedWorlds?
    /// false: nobody is judged before going live. For tests of what a bad scorer does while it serves.
    package var usesLoadGate = true
    /// Whether the gate measures time too. Off only in tests: they must not fail because a machine is busy.
    package var gateMeasuresTime = true
    /// Where plugins' log lines go: level, scorer, text. Called from any thread.
    package var log: @Sendable (_ level: LogLevel, _ scorer: String, _ text: String) -> Void = { _, _, _ in }
    /// Told of every reload, whatever came of it, with what serves afterwards.
    package var onReload: @Sendable (_ report: ReloadReport, _ serving: Configuration) -> Void = { _, _ in }

    package init(offeredColumns: [String], floor: FloorScorer? = nil) {
        self.offeredColumns = offeredColumns
        self.floor = floor ?? .heuristic(offered: offeredColumns)
    }
}

package enum LogLevel: Int32, Sendable {
    case debug = 0
    case info, warning, error, fault
}

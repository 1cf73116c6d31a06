/// Worlds whose truth is known, as the gate asks for them: Host knows neither how they are drawn nor what a column means.
package struct PlantedWorlds: Sendable {
    /// Of the drawing: another number, other worlds. Part of every verdict's key.
    package var version: Int
    /// Called from any thread; the second call for a seed is cheap.
    package var probes: @Sendable (_ request: PlantedRequest) -> PlantedProbes

    package init(version: Int, probes: @escaping @Sendable (_ request: PlantedRequest) -> PlantedProbes) {
        self.version = version
        self.probes = probes
    }
}

/// What a scorer is sent, and from which worlds.
package struct PlantedRequest: Sendable {
    /// By identity, in the order of its rows and events.
    package var rowColumns: [String]
    package var eventColumns: [String]
    package var seed: UInt64
    /// `loadGate.worlds` names "full": more worlds, hence narrower figures.
    package var isFull: Bool

    package init(rowColumns: [String], eventColumns: [String], seed: UInt64, isFull: Bool) {
        self.rowColumns = rowColumns
        self.eventColumns = eventColumns
        self.seed = seed
        self.isFull = isFull
    }
}

/// Lists of worlds, only of patterns that stand in the columns that were asked for.
package struct PlantedProbes: Sendable {
    package var worlds: [PlantedProbe]
    /// What drawing the worlds took; 0 = this process had them.
    package var milliseconds: Double

    package init(worlds: [PlantedProbe], milliseconds: Double) {
        self.worlds = worlds
        self.milliseconds = milliseconds
    }
}

/// One user: events in order of time, and lists among them.
package struct PlantedProbe: Sendable {
    /// [events][event columns]
    package var features: [[Float]]
    package var timesMilliseconds: [Int64]
    package var things: [[(id: UInt64, role: UInt8)]]
    /// In order of `knownEvents`.
    package var lists: [List]

    package init(features: [[Float]], timesMilliseconds: [Int64], things: [[(id: UInt64, role: UInt8)]], lists: [List]) {
        self.features = features
        self.timesMilliseconds = timesMilliseconds
        self.things = things
        self.lists = lists
    }

    package struct List: Sendable {
        /// What decides in it: "habit", "decay"; "empty" = nothing in it is wanted.
        package var pattern: String
        /// Events that precede the scoring; the last of them is this turn's own.
        package var knownEvents: Int
        package var nowMilliseconds: Int64
        /// Row-major, rows × row columns.
        package var values: [Float]
        /// Per column.
        package var present: [UInt8]
        package var ids: [UInt64]
        /// Per row.
        package var isWanted: [Bool]

        package init(
            pattern: String, knownEvents: Int, nowMilliseconds: Int64, values: [Float], present: [UInt8], ids: [UInt64],
            isWanted: [Bool]
        ) {
            self.pattern = pattern
            self.knownEvents = knownEvents
            self.nowMilliseconds = nowMilliseconds
            self.values = values
            self.present = present
            self.ids = ids
            self.isWanted = isWanted
        }

        /// Of which nothing is worth showing.
        package static let empty = "empty"
        /// As a turn brings them, nothing singled out.
        package static let ordinary = "ordinary"
    }
}

/// The worlds of one trial, or why there are none.
package enum PlantedSupply: Sendable {
    case probes(PlantedProbes)
    case none(String)

    package static let absent = PlantedSupply.none("no planted worlds in this build")

    /// Draws the worlds if this process has none of the seed.
    package static func of(
        _ source: PlantedWorlds?, _ settings: PluginsFile.LoadGate, rowColumns: [String], eventColumns: [String]
    ) -> PlantedSupply {
        guard let source else { return .absent }
        guard !settings.worlds.isEmpty else { return .none("loadGate.worlds is empty") }
        let probes = source.probes(
            PlantedRequest(
                rowColumns: rowColumns, eventColumns: eventColumns, seed: settings.worldSeed,
                isFull: settings.worlds.contains(.full)))
        guard probes.worlds.contains(where: { !$0.lists.isEmpty }) else {
            return .none("planted worlds say nothing in the columns that it asks for")
        }
        return .probes(probes)
    }
}

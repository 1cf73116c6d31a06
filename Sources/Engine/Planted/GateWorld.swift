import Evaluation
import Synthetic

/// One world of the load gate: its last events, and lists among them in which one pattern decides.
///
/// Lists are clearer than what training shows: no noise in columns or labels, and what isn't the pattern is alike where
/// it can be. A gate asks whether a scorer found anything, not how well it ranks.
struct GateWorld: Sendable {
    struct List: Sendable {
        var pattern: GatePattern
        var list: PlantedList
        /// Of `events`.
        var event: Int
        var isWanted: [Bool]
    }

    private(set) var events: [PlantedEvent] = []
    private(set) var lists: [List] = []

    /// Events of a session: what a memory of the past is read from.
    static let window = 96
    /// A memory has to read a while first.
    static let warmUp = 32
    static let listsPerPattern = 4
    static let rows = 14
    /// Of one turn: neighbouring lists say nearly the same.
    private static let listsPerTurn = 4

    /// Short lives of few turns: enough for weekly habits to show, since a gate has no time for more.
    static var settings: WorldSettings {
        var settings = WorldSettings()
        settings.entities = 40...60
        settings.days = 42...49
        settings.sessionsPerDay = (3.5, 1)
        settings.turnsPerSession = 4...12
        settings.extraTurns = 2
        settings.habits = (0.3, 0.25, 0)
        // Six weeks are short: what is planted must show in them.
        settings.habitFactors = (10, 0.05)
        (settings.seldomShare, settings.novelty) = (0, 0)
        settings.bursts.perDay = 1.5
        settings.candidates = rows
        settings.regimeTurns = nil
        settings.emptyShare = 0.5
        settings.queryShare = 0.6
        settings.noise.decibels = 40
        return settings
    }

    init(seed: UInt64) {
        var world = World(Self.settings, seed: seed)
        // What was seen once says much by chance: an hour, a weekday.
        world.fillersAreCommon = true
        var random = SplitMix64(seed: seed ^ 0x6761_7465)
        while world.turnCount - world.events.count > Self.window, world.upcoming != nil {
            world.begin()
            world.finish()
        }
        let first = world.events.count
        var missing = GatePattern.allCases.flatMap { Array(repeating: $0, count: Self.listsPerPattern) }
        missing.shuffle(using: &random)
        while world.upcoming != nil {
            world.begin()
            let place = world.events.count - first - 1
            if place >= Self.warmUp {
                var made = 0
                for pattern in Set(missing).sorted(by: { $0.rawValue < $1.rawValue }).shuffled(using: &random)
                where made < Self.listsPerTurn {
                    guard let list = Self.list(pattern, &world, &random, event: place) else { continue }
                    lists.append(list)
                    made += 1
                    if let found = missing.firstIndex(of: pattern) { missing.remove(at: found) }
                }
            }
            world.finish()
        }
        events = Array(world.events[first...])
    }

    /// nil = the turn offers nothing of the kind.
    private static func list(
        _ pattern: GatePattern, _ world: inout World, _ random: inout SplitMix64, event: Int
    ) -> List? {
        if pattern == .ordinary || pattern == .empty {
            let list = world.ordinaryList()
            // What the oracle would show, with some room: a row at the threshold is neither.
            let best = list.clean.max() ?? 0
            let isEmpty = best < -0.7
            guard isEmpty == (pattern == .empty), isEmpty || best > 0.7 else { return nil }
            let wanted = list.trulyRelevant
            return List(pattern: pattern, list: list, event: event, isWanted: list.ids.indices.map(wanted.contains))
        }
        guard let rows = PlantedGateRows(pattern, &world, &random), rows.isWanted.contains(true), rows.isWanted.contains(false) else {
            return nil
        }
        // 2.5 nats a term: words that are neither common nor rare.
        let question = rows.queryTerms > 0 ? Question(terms: rows.queryTerms, nats: 2.5 * Double(rows.queryTerms)) : nil
        var list = world.list(rows.rows, question: question, situation: .combined)
        pattern.isolate(&list, wanted: rows.isWanted)
        return List(pattern: pattern, list: list, event: event, isWanted: rows.isWanted)
    }
}

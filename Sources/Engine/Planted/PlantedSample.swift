import Evaluation
import Synthetic

/// Which stretches of worlds, and which of their turns, a model is shown.
struct PlantedSample: Sendable {
    var settings = WorldSettings()
    /// Events of a stretch; the trunk starts from nothing in each.
    var window = 128
    var windows = 3
    /// Lists of a stretch.
    var lists = 16
    /// Share of lists in which one planted signal decides.
    var situations = 0.45
    /// The first stretch is always the very beginning of the history.
    var startsCold = false

    /// Of one world.
    func histories(seed: UInt64) throws -> [PlantedHistory] {
        var world = World(settings, seed: seed)
        var random = SplitMix64(seed: seed &+ 0x5EED)
        let turns = world.turnCount
        // The first stretch of a third of the worlds is the very beginning: nobody knows the user yet.
        var starts: [Int] = []
        for place in 0..<windows {
            let isFirst = place == 0 && (startsCold || random.next() % 3 == 0)
            let room = max(1, turns - window)
            starts.append(isFirst ? 0 : room / 6 + Int(random.next() % UInt64(max(1, room - room / 6))))
        }
        var result: [PlantedHistory] = []
        for start in starts.sorted() where start >= world.events.count {
            while world.events.count < start, world.upcoming != nil {
                world.begin()
                world.finish()
            }
            if let history = try stretch(&world, start: start, &random) { result.append(history) }
        }
        return result
    }

    private func stretch(_ world: inout World, start: Int, _ random: inout SplitMix64) throws -> PlantedHistory? {
        // A trunk that starts in the middle of a history has to read a while first.
        let first = start == 0 ? 3 : window / 3
        let chance = Double(lists) / Double(window - first)
        var lists: [PlantedHistory.List] = []
        for place in 0..<window where world.upcoming != nil {
            world.begin()
            if place >= first, Double(random.next() >> 11) * 0x1p-53 < chance {
                let list = draw(&world, &random)
                lists.append(try PlantedHistory.List(list, event: place))
            }
            world.finish()
        }
        guard !lists.isEmpty else { return nil }
        var history = PlantedHistory(world, events: start..<world.events.count)
        history.lists = lists
        return history
    }

    static let planted: [PlantedList.Situation] = [
        .habit, .habit, .decay, .decay, .decay, .focus, .chain, .burst, .burst, .succession, .succession, .combined, .age, .hour,
        .hour,
    ]

    private func draw(_ world: inout World, _ random: inout SplitMix64) -> PlantedList {
        if Double(random.next() >> 11) * 0x1p-53 < situations {
            // What the turn doesn't offer is drawn again a few times.
            for _ in 0..<4 {
                let wanted = Self.planted[Int(random.next() % UInt64(Self.planted.count))]
                if let list = world.situationList(wanted) { return list }
            }
        }
        return world.ordinaryList()
    }
}

import Evaluation
import Features
import Glibc

/// Stages canaries in worlds that live on as ever; only the planted signal is arranged.
struct SceneMaker {
    let settings: WorldSettings
    let seed: UInt64
    /// Without the signal.
    let isTwin: Bool
    var random: SplitMix64

    static let hour: Int64 = 3_600_000
    static let minute: Int64 = 60_000

    init(_ settings: WorldSettings, seed: UInt64, isTwin: Bool) {
        self.settings = settings
        self.seed = seed
        self.isTwin = isTwin
        random = SplitMix64(seed: seed &* 31 &+ 7)
    }

    ///
    /// - Parameter reserved: entities at the front that only the scene itself lets be seen.
    func world(reserved: Int = 0) -> World {
        var world = World(settings, seed: seed)
        world.reserved = reserved
        world.fillersAreCommon = true
        // Arranged entities have no part in bursts or successions of the world's own.
        for place in world.entities.indices {
            if let next = world.entities[place].successor, next < Self.arranged { world.entities[place].successor = nil }
            world.entities[place].neighbours.removeAll { $0 < Self.arranged }
        }
        world.seldom.removeAll { $0 < Self.arranged }
        for place in 0..<Self.arranged {
            world.entities[place].habit = .none
            world.entities[place].isSeldom = false
            world.entities[place].successor = nil
            world.entities[place].alive = (-.infinity, .infinity)
            world.entities[place].season.amplitude = 0
            world.entities[place].popularity = 0.08
        }
        return world
    }

    /// Entities at the front that a scene may arrange.
    static let arranged = 14

    /// A time at that hour of a day about a week before the end.
    func time(_ world: World, daysBeforeEnd: Int, hour: Double) -> Int64 {
        let midnight = world.endMilliseconds - Int64(daysBeforeEnd) * SessionClock.dayMilliseconds
        return midnight + Int64(hour * 3_600_000)
    }

    /// The next time after `from` whose weekday is one of `days`, at that hour.
    func next(_ world: World, day: Int, after from: Int64, hour: Double) -> Int64 {
        for ahead in 0..<8 {
            let midnight = from + Int64(ahead) * SessionClock.dayMilliseconds
            let local = (midnight + Int64(world.utcOffsetSeconds) * 1000) / SessionClock.dayMilliseconds
            let at = local * SessionClock.dayMilliseconds - Int64(world.utcOffsetSeconds) * 1000 + Int64(hour * 3_600_000)
            if at > from, world.moment(at).weekday == day { return at }
        }
        return from + 7 * SessionClock.dayMilliseconds
    }

    /// A weekday on which the user is there, as weekday 1–5.
    mutating func weekday() -> Int { 1 + random.index(5) }

    /// What the noise makes of a focus: now and then the wrong entity.
    mutating func reported(_ focal: [Int], in world: World) -> [Int] {
        focal.map { random.chance(settings.noise.strayEvents) ? SceneMaker.arranged + random.index(world.entities.count - SceneMaker.arranged) : $0 }
    }

    func row(_ world: World, _ entity: Int, _ attributes: PlannedRow.Attributes, memory: Int = 0) -> PlannedRow {
        let own = world.entities[entity].memories
        return PlannedRow(memory: own[memory % own.count], attributes: attributes)
    }

    /// A plain entity to be about while a list is asked for.
    mutating func bystander(_ world: World) -> Int {
        for _ in 0..<64 {
            let entity = Self.arranged + random.index(world.entities.count - Self.arranged)
            if world.isPlain(entity) { return entity }
        }
        return world.entities.count - 1
    }

    /// Rows in random order, and where each of the first `marked` of them went.
    mutating func shuffled(_ rows: [PlannedRow], marked: Int) -> (rows: [PlannedRow], marks: [Int]) {
        let order = rows.indices.shuffled(using: &random)
        let marks = (0..<marked).map { mark in order.firstIndex(of: mark) ?? 0 }
        return (order.map { rows[$0] }, marks)
    }
}

import Evaluation
import Glibc

// Canaries over what came before.
extension SceneMaker {
    /// Days since each of twelve entities was there; all else is equal.
    static let gapGridDays: [Double] = [0.25, 0.5, 1, 2, 3, 5, 8, 12, 18, 26, 36, 48]

    mutating func decay() -> CanaryScene.Part {
        let grid = Self.gapGridDays
        var world = world(reserved: grid.count)
        let at = time(world, daysBeforeEnd: 5, hour: 11)
        for place in grid.indices { world.entities[place].alive.from = .infinity }
        // Twice long ago, so that all of them are equally well known; then once, so long before.
        for turn in 0..<2 * grid.count {
            let then = at - Int64((55 - 0.1 * Double(turn)) * Double(SessionClock.dayMilliseconds))
            meet(&world, turn % grid.count, at: then)
        }
        for place in grid.indices.reversed() {
            // The twin's were all there at the same time: nothing is left to decay.
            let days = isTwin ? 10 + 0.01 * Double(place) : grid[place]
            let blurred = days * exp(0.5 * settings.noise.deviation * settings.noise.draw(&random))
            meet(&world, place, at: at - Int64(blurred * Double(SessionClock.dayMilliseconds)))
        }
        world.run(until: at)
        world.begin(at: at, focal: [], wanted: [bystander(world)])
        let shared = world.sharedAttributes()
        let rows = grid.indices.map { row(world, $0, shared) }
        let (placed, marks) = shuffled(rows, marked: rows.count)
        let list = world.list(placed, situation: .decay)
        world.finish()
        return world.part([(list, marks)])
    }

    /// A turn about that entity at that time, or as soon as time allows.
    private func meet(_ world: inout World, _ entity: Int, at wanted: Int64) {
        world.run(until: wanted)
        world.begin(at: max(wanted, world.now.atMilliseconds + Self.minute), focal: [], wanted: [entity])
        world.finish()
    }

    /// Five of the last seven turns were about X, within hours; the twin's were spread over two weeks.
    mutating func burst() -> CanaryScene.Part {
        var world = world(reserved: 1)
        let at = time(world, daysBeforeEnd: 5, hour: 15)
        world.entities[0].alive.from = .infinity
        if isTwin {
            for visit in 0..<5 {
                let then = at - Int64((14 - 2.6 * Double(visit)) * Double(SessionClock.dayMilliseconds))
                world.run(until: then)
                world.begin(at: then, focal: [], wanted: [0])
                world.finish()
            }
        }
        world.run(until: at - 6 * Self.hour)
        let others = Set([1, 4].map { $0 })
        if !isTwin { world.bursts.append(.init(entity: 0, until: at + Self.hour)) }
        for turn in 0..<7 {
            let isAbout = !isTwin && !others.contains(turn)
            let then = at - Int64((5.5 - 0.75 * Double(turn)) * 3_600_000)
            world.begin(at: then, focal: [], wanted: [isAbout ? 0 : bystander(world)])
            world.finish()
        }
        world.begin(at: at, focal: [], wanted: [bystander(world)])
        let shared = world.sharedAttributes()
        let rows = (0..<3).map { row(world, 0, shared, memory: $0) } + world.fillers(57, shared, besides: Set(0..<Self.arranged))
        let (placed, marks) = shuffled(rows, marked: 3)
        let list = world.list(placed, situation: .burst)
        world.finish()
        return world.part([(list, marks)])
    }

    /// Q after its P, and after an R that has nothing to do with it.
    mutating func coactivation() -> CanaryScene.Part {
        var world = world()
        let (p, q, r) = (0, 1, 2)
        world.entities[p].successor = isTwin ? nil : q
        let at = time(world, daysBeforeEnd: 6, hour: 10)
        let cases = random.chance(0.5) ? [p, r] : [r, p]
        var rows: [PlannedRow] = []
        var lists: [(PlantedList, [Int])] = []
        for (place, last) in cases.enumerated() {
            let then = at + Int64(place) * 26 * Self.hour
            world.run(until: then)
            world.begin(at: then, focal: [], wanted: [last])
            world.finish()
            world.begin(at: then + 2 * Self.minute, focal: [], wanted: [bystander(world)])
            if rows.isEmpty {
                let shared = world.sharedAttributes()
                rows = [row(world, q, shared)] + world.fillers(19, shared, besides: Set(0..<Self.arranged))
            }
            let (placed, marks) = shuffled(rows, marked: 1)
            lists.append((world.list(placed, situation: .succession), marks + [last == p ? 1 : 0]))
            world.finish()
        }
        return world.part(lists)
    }
}

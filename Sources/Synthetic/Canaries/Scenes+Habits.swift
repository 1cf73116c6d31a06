import Evaluation
import Glibc

// Canaries over weekdays and hours.
extension SceneMaker {
    /// The same list on X's weekday and three days later.
    mutating func cycle() -> CanaryScene.Part {
        var world = world()
        let day = weekday()
        world.entities[0].habit = isTwin ? .none : .weekly
        world.entities[0].days = 1 << UInt8(day)
        let hour = 10.5
        let on = next(world, day: day, after: time(world, daysBeforeEnd: 12, hour: 0), hour: hour)
        return asked(&world, at: [on, on + 3 * SessionClock.dayMilliseconds], .habit)
    }

    /// The same list at X's hour and ten hours off.
    mutating func hour() -> CanaryScene.Part {
        var world = world()
        let hour = 9.0
        world.entities[0].habit = isTwin ? .none : .daily
        world.entities[0].hour = hour
        // Some twenty times at its hour over the eight weeks and more.
        world.entities[0].popularity = 0.1
        let at = next(world, day: weekday(), after: time(world, daysBeforeEnd: 10, hour: 0), hour: hour)
        return asked(&world, at: [at, at + 10 * Self.hour], .hour)
    }

    /// X among the same nineteen others at each of these times.
    private mutating func asked(
        _ world: inout World, at times: [Int64], _ situation: PlantedList.Situation
    ) -> CanaryScene.Part {
        var rows: [PlannedRow] = []
        var lists: [(PlantedList, [Int])] = []
        for at in times {
            world.run(until: at)
            world.begin(at: at, focal: [], wanted: [bystander(world)])
            if rows.isEmpty {
                let shared = world.sharedAttributes()
                rows = [row(world, 0, shared)] + world.fillers(19, shared, besides: Set(0..<Self.arranged))
            }
            let (placed, marks) = shuffled(rows, marked: 1)
            lists.append((world.list(placed, situation: situation), marks))
            world.finish()
        }
        return world.part(lists)
    }

    /// Day, hour and recency fit the first; each of the others lacks one.
    mutating func conjunction() -> CanaryScene.Part {
        var world = world()
        let day = weekday()
        let at = next(world, day: day, after: time(world, daysBeforeEnd: 10, hour: 0), hour: 10)
        let off = (day + 3) % 7
        for (entity, plan) in [(day, 10.0), (off, 10.0), (day, 20.0), (day, 10.0)].enumerated() {
            world.entities[entity].habit = isTwin ? .none : .both
            world.entities[entity].days = 1 << UInt8(plan.0)
            world.entities[entity].hour = plan.1
            // Two of three conditions leave few turns.
            world.entities[entity].popularity = 0.4
        }
        // The fourth fell silent three weeks ago.
        world.entities[3].alive.until = world.days(at: at) - 21
        world.run(until: at - 40 * Self.minute)
        visit(&world, [0, 1, 2].shuffled(using: &random), from: at - 30 * Self.minute)
        world.begin(at: at, focal: [], wanted: [bystander(world)])
        let shared = world.sharedAttributes()
        let rows = (0..<4).map { row(world, $0, shared) } + world.fillers(16, shared, besides: Set(0..<Self.arranged))
        let (placed, marks) = shuffled(rows, marked: 4)
        let list = world.list(placed, situation: .combined)
        world.finish()
        return world.part([(list, marks)])
    }

    /// Turns about these, and then about two others.
    mutating func visit(_ world: inout World, _ entities: [Int], from start: Int64) {
        for (place, entity) in (entities + [bystander(world), bystander(world)]).enumerated() {
            world.begin(at: start + Int64(place) * 3 * Self.minute, focal: [], wanted: [entity])
            world.finish()
        }
    }

    /// What the combined canary leaves out.
    enum Missing: CaseIterable { case nothing, focus, habit, recency }

    /// In focus, on its day and recent; each of three others lacks one of them.
    mutating func combined(without missing: Missing) -> CanaryScene.Part {
        var world = world()
        let day = weekday()
        let at = next(world, day: day, after: time(world, daysBeforeEnd: 10, hour: 0), hour: 11)
        for entity in 0..<4 {
            world.entities[entity].habit = missing == .habit || isTwin ? .none : .weekly
            world.entities[entity].days = 1 << UInt8(entity == 1 ? (day + 3) % 7 : day)
        }
        let silent = world.days(at: at) - 21
        for entity in missing == .recency ? [0, 1, 2, 3] : [3] { world.entities[entity].alive.until = silent }
        world.run(until: at - 40 * Self.minute)
        visit(&world, missing == .recency ? [] : [0, 1, 2].shuffled(using: &random), from: at - 30 * Self.minute)
        let focal = missing == .focus || isTwin ? [] : reported([0, 1, 3], in: world)
        world.begin(at: at, focal: focal, wanted: [bystander(world)])
        let shared = world.sharedAttributes()
        let rows = (0..<4).map { row(world, $0, shared) } + world.fillers(16, shared, besides: Set(0..<Self.arranged))
        let (placed, marks) = shuffled(rows, marked: 4)
        let list = world.list(placed, situation: .combined)
        world.finish()
        return world.part([(list, marks)])
    }
}

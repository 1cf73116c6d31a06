import Evaluation
import Glibc

// Canaries over what a memory itself is, and over what is in focus.
extension SceneMaker {
    /// The same list with Z in focus, then with W.
    mutating func selectivity() -> CanaryScene.Part {
        var world = world()
        let at = time(world, daysBeforeEnd: 6, hour: 10)
        var rows: [PlannedRow] = []
        var lists: [(PlantedList, [Int])] = []
        world.run(until: at)
        for (place, focal) in [0, 1].enumerated() {
            let shown = isTwin ? [] : reported([focal], in: world)
            world.begin(at: at + Int64(place) * 2 * Self.minute, focal: shown, wanted: [bystander(world)])
            if rows.isEmpty {
                let shared = world.sharedAttributes()
                rows = [row(world, 0, shared), row(world, 1, shared)] + world.fillers(18, shared, besides: Set(0..<Self.arranged))
            }
            let (placed, marks) = shuffled(rows, marked: 2)
            lists.append((world.list(placed, situation: .focus), marks))
            world.finish()
        }
        return world.part(lists)
    }

    /// Three of ten memories belong to the entity in focus.
    mutating func selectiveTop() -> CanaryScene.Part {
        var world = world()
        let at = time(world, daysBeforeEnd: 6, hour: 10)
        world.run(until: at)
        let shown = isTwin ? [] : reported([0], in: world)
        world.begin(at: at, focal: shown, wanted: [bystander(world)])
        let shared = world.sharedAttributes()
        let rows = (0..<3).map { row(world, 0, shared, memory: $0) } + world.fillers(7, shared, besides: Set(0..<Self.arranged))
        let (placed, marks) = shuffled(rows, marked: 3)
        let list = world.list(placed, situation: .focus)
        world.finish()
        return world.part([(list, marks)])
    }

    /// A replaced by B replaced by C, all of one age; in half of the worlds A and B were more important and more used.
    mutating func chain() -> CanaryScene.Part { versions(3) { $0.index(2) == 0 } }

    mutating func replaced() -> CanaryScene.Part { versions(2) { _ in false } }

    private mutating func versions(_ count: Int, isLoud: (inout SplitMix64) -> Bool) -> CanaryScene.Part {
        var world = world()
        let at = time(world, daysBeforeEnd: 6, hour: 14)
        world.run(until: at)
        world.begin(at: at, focal: [], wanted: [bystander(world)])
        let shared = world.sharedAttributes()
        let loud = isLoud(&random)
        var rows = (0..<count).map { newer -> PlannedRow in
            var attributes = shared
            attributes.newerVersions = isTwin ? 0 : newer
            if loud, newer > 0 {
                attributes.importance = min(1, shared.importance + 0.3)
                attributes.accesses = shared.accesses * 5
            }
            let isLost = random.chance(settings.noise.strayEvents)
            attributes.seenNewerVersions = isTwin ? 0 : isLost ? random.index(count) : newer
            return row(world, 0, attributes, memory: newer)
        }
        rows += world.fillers(17, shared, besides: Set(0..<Self.arranged))
        let (placed, marks) = shuffled(rows, marked: count)
        let list = world.list(placed, situation: .chain)
        world.finish()
        return world.part([(list, marks)])
    }

    /// Five memories that differ in age alone, each at least 1.6 times as old as the one before.
    mutating func newestFirst() -> CanaryScene.Part {
        var world = world()
        let at = time(world, daysBeforeEnd: 6, hour: 14)
        world.run(until: at)
        world.begin(at: at, focal: [], wanted: [bystander(world)])
        let shared = world.sharedAttributes()
        var age = random.uniform(0.8...2)
        let rows = (0..<5).map { _ -> PlannedRow in
            var attributes = shared
            attributes.ageDays = isTwin ? 10 : age
            let error = exp(0.5 * settings.noise.deviation * settings.noise.draw(&random))
            attributes.seenAgeDays = isTwin ? 10 : age * error
            age *= random.uniform(1.6...2.2)
            return row(world, 0, attributes)
        }
        let (placed, marks) = shuffled(rows, marked: 5)
        let list = world.list(placed, situation: .age)
        world.finish()
        return world.part([(list, marks)])
    }
}

extension Canary {
    /// One world's scene. The same seed and settings give the same scene.
    package func scene(_ settings: WorldSettings, seed: UInt64, isTwin: Bool) -> CanaryScene {
        var maker = SceneMaker(settings, seed: seed, isTwin: isTwin)
        let parts: [CanaryScene.Part]
        switch self {
        case .cycle: parts = [maker.cycle()]
        case .decay: parts = [maker.decay()]
        case .selectivity: parts = [maker.selectivity()]
        case .chain: parts = [maker.chain()]
        case .burst: parts = [maker.burst()]
        case .coactivation: parts = [maker.coactivation()]
        case .combined:
            // The twin lacks two of the three signals: its own knock-outs would say nothing.
            parts = (isTwin ? [.nothing] : SceneMaker.Missing.allCases).map { maker.combined(without: $0) }
        case .selectiveTop: parts = [maker.selectiveTop()]
        case .hour: parts = [maker.hour()]
        case .newestFirst: parts = [maker.newestFirst()]
        case .replaced: parts = [maker.replaced()]
        case .conjunction: parts = [maker.conjunction()]
        }
        return CanaryScene(worldSeed: seed, parts: parts)
    }
}

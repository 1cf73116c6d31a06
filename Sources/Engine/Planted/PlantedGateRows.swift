import Evaluation
import Synthetic

/// The rows of a list in which one pattern decides, in an order that says nothing.
struct PlantedGateRows {
    private(set) var rows: [PlannedRow] = []
    private(set) var isWanted: [Bool] = []
    private(set) var queryTerms = 0

    /// nil = the turn offers nothing of the kind.
    init?(_ pattern: GatePattern, _ world: inout World, _ random: inout SplitMix64) {
        let shared = world.sharedAttributes()
        switch pattern {
        case .ordinary, .empty: return nil
        case .focus, .habit, .hour, .burst, .succession:
            guard standOut(pattern, &world, &random, shared) else { return nil }
        case .decay:
            rows = world.fillers(GateWorld.rows, shared)
            guard markByGap(world) else { return nil }
        case .chain, .age, .importance, .access, .text:
            guard let one = world.fillers(1, shared).first else { return nil }
            for _ in 0..<GateWorld.rows { rows.append(one) }
            vary(pattern, shared, &random)
        }
        let order = rows.indices.shuffled(using: &random)
        (rows, isWanted) = (order.map { rows[$0] }, order.map { isWanted[$0] })
    }

    /// One entity that the pattern marks, and plain ones.
    private mutating func standOut(
        _ pattern: GatePattern, _ world: inout World, _ random: inout SplitMix64, _ shared: PlannedRow.Attributes
    ) -> Bool {
        let marked = world.entities.indices.filter { entity in
            guard let memory = world.entities[entity].memories.first else { return false }
            // Counters can't show what they saw a time or two.
            let seen = world.history.entities[world.entityID(entity)]?.seenCount ?? 0
            return seen >= (pattern == .habit || pattern == .hour ? 8 : 5) && pattern.marks(world.truth(PlannedRow(memory: memory)), world.entities[entity].habit)
        }
        let chosen = marked.shuffled(using: &random).prefix(1)
        guard !chosen.isEmpty else { return false }
        rows = chosen.map { PlannedRow(memory: world.entities[$0].memories[0], attributes: shared) }
        isWanted = rows.map { _ in true }
        let fillers = world.fillers(GateWorld.rows - rows.count, shared, besides: Set(chosen))
        rows += fillers
        isWanted += fillers.map { _ in false }
        return fillers.count >= 4
    }

    /// What was seen in the last two days against what wasn't for five.
    private mutating func markByGap(_ world: World) -> Bool {
        let gaps = rows.map { world.truth($0).gapDays ?? .infinity }
        let kept = rows.indices.filter { gaps[$0] < 2 || gaps[$0] > 5 }
        isWanted = kept.map { gaps[$0] < 2 }
        rows = kept.map { rows[$0] }
        return rows.count >= 6
    }

    /// Every row gets its value; the better half or third is wanted, and values in between don't occur.
    private mutating func vary(_ pattern: GatePattern, _ shared: PlannedRow.Attributes, _ random: inout SplitMix64) {
        if pattern == .text { queryTerms = 4 + Int(random.next() % 3) }
        for row in rows.indices {
            let isBetter = row % 3 == 0
            var attributes = shared
            switch pattern {
            case .chain: attributes.newerVersions = isBetter ? 0 : 1 + Int(random.next() % 3)
            case .age: attributes.ageDays = isBetter ? Double.random(in: 0.2...4, using: &random) : Double.random(in: 15...90, using: &random)
            case .importance:
                attributes.importance = isBetter ? Double.random(in: 0.7...1, using: &random) : Double.random(in: 0.05...0.45, using: &random)
            case .access: attributes.accesses = isBetter ? 12 + Int(random.next() % 40) : Int(random.next() % 3)
            case .text: rows[row].textMatch = isBetter ? Double.random(in: 0.6...1, using: &random) : row % 3 == 1 ? 0 : 0.25
            default: break
            }
            rows[row].attributes = attributes
            isWanted.append(isBetter)
        }
    }
}

import Evaluation
import Features

// Lists in which one planted signal decides. Canaries ask for these, and training shows more of them than life would:
// a mean over ordinary lists hardly notices when one of them is lost (learning.md).
extension World {
    /// nil = the present turn offers nothing of the kind.
    package mutating func situationList(_ situation: PlantedList.Situation) -> PlantedList? {
        let rows: [PlannedRow]?
        switch situation {
        case .ordinary, .empty: return ordinaryList()
        case .habit: rows = habitRows { $0.habit == .weekly || $0.habit == .both }
        case .hour: rows = habitRows { $0.habit == .daily || $0.habit == .both }
        case .decay: rows = decayRows()
        case .focus: rows = focusRows()
        case .chain: rows = chainRows()
        case .burst: rows = burstRows()
        case .succession: rows = successionRows()
        case .combined: rows = combinedRows()
        case .age: rows = ageRows()
        }
        return rows.map { list($0.shuffled(using: &random), situation: situation) }
    }

    /// An entity without a habit that nothing speaks for: not in focus, not next, not in a burst.
    func isPlain(_ entity: Int) -> Bool {
        entities[entity].habit == .none && !now.focal.contains(entity) && !bursts.contains { $0.entity == entity }
            && !now.lastEntities.contains { $0 == entity || entities[$0].successor == entity }
    }

    /// Memories of plain entities that were seen before, made alike.
    package mutating func fillers(
        _ count: Int, _ attributes: PlannedRow.Attributes, besides taken: Set<Int> = []
    ) -> [PlannedRow] {
        var entitiesTaken = taken
        var rows: [PlannedRow] = []
        for _ in 0..<count * 12 where rows.count < count {
            let entity = random.index(entities.count)
            if fillersAreCommon, entities[entity].isSeldom { continue }
            guard isPlain(entity), !entitiesTaken.contains(entity), history.entities[entityID(entity)] != nil else { continue }
            entitiesTaken.insert(entity)
            rows.append(PlannedRow(memory: entities[entity].memories[0], attributes: attributes))
        }
        // A young world has few: some come twice, as two memories of one entity do.
        while rows.count < count, let row = rows.isEmpty ? nil : rows[random.index(rows.count)] { rows.append(row) }
        return rows
    }

    /// Attributes that all rows of a list share.
    package mutating func sharedAttributes() -> PlannedRow.Attributes {
        var attributes = PlannedRow.Attributes()
        attributes.importance = random.uniform(0.1...0.55)
        attributes.ageDays = random.uniform(2...60)
        attributes.accesses = random.index(8)
        return attributes
    }

    private mutating func habitRows(_ isWanted: (PlantedEntity) -> Bool) -> [PlannedRow]? {
        let known = entities.indices.filter { (history.entities[entityID($0)]?.seenCount ?? 0) >= 4 && isWanted(entities[$0]) }
        let on = known.filter { habit($0, at: now.atMilliseconds) > 0 }
        let asked = random.chance(0.5) && !on.isEmpty ? on : known
        guard !asked.isEmpty else { return nil }
        let target = asked[random.index(asked.count)]
        let shared = sharedAttributes()
        return [PlannedRow(memory: entities[target].memories[0], attributes: shared)]
            + fillers(settings.candidates - 1, shared, besides: [target])
    }

    /// Plain entities over all gaps that there are, those seen seldom first: what was seen lately is mostly what was
    /// seen often, and then a rate of decay can't be read off.
    private mutating func decayRows() -> [PlannedRow]? {
        let known = entities.indices.filter { isPlain($0) && history.entities[entityID($0)] != nil }
        guard known.count >= 12 else { return nil }
        let rare = spread(known.filter { entities[$0].isSeldom }, settings.candidates * 3 / 4)
        let rest = spread(known.filter { !entities[$0].isSeldom }, settings.candidates - rare.count)
        let shared = sharedAttributes()
        return (rare + rest).map { PlannedRow(memory: entities[$0].memories[0], attributes: shared) }
    }

    /// At most so many of them, evenly over the order in which they were seen last.
    private mutating func spread(_ known: [Int], _ count: Int) -> [Int] {
        guard known.count > count else { return known }
        let order = known.sorted {
            (history.entities[entityID($0)]?.lastSeenMilliseconds ?? 0) > (history.entities[entityID($1)]?.lastSeenMilliseconds ?? 0)
        }
        let step = Double(order.count) / Double(count)
        let first = random.unit() * step
        return (0..<count).map { order[min(order.count - 1, Int(first + Double($0) * step))] }
    }

    private mutating func focusRows() -> [PlannedRow]? {
        guard let focal = now.focal.first else { return nil }
        let shared = sharedAttributes()
        let other = random.index(entities.count)
        var rows = [PlannedRow(memory: entities[focal].memories[0], attributes: shared)]
        if other != focal { rows.append(PlannedRow(memory: entities[other].memories[0], attributes: shared)) }
        return rows + fillers(settings.candidates - rows.count, shared, besides: [focal, other])
    }

    private mutating func chainRows() -> [PlannedRow]? {
        let shared = sharedAttributes()
        var rows = fillers(settings.candidates - 3, shared)
        guard let first = rows.first else { return nil }
        let isLoud = random.chance(0.5)
        for newer in 0..<3 {
            var attributes = shared
            attributes.newerVersions = newer
            // Old versions may have been important and much used.
            if newer > 0, isLoud {
                attributes.importance = min(1, shared.importance + 0.3)
                attributes.accesses = shared.accesses * 5
            }
            rows.append(PlannedRow(memory: first.memory, attributes: attributes))
        }
        return rows
    }

    private mutating func burstRows() -> [PlannedRow]? {
        guard let burst = bursts.last(where: { $0.turns > 2 }) else { return nil }
        let shared = sharedAttributes()
        let own = entities[burst.entity].memories
        let rows = (0..<3).map { PlannedRow(memory: own[$0 % own.count], attributes: shared) }
        return rows + fillers(settings.candidates - rows.count, shared, besides: [burst.entity])
    }

    private mutating func successionRows() -> [PlannedRow]? {
        guard !now.beginsSession, let last = now.lastEntities.first else { return nil }
        let followers = now.lastEntities.compactMap { entities[$0].successor }
        let target = followers.first ?? random.index(entities.count)
        guard target != last else { return nil }
        let shared = sharedAttributes()
        return [PlannedRow(memory: entities[target].memories[0], attributes: shared)]
            + fillers(settings.candidates - 1, shared, besides: [target])
    }

    /// In focus, habitual and recent, or two of the three.
    private mutating func combinedRows() -> [PlannedRow]? {
        guard let focal = now.focal.first else { return nil }
        let shared = sharedAttributes()
        var taken: Set<Int> = [focal]
        var rows = [PlannedRow(memory: entities[focal].memories[0], attributes: shared)]
        for entity in entities.indices.shuffled(using: &random) where rows.count < 6 {
            let state = habit(entity, at: now.atMilliseconds)
            guard state != 0, !taken.contains(entity), history.entities[entityID(entity)] != nil else { continue }
            taken.insert(entity)
            rows.append(PlannedRow(memory: entities[entity].memories[0], attributes: shared))
        }
        return rows + fillers(settings.candidates - rows.count, shared, besides: taken)
    }

    private mutating func ageRows() -> [PlannedRow]? {
        let shared = sharedAttributes()
        guard let one = fillers(1, shared).first else { return nil }
        var age = random.uniform(0.2...3)
        return (0..<settings.candidates).map { _ in
            var row = one
            row.attributes?.ageDays = age
            age *= random.uniform(1.1...1.5)
            return row
        }
    }
}

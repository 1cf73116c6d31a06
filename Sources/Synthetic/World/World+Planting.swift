import Evaluation
import Glibc

// What a world is made of.
extension World {
    mutating func plantEntities(days: Double) {
        let range = settings.entities
        let count = range.lowerBound + random.index(range.count)
        let exponent = random.uniform(settings.popularityExponent)
        let ranks = (1...count).shuffled(using: &random)
        entities = (0..<count).map { _ in PlantedEntity() }
        let habitual = settings.habits.weekly + settings.habits.daily + settings.habits.both
        for place in entities.indices {
            entities[place].popularity = pow(Double(ranks[place]), -exponent)
            entities[place].season = (random.uniform(0...0.8), random.uniform(60...120), random.uniform(0...6.28))
            entities[place].community = random.index(max(2, count / 12))
            plantHabit(place)
            if entities[place].habit == .none, random.chance(settings.seldomShare / (1 - habitual)) {
                entities[place].isSeldom = true
                entities[place].popularity *= 0.03
            }
            if random.chance(settings.dormantShare) { entities[place].alive.until = random.uniform(0.2...0.95) * days }
            if random.chance(settings.lateShare) { entities[place].alive.from = random.uniform(0.05...0.6) * days }
        }
        for place in entities.indices {
            if random.chance(settings.successorShare) {
                let other = random.index(count)
                if other != place { entities[place].successor = other }
            }
            entities[place].neighbours = plantNeighbours(place)
        }
        seldom = entities.indices.filter { entities[$0].isSeldom }
    }

    private mutating func plantHabit(_ place: Int) {
        let drawn = random.unit()
        let shares = settings.habits
        if drawn < shares.weekly {
            entities[place].habit = .weekly
        } else if drawn < shares.weekly + shares.daily {
            entities[place].habit = .daily
        } else if drawn < shares.weekly + shares.daily + shares.both {
            entities[place].habit = .both
        }
        plantDays(place)
        let part = settings.sessionHours[random.index(settings.sessionHours.count)]
        entities[place].hour = min(22.5, max(1.5, part.mean + part.deviation * random.normal()))
    }

    /// One or two weekdays on which the user is there at all.
    private mutating func plantDays(_ place: Int) {
        let open = (0..<7).filter { settings.dayActivity[$0] >= 0.4 }.shuffled(using: &random)
        entities[place].days = open.prefix(random.chance(0.7) ? 1 : 2).reduce(0) { $0 | 1 << UInt8($1) }
    }

    /// Mostly of the same community: typed relations of a knowledge graph, without their types.
    private mutating func plantNeighbours(_ place: Int) -> [Int] {
        let own = entities.indices.filter { $0 != place && entities[$0].community == entities[place].community }
        var found: Set<Int> = []
        for _ in 0..<3 {
            let near = random.chance(0.75) && !own.isEmpty
            let other = near ? own[random.index(own.count)] : random.index(entities.count)
            if other != place { found.insert(other) }
        }
        return found.sorted()
    }

    mutating func plantMemories() {
        let span = Double(endMilliseconds - startMilliseconds)
        for entity in entities.indices {
            let range = settings.memoriesPerEntity
            var created = (0..<range.lowerBound + random.index(range.count)).map { _ in
                startMilliseconds + Int64(random.uniform(-1...0.9) * span)
            }
            created.sort()
            let first = memories.count
            for at in created {
                memories.append(plantMemory(entity, at))
                entities[entity].memories.append(memories.count - 1)
            }
            // The oldest three replace one another.
            if created.count >= 3, random.chance(settings.chainShare) {
                memories[first].successor = first + 1
                memories[first + 1].successor = first + 2
            }
        }
    }

    private mutating func plantMemory(_ entity: Int, _ at: Int64) -> PlantedMemory {
        // Beta(2, 5) is the second smallest of six uniforms; Zipf with exponent 1.5 by inversion, cut at 50.
        let importance = (0..<6).map { _ in random.unit() }.sorted()[1]
        let accesses = min(50, Int(pow(1 - random.unit(), -1 / 1.5)) - 1)
        var memory = PlantedMemory(
            entity: entity, createdAtMilliseconds: at, importance: random.chance(0.25) ? random.unit() : importance,
            accessCount: max(0, accesses))
        memory.isConstraint = random.chance(0.1)
        memory.isEmbedded = random.chance(0.8)
        memory.aspect = random.index(12)
        return memory
    }
}

import Evaluation
import Glibc

/// A planted knowledge graph: typed edges between entities that belong to communities.
struct PathGraph: Sendable {
    struct Entity: Sendable {
        var community: Int
        var importance: Float
        var isFlagged: Bool
        var isSuperseded: Bool
        var logAge: Float
        var logUses: Float
        var aspectWeight: Float
    }

    struct Edge: Sendable {
        var target: Int
        var relation: Int32
        var strength: Float
        var confidence: Float
    }

    let entities: [Entity]
    /// Of each entity; every edge can be walked both ways.
    let edges: [[Edge]]

    init(_ settings: PathWorldSettings, _ random: inout SplitMix64) {
        let count = random.within(settings.entities)
        let communities = random.within(settings.communities)
        let flagged = random.uniform(settings.flagged)
        let entities = (0..<count).map { _ in
            Entity(
                community: random.index(communities), importance: Float(random.unit()),
                isFlagged: random.chance(flagged), isSuperseded: random.chance(0.06),
                logAge: Float(log(1 + 400 * random.unit())), logUses: Float(log(1 + 40 * random.unit() * random.unit())),
                aspectWeight: Float(random.unit()))
        }
        self.entities = entities
        edges = Self.edges(entities, settings, &random)
    }

    private static func edges(
        _ entities: [Entity], _ settings: PathWorldSettings, _ random: inout SplitMix64
    ) -> [[Edge]] {
        let count = entities.count
        let degree = random.uniform(settings.degree)
        let crossing = random.uniform(settings.crossing)
        let power = random.uniform(settings.strengthPower)
        let members = Dictionary(grouping: 0..<count) { entities[$0].community }
        var edges = [[Edge]](repeating: [], count: count)
        for source in 0..<count {
            for _ in 0..<max(1, Int((degree / 2).rounded(random.chance(0.5) ? .up : .down))) {
                let own = members[entities[source].community] ?? []
                let target = random.chance(crossing) || own.count < 2 ? random.index(count) : own[random.index(own.count)]
                guard target != source else { continue }
                let relation = Int32(1 + random.index(PlantedRelation.count))
                let strength = Float(0.02 + 0.98 * pow(random.unit(), power))
                let confidence = Float(random.uniform(settings.confidence))
                edges[source].append(Edge(target: target, relation: relation, strength: strength, confidence: confidence))
                edges[target].append(Edge(target: source, relation: relation, strength: strength, confidence: confidence))
            }
        }
        return edges
    }

    /// Least number of edges from `focal` to every entity; entities out of reach are 7 away.
    func distances(from focal: Int) -> [Int] {
        var distances = [Int](repeating: 7, count: entities.count)
        distances[focal] = 0
        var queue = [focal]
        var place = 0
        while place < queue.count {
            let entity = queue[place]
            place += 1
            for edge in edges[entity] where distances[edge.target] > distances[entity] + 1 {
                distances[edge.target] = distances[entity] + 1
                queue.append(edge.target)
            }
        }
        return distances
    }

    /// The hop over `edge` from `source`.
    func hop(_ edge: Edge, from source: Int, _ distances: [Int]) -> PlantedHop {
        let entity = entities[edge.target]
        return PlantedHop(
            relation: edge.relation, strength: edge.strength, confidence: edge.confidence, value: entity.importance,
            isFlagged: entity.isFlagged, isSuperseded: entity.isSuperseded,
            crosses: entity.community != entities[source].community, distance: distances[edge.target],
            aspectWeight: entity.aspectWeight, logAge: entity.logAge, logUses: entity.logUses,
            logNeighbours: Float(log(Double(edges[edge.target].count + 1))))
    }
}

extension SplitMix64 {
    mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + index(range.count) }
}

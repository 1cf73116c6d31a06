import Evaluation

/// What a candidate that looks like the best differs in.
enum HardNegative: CaseIterable {
    /// The same hops, in another order.
    case reordered
    /// The same ends, by another relation than was asked for.
    case otherRelation
    /// The same way to an entity that a newer one replaced.
    case superseded
    /// The same way, its weakest link weaker still.
    case weakened
}

extension PathWorld {
    /// Puts planted patterns into one candidate, and near misses of it in place of others.
    func plantHardNegatives(among candidates: inout [[PlantedPath]], _ query: Int32, _ random: inout SplitMix64) {
        let utilities = candidates.map { PathUtility.of($0, query: query) }
        guard let best = utilities.indices.max(by: { utilities[$0] < utilities[$1] }), !candidates[best].isEmpty else { return }
        plantPattern(into: &candidates[best], query, &random)
        for place in candidates.indices where place != best && random.chance(settings.hardNegatives) {
            let kind = HardNegative.allCases[random.index(HardNegative.allCases.count)]
            var paths = candidates[best].map { mistaken($0, kind, query, &random) }
            // A near miss must miss: the same hops backwards may be as good, and twins of the best only blur its label.
            if PathUtility.of(paths, query: query) > PathUtility.of(candidates[best], query: query) - 0.4 {
                paths.eachLast { $0.isSuperseded = true }
            }
            candidates[place] = paths
        }
    }

    /// A walk rarely shows two kinds of hops in order: every other list gets a candidate that does.
    private func plantPattern(into paths: inout [PlantedPath], _ query: Int32, _ random: inout SplitMix64) {
        guard let place = paths.indices.max(by: { paths[$0].hops.count < paths[$1].hops.count }),
            paths[place].hops.count >= 3, random.chance(0.5)
        else { return }
        var hops = paths[place].hops
        let start = random.index(hops.count - 2)
        let isOrder = random.chance(0.5)
        hops[start].relation = isOrder ? PlantedRelation.first : PlantedRelation.opening
        hops[start + 1].relation = isOrder ? PlantedRelation.second : PlantedRelation.closing
        paths[place] = path(hops, &random)
    }

    private func mistaken(
        _ path: PlantedPath, _ kind: HardNegative, _ query: Int32, _ random: inout SplitMix64
    ) -> PlantedPath {
        var path = path
        let last = path.hops.count - 1
        switch kind {
        case .reordered:
            // The way to the candidate is walked backwards but for its last step.
            let relations = path.hops[..<last].map(\.relation)
            for (hop, relation) in relations.reversed().enumerated() { path.hops[hop].relation = relation }
        case .otherRelation:
            path.hops[last].relation = Int32(random.within(PlantedRelation.neutral.withoutBounds(query)))
        case .superseded: path.hops[last].isSuperseded = true
        case .weakened: path.hops[random.index(last + 1)].strength *= Float(random.uniform(0.1...0.5))
        }
        // Its numbers are near the best one's, not its own copy.
        for hop in path.hops.indices {
            path.hops[hop].value = Float(min(max(Double(path.hops[hop].value) + 0.05 * random.normal(), 0), 1))
        }
        return path
    }
}

extension ClosedRange<Int> {
    /// The part of the range on the longer side of a value: a draw from it isn't the value.
    fileprivate func withoutBounds(_ value: Int32) -> ClosedRange<Int> {
        let value = Int(value)
        return value - lowerBound > upperBound - value ? lowerBound...(value - 1) : (value + 1)...upperBound
    }
}

extension [PlantedPath] {
    /// All ways to a candidate share its end.
    mutating func eachLast(_ change: (inout PlantedHop) -> Void) {
        for place in indices where !self[place].hops.isEmpty { change(&self[place].hops[self[place].hops.count - 1]) }
    }
}

extension [[PlantedPath]] {
    /// Relations of a graph that nobody numbered as training did.
    mutating func withholdRelations() {
        for candidate in indices {
            for path in self[candidate].indices {
                for hop in self[candidate][path].hops.indices { self[candidate][path].hops[hop].relation = 0 }
            }
        }
    }
}

import Evaluation

/// Lists in which one planted pattern alone decides: in all else that has a say the candidates are equal, and what has
/// none is drawn at random.
package struct PathCanary: Sendable {
    package let pattern: PathPattern
    package let world: PathWorld

    package init(_ pattern: PathPattern, in world: PathWorld) {
        self.pattern = pattern
        self.world = world
    }

    /// What the candidates of a list have in common.
    private struct Common {
        var query: Int32
        var hops: Int
        var weakest: Float
        var flagged: Float
        var distance: Int
        var crossings: Int
        var success: Float
        var feedback: Float
    }

    /// With a right answer; its utilities are the oracle's scores.
    package func list(_ number: Int) -> PlantedPathList {
        var random = SplitMix64(words: world.seed, 4, UInt64(number), UInt64(PathPattern.allCases.firstIndex(of: pattern) ?? 0))
        let common = common(&random)
        let count = random.within(world.settings.candidates)
        let winner = random.index(count)
        let paths = (0..<count).map { place in [candidate(common, wins: place == winner, &random)] }
        return world.labelled(paths, query: common.query, &random)
    }

    /// The same lists, the right answer drawn regardless of them: whoever is better than chance here read it elsewhere.
    package func twin(_ number: Int) -> PlantedPathList {
        var list = list(number)
        var random = SplitMix64(words: world.seed, 5, UInt64(number))
        let winner = random.index(list.candidates.count)
        list.relevant = winner
        list.noisyRelevant = winner
        return list
    }

    private func common(_ random: inout SplitMix64) -> Common {
        let hops = pattern == .focalDistance ? 5 : 4 + random.index(3)
        let success = random.uniform(0.5...0.9)
        return Common(
            query: Int32(random.within(PlantedRelation.neutral)), hops: hops, weakest: Float(random.uniform(0.4...0.7)),
            flagged: Float(random.uniform(0.6...0.9)), distance: 1 + random.index(2), crossings: random.index(3),
            success: Float(success), feedback: Float(success))
    }

    private func candidate(_ common: Common, wins: Bool, _ random: inout SplitMix64) -> PlantedPath {
        var common = common
        vary(&common, wins, &random)
        var hops = (0..<common.hops).map { place in
            PlantedHop(
                relation: Int32(random.within(PlantedRelation.neutral)),
                strength: common.weakest + (1 - common.weakest) * Float(random.uniform(0.05...1)),
                confidence: Float(random.uniform(world.settings.confidence)), value: Float(random.unit()),
                distance: min(place + 1, 1 + random.index(3)), aspectWeight: Float(random.unit()), logAge: Float(random.uniform(0...6)),
                logUses: Float(random.uniform(0...3)), logNeighbours: Float(random.uniform(0.7...2.5)))
        }
        hops[random.index(hops.count)].strength = common.weakest
        let flag = random.index(hops.count)
        hops[flag].isFlagged = true
        hops[flag].value = common.flagged
        for place in hops.indices.shuffled(using: &random).prefix(common.crossings) { hops[place].crosses = true }
        hops[hops.count - 1].relation = common.query
        hops[hops.count - 1].distance = common.distance
        arrange(&hops, wins, &random)
        return PlantedPath(hops: hops, success: common.success, feedback: common.feedback)
    }

    /// What differs in a number.
    private func vary(_ common: inout Common, _ wins: Bool, _ random: inout SplitMix64) {
        switch pattern {
        case .order, .adjacentPair: break
        case .flaggedValue: common.flagged = Float(random.unit())
        case .weakestLink: common.weakest = Float(random.uniform(0.05...0.8))
        case .hopCount:
            common.crossings = 0
            common.distance = 1
            common.hops = wins ? 2 : 3 + random.index(4)
        case .focalDistance: common.distance = wins ? 2 : 3 + random.index(3)
        case .crossings: common.crossings = wins ? 1 : 2 + random.index(common.hops - 2)
        case .feedback:
            common.success = Float(random.uniform(0.05...0.98))
            common.feedback = Float(world.counted(Double(common.success), &random))
        }
    }

    /// What differs in the order of hops: all candidates have the same kinds, one has them as it should be.
    private func arrange(_ hops: inout [PlantedHop], _ wins: Bool, _ random: inout SplitMix64) {
        let free = hops.count - 1
        switch pattern {
        case .order:
            let places = [Int](0..<free).shuffled(using: &random).prefix(2).sorted()
            hops[places[wins ? 0 : 1]].relation = PlantedRelation.first
            hops[places[wins ? 1 : 0]].relation = PlantedRelation.second
        case .adjacentPair:
            let start = random.index(free - 1)
            guard !wins else {
                hops[start].relation = PlantedRelation.opening
                hops[start + 1].relation = PlantedRelation.closing
                return
            }
            // Apart in this order, or side by side in the other.
            let isApart = random.chance(0.5)
            let first = isApart ? random.index(free - 2) : start + 1
            let second = isApart ? first + 2 + random.index(free - first - 2) : start
            hops[first].relation = PlantedRelation.opening
            hops[second].relation = PlantedRelation.closing
        default: break
        }
    }
}

import Evaluation
import Glibc

/// A planted graph with a history, and questions about it.
///
/// A world is constant; every list has random numbers of its own, so lists may be drawn in any order and on any thread.
package struct PathWorld: Sendable {
    package let seed: UInt64
    package let settings: PathWorldSettings
    let graph: PathGraph
    /// The world's own favour: moves the success rate of every kind of path.
    private let favour: Double

    package init(seed: UInt64, settings: PathWorldSettings = PathWorldSettings()) {
        self.seed = seed
        self.settings = settings
        var random = SplitMix64(words: seed, 1)
        graph = PathGraph(settings, &random)
        favour = random.uniform(0.7...1.6)
    }

    package var entityCount: Int { graph.entities.count }

    /// A question with candidates reached by walks through the graph, hard negatives among them.
    package func list(_ number: Int) -> PlantedPathList {
        var random = SplitMix64(words: seed, 2, UInt64(number))
        let withheld = random.chance(settings.withheld)
        let query = Int32(random.within(PlantedRelation.neutral))
        let focal = busyEntity(&random)
        let distances = graph.distances(from: focal)
        let count = random.within(settings.candidates)
        var candidates: [[PlantedPath]] = []
        while candidates.count < count {
            candidates.append(random.chance(settings.pathless) ? [] : walked(from: focal, query, distances, &random))
        }
        if random.chance(settings.empty) {
            for place in candidates.indices { candidates[place].eachLast { $0.isSuperseded = true } }
        } else {
            plantHardNegatives(among: &candidates, query, &random)
        }
        if withheld { candidates.withholdRelations() }
        return labelled(candidates, query: withheld ? 0 : query, &random)
    }

    /// Labels a list: clean by utility, and by what noise leaves of it.
    func labelled(_ candidates: [[PlantedPath]], query: Int32, _ random: inout SplitMix64) -> PlantedPathList {
        let utilities = candidates.map { PathUtility.of($0, query: query) }
        let mean = utilities.reduce(0, +) / Double(utilities.count)
        let spread = (utilities.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(utilities.count)).squareRoot()
        let scale = settings.signalToNoise.map { spread * pow(10, -$0 / 20) } ?? 0
        let noise = settings.noises[random.index(settings.noises.count)]
        let noisy = utilities.map { $0 + scale * noise.draw(&random) }
        var list = PlantedPathList(query: query, candidates: candidates, utilities: utilities, noisy: noisy)
        list.relevant = Self.best(utilities)
        list.noisyRelevant = Self.best(noisy)
        list.isWithheld = query == 0
        return list
    }

    private static func best(_ utilities: [Double]) -> Int? {
        guard let place = utilities.indices.max(by: { utilities[$0] < utilities[$1] }) else { return nil }
        return utilities[place] >= PathUtility.threshold ? place : nil
    }

    private func busyEntity(_ random: inout SplitMix64) -> Int {
        // Three draws find an entity with edges in any world; the last is taken as it is.
        let draws = (0..<3).map { _ in random.index(graph.entities.count) }
        return draws.max { graph.edges[$0].count < graph.edges[$1].count } ?? 0
    }
}

extension PathWorld {
    /// Paths to one candidate. They all end at it: the later ones are shorter or longer ways with the same last step.
    private func walked(
        from focal: Int, _ query: Int32, _ distances: [Int], _ random: inout SplitMix64
    ) -> [PlantedPath] {
        var hops = walk(from: focal, random.within(settings.hops), distances, &random)
        guard var last = hops.last else { return [] }
        // Half of the candidates are reached by what was asked for.
        if random.chance(0.5) { last.relation = query }
        hops[hops.count - 1] = last
        var paths = [path(hops, &random)]
        for _ in 1..<random.within(settings.paths) + 1 where paths.count < 4 {
            var other = walk(from: focal, random.within(settings.hops), distances, &random)
            guard !other.isEmpty else { break }
            let relation = random.chance(0.5) ? last.relation : other[other.count - 1].relation
            other[other.count - 1] = last
            other[other.count - 1].relation = relation
            paths.append(path(other, &random))
        }
        return Array(paths.prefix(random.within(settings.paths)))
    }

    /// A walk of `length` hops that doesn't turn on the spot; shorter where it gets stuck.
    func walk(from focal: Int, _ length: Int, _ distances: [Int], _ random: inout SplitMix64) -> [PlantedHop] {
        var hops: [PlantedHop] = []
        var (before, here) = (focal, focal)
        while hops.count < length {
            let edges = graph.edges[here].filter { $0.target != before && $0.target != focal }
            guard !edges.isEmpty else { break }
            let edge = edges[random.index(edges.count)]
            hops.append(graph.hop(edge, from: here, distances))
            (before, here) = (here, edge.target)
        }
        return hops
    }

    /// With what the world's history says of paths of these relations.
    func path(_ hops: [PlantedHop], _ random: inout SplitMix64) -> PlantedPath {
        let success = success(of: hops)
        return PlantedPath(hops: hops, success: Float(success), feedback: Float(counted(success, &random)))
    }

    /// Drawn per world and kind of path, the same whenever it is asked for.
    private func success(of hops: [PlantedHop]) -> Double {
        var kind: UInt64 = 0
        for hop in hops { kind = kind &* 31 &+ UInt64(hop.relation) }
        var random = SplitMix64(words: seed, 3, kind)
        return pow(random.unit(), favour)
    }

    /// As a store of uses would have it: a count, smoothed towards the usual.
    func counted(_ success: Double, _ random: inout SplitMix64) -> Double {
        let uses = random.within(settings.history)
        let spread = (success * (1 - success) / Double(uses)).squareRoot()
        let share = min(max(success + spread * random.normal(), 0), 1)
        return (share * Double(uses) + 5 * 0.4) / Double(uses + 5)
    }
}

extension SplitMix64 {
    /// A stream of its own for every list of words, such as (world, purpose, list).
    init(words: UInt64...) {
        var state: UInt64 = 0
        for word in words {
            var random = SplitMix64(seed: state ^ word)
            state = random.next()
        }
        self.init(seed: state)
    }
}

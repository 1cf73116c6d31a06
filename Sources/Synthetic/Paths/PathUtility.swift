/// What planted patterns a path may show.
package enum PathPattern: String, Sendable, CaseIterable {
    /// One hop kind before another, anywhere.
    case order
    /// One hop kind directly behind another.
    case adjacentPair = "adjacent_pair"
    /// The value of the hop that carries a flag.
    case flaggedValue = "flagged_value"
    /// The least strength of an edge.
    case weakestLink = "weakest_link"
    case hopCount = "hop_count"
    /// How far the candidate is from the focal entity by the shortest way, whatever way was taken.
    case focalDistance = "focal_distance"
    /// Share of the hops into another community.
    case crossings
    /// How often such paths were useful: drawn per world and kind of path.
    case feedback
}

/// What a planted path is worth. The rules are the same in every world; the numbers that they are applied to are its own.
package enum PathUtility {
    /// Below this nothing is relevant.
    package static let threshold = 0.6
    /// Of a candidate that no path leads to.
    static let pathless = -1.5
    static let supersededPenalty = 4.0
    /// For ending with the relation that was asked for.
    static let asked = 1.0

    static func weight(_ pattern: PathPattern) -> Double {
        switch pattern {
        case .order, .adjacentPair, .flaggedValue, .weakestLink, .feedback: 1.2
        case .hopCount, .focalDistance, .crossings: 0.8
        }
    }

    /// A candidate is as good as its best path.
    static func of(_ paths: [PlantedPath], query: Int32) -> Double {
        paths.map { of($0, query: query) }.max() ?? pathless
    }

    static func of(_ path: PlantedPath, query: Int32) -> Double {
        var sum = PathPattern.allCases.reduce(0.0) { $0 + weight($1) * term($1, path) }
        // Where relations are withheld (0), every path is as asked for as any other.
        if let last = path.hops.last, query == 0 || last.relation == query { sum += asked }
        if path.hops.last?.isSuperseded == true { sum -= supersededPenalty }
        return sum
    }

    /// One pattern's say, within −1…1.
    static func term(_ pattern: PathPattern, _ path: PlantedPath) -> Double {
        let hops = path.hops
        switch pattern {
        case .order: return order(hops)
        case .adjacentPair:
            return zip(hops, hops.dropFirst()).contains {
                $0.relation == PlantedRelation.opening && $1.relation == PlantedRelation.closing
            } ? 1 : 0
        case .flaggedValue:
            let values = hops.filter(\.isFlagged).map { Double($0.value) }
            return values.isEmpty ? 0 : 2 * (values.reduce(0, +) / Double(values.count)) - 1
        case .weakestLink: return 2 * Double(hops.map(\.strength).min() ?? 0) - 1
        case .hopCount: return (3.5 - Double(hops.count)) / 2.5
        case .focalDistance: return (3.5 - Double(hops.last?.distance ?? 6)) / 2.5
        case .crossings: return 1 - 2 * Double(hops.count(where: \.crosses)) / Double(max(hops.count, 1))
        case .feedback: return 2 * Double(path.success) - 1
        }
    }

    /// By the earliest of each kind.
    private static func order(_ hops: [PlantedHop]) -> Double {
        guard let first = hops.firstIndex(where: { $0.relation == PlantedRelation.first }),
            let second = hops.firstIndex(where: { $0.relation == PlantedRelation.second })
        else { return 0 }
        return first < second ? 1 : -1
    }
}

/// Rankers that need no model (BASELINES.md, C).
enum PathBaseline: String, CaseIterable {
    case shortest = "shortest path"
    case noisyOr = "path-type precision, noisy-or"
    case mean = "path-type precision, mean"

    /// - Parameter feedback: of each path of the list.
    func scores(of list: Int, _ lists: PathLists, _ feedback: [Float]) -> [Float] {
        let first = lists.pathOffsets[lists.rows(list).lowerBound]
        return lists.rows(list).map { row in
            let paths = lists.paths(row)
            guard let least = paths.map({ lists.hops($0).count }).min() else { return 0 }
            if self == .shortest { return 1 / Float(least) }
            // Once per kind, in a fixed order: equal candidates must get equal bits.
            let kinds = Dictionary(
                paths.map { (PathFeedback.kind($0, of: list, lists), feedback[$0 - first]) }, uniquingKeysWith: { one, _ in one })
            let shares = kinds.values.sorted().map(Double.init)
            switch self {
            case .noisyOr: return Float(1 - shares.reduce(1) { $0 * (1 - $1) })
            case .shortest, .mean: return Float(shares.reduce(0, +) / Double(shares.count))
            }
        }
    }
}

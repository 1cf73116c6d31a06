import Glibc

func logarithm(_ value: Float) -> Float { log(value) }

/// How often a path of a kind led to the true tail: smoothed share of positives among the training candidates that have
/// a path of the same relations under the same question, (pos + 5 · share of the length) / (n + 5). BASELINES.md calls it
/// path-type precision.
struct PathFeedback: Sendable {
    /// Relations that fit a key, both directions counted apart.
    static let relationLimit = 511

    fileprivate struct Count {
        var positive: Int32 = 0
        var all: Int32 = 0
    }

    private var kinds: [UInt64: Count] = [:]
    private var lengths = [Count](repeating: Count(), count: PathLists.longest + 1)

    init(_ lists: PathLists) {
        for list in 0..<lists.count {
            for (row, kind) in Self.kinds(of: list, lists) {
                let isPositive = row == lists.relevant[list]
                kinds[kind, default: Count()].add(isPositive)
                lengths[Self.length(kind)].add(isPositive)
            }
        }
    }

    /// Of each path of a list, in order.
    ///
    /// - Parameter isOwn: the list is one of those counted: what it added itself is taken out again.
    func values(of list: Int, _ lists: PathLists, isOwn: Bool) -> [Float] {
        var own: [UInt64: Count] = [:]
        var ownLengths = [Count](repeating: Count(), count: PathLists.longest + 1)
        if isOwn {
            for (row, kind) in Self.kinds(of: list, lists) {
                let isPositive = row == lists.relevant[list]
                own[kind, default: Count()].add(isPositive)
                ownLengths[Self.length(kind)].add(isPositive)
            }
        }
        let rows = lists.rows(list)
        return (lists.pathOffsets[rows.lowerBound]..<lists.pathOffsets[rows.upperBound]).map { path in
            let kind = Self.kind(path, of: list, lists)
            let count = (kinds[kind] ?? Count()).without(own[kind] ?? Count())
            let length = Self.length(kind)
            let usual = lengths[length].without(ownLengths[length]).share
            return (Float(count.positive) + 5 * usual) / (Float(count.all) + 5)
        }
    }

    /// Each kind that a candidate's paths are of, once per candidate.
    private static func kinds(of list: Int, _ lists: PathLists) -> [(row: Int, kind: UInt64)] {
        lists.rows(list).enumerated().flatMap { place, row in
            Set(lists.paths(row).map { kind($0, of: list, lists) }).map { (place, $0) }
        }
    }

    /// Question, length and relations in one word: 9 bits, 3 bits, 4 × 10 bits.
    static func kind(_ path: Int, of list: Int, _ lists: PathLists) -> UInt64 {
        let hops = lists.hops(path)
        var key = UInt64(lists.relations[list]) << 3 | UInt64(hops.count)
        for hop in hops { key = key << 10 | UInt64(lists.edges[hop]) }
        return key << UInt64(10 * (PathLists.longest - hops.count))
    }

    private static func length(_ kind: UInt64) -> Int { Int(kind >> UInt64(10 * PathLists.longest)) & 7 }
}

extension PathFeedback.Count {
    fileprivate mutating func add(_ isPositive: Bool) {
        all += 1
        if isPositive { positive += 1 }
    }

    fileprivate func without(_ other: Self) -> Self { .init(positive: positive - other.positive, all: all - other.all) }

    fileprivate var share: Float { all > 0 ? Float(positive) / Float(all) : 0 }
}

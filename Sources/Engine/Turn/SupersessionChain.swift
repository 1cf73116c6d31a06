import Storage

/// How far a memory is from the newest version of itself: one flag can't put a chain of three in order.
struct SupersessionChain {
    /// Longer chains count as this long; a ring of versions ends here too.
    static let longest = 16

    private let newer: [String: String]

    init(_ rows: [CandidateRow]) {
        newer = Dictionary(
            rows.compactMap { row in row.supersededBy.map { (row.id, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// Versions that followed, one after the other.
    func depth(of row: CandidateRow) -> Int {
        var depth = 0
        var next = row.supersededBy
        while let id = next, depth < Self.longest {
            depth += 1
            next = newer[id]
        }
        return depth
    }
}

import StateSpace

/// Scores every item of a catalogue after a context. Rows as `ItemIndex` numbers them: 1…V, row 0 is nobody.
protocol SequenceRanker {
    var name: String { get }
    /// Adds nothing to what it was trained on. `scores` [V+1] is written; calls run one at a time.
    func score(_ context: IndexedSequence, to scores: inout [Float])
}

/// A user's events as rows of a catalogue, with seconds where they are known.
struct IndexedSequence: Sendable {
    var user: Int64
    /// Oldest first.
    var rows: [Int32]
    var seconds: [Double]?

    /// The first so many events.
    func prefix(_ count: Int) -> IndexedSequence {
        IndexedSequence(
            user: user, rows: Array(rows.prefix(count)), seconds: seconds.map { Array($0.prefix(count)) })
    }

    /// The last so many events.
    func suffix(_ count: Int) -> IndexedSequence {
        IndexedSequence(
            user: user, rows: Array(rows.suffix(count)), seconds: seconds.map { Array($0.suffix(count)) })
    }
}

/// How often each item was chosen.
struct PopularityRanker: SequenceRanker {
    let name = "popularity"
    let counts: [Float]

    init(_ sequences: [IndexedSequence], items: Int) {
        var counts = [Float](repeating: 0, count: items + 1)
        for sequence in sequences { for row in sequence.rows { counts[Int(row)] += 1 } }
        self.counts = counts
    }

    func score(_ context: IndexedSequence, to scores: inout [Float]) { scores = counts }
}

/// Markov-1: how often an item followed the context's last one, behind that popularity.
struct FollowerRanker: SequenceRanker {
    let name = "Markov-1"
    private let followers: [[Int32: Float]]
    private let backoff: [Float]

    init(_ sequences: [IndexedSequence], items: Int) {
        var followers = [[Int32: Float]](repeating: [:], count: items + 1)
        for sequence in sequences {
            for (one, next) in zip(sequence.rows, sequence.rows.dropFirst()) { followers[Int(one)][next, default: 0] += 1 }
        }
        self.followers = followers
        // Below one follower, and fine enough to order equal ones.
        let counts = PopularityRanker(sequences, items: items).counts
        let largest = max(1, counts.max() ?? 1)
        backoff = counts.map { $0 / (2 * largest) }
    }

    func score(_ context: IndexedSequence, to scores: inout [Float]) {
        scores = backoff
        guard let last = context.rows.last else { return }
        for (row, count) in followers[Int(last)] { scores[Int(row)] += count }
    }
}

/// Item-based neighbours: Σ 0.8^age · cosine(context item, candidate) over the last ten events, with cosines of the
/// users that items share. Candidates without a neighbour in the context follow in the order of popularity.
struct NeighbourRanker: SequenceRanker {
    let name = "item-kNN"
    private static let length = 10
    private static let decay: Float = 0.8

    /// Per item its neighbours (ascending) and their cosines.
    private let neighbours: [(rows: [Int32], cosines: [Float])]
    private let backoff: [Float]

    init(_ sequences: [IndexedSequence], items: Int) {
        var users = [[Int32]](repeating: [], count: items + 1)
        let distinct = sequences.map { Array(Set($0.rows)).sorted() }
        for (user, rows) in distinct.enumerated() { for row in rows { users[Int(row)].append(Int32(user)) } }
        var shared = [Float](repeating: 0, count: items + 1)
        var neighbours: [(rows: [Int32], cosines: [Float])] = [([], [])]
        for item in 1...items {
            var touched: [Int32] = []
            for user in users[item] {
                for row in distinct[Int(user)] where Int(row) != item {
                    if shared[Int(row)] == 0 { touched.append(row) }
                    shared[Int(row)] += 1
                }
            }
            touched.sort()
            let own = Float(users[item].count)
            neighbours.append(
                (touched, touched.map { shared[Int($0)] / (own * Float(users[Int($0)].count)).squareRoot() }))
            for row in touched { shared[Int(row)] = 0 }
        }
        self.neighbours = neighbours
        // Below every cosine that two items can have: one shared user of two items that all have.
        let counts = PopularityRanker(sequences, items: items).counts
        let least = 1e-6 / max(1, counts.max() ?? 1)
        backoff = counts.map { $0 * least }
    }

    func score(_ context: IndexedSequence, to scores: inout [Float]) {
        scores = backoff
        var weight: Float = 1
        for row in context.rows.suffix(Self.length).reversed() {
            let near = neighbours[Int(row)]
            for (other, cosine) in zip(near.rows, near.cosines) { scores[Int(other)] += weight * cosine }
            weight *= Self.decay
        }
    }
}

/// The questions of one protocol over a set: contexts with a target each, and who competes with it.
struct SequenceQueries: Sendable {
    struct Query: Sendable {
        var context: IndexedSequence
        var target: Int32
        /// The user's other items, which aren't ranked: ascending.
        var history: Set<Int32>
        /// A hundred sampled rivals.
        var negatives: [Int32]
    }

    let items: Int
    var queries: [Query] = []

    /// - Parameters:
    ///   - sequences: Whole sequences; those of fewer than three events aren't asked.
    ///   - fromEnd: 1 asks for the last event, 2 for the one before it (a split of one's own, with the last unseen).
    init(_ sequences: [IndexedSequence], items: Int, fromEnd: Int) {
        self.items = items
        for sequence in sequences where sequence.rows.count >= 2 + fromEnd {
            let place = sequence.rows.count - fromEnd
            let (context, target) = (sequence.prefix(place), sequence.rows[place])
            queries.append(
                Query(
                    context: context, target: target, history: Set(context.rows).subtracting([target]),
                    negatives: Self.negatives(sequence, items: items)))
        }
    }

    /// seqrec's rule: j = 0, 1, …: item splitmix64(user·1000003 + j) mod V + 1, without the user's own and repeats.
    static func negatives(_ sequence: IndexedSequence, items: Int, count: Int = 100) -> [Int32] {
        var taken = Set(sequence.rows)
        var result: [Int32] = []
        var index: UInt64 = 0
        // A catalogue that is too small has fewer rivals.
        let wanted = min(count, items - taken.count)
        while result.count < wanted {
            let hash = splitMix64(UInt64(bitPattern: sequence.user) &* 1_000_003 &+ index)
            let row = Int32(hash % UInt64(items)) + 1
            index += 1
            if taken.insert(row).inserted { result.append(row) }
        }
        return result
    }

    static func splitMix64(_ seed: UInt64) -> UInt64 {
        var z = seed &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// A target's place among all items but the history, and among the sampled rivals. Equal scores count half of them as
    /// better, rounded down, as BASELINES.md does.
    struct Places: Sendable {
        var full: Int
        var sampled: Int
    }

    func places(_ query: Query, scores: [Float]) -> Places {
        let own = scores[Int(query.target)]
        func place(better: Int, equal: Int) -> Int { 1 + better + equal / 2 }
        var (better, equal) = (0, 0)
        for row in 1...items {
            better += scores[row] > own ? 1 : 0
            equal += scores[row] == own ? 1 : 0
        }
        equal -= 1
        for row in query.history {
            if scores[Int(row)] > own { better -= 1 }
            if scores[Int(row)] == own { equal -= 1 }
        }
        let full = place(better: better, equal: equal)
        (better, equal) = (0, 0)
        for row in query.negatives {
            better += scores[Int(row)] > own ? 1 : 0
            equal += scores[Int(row)] == own ? 1 : 0
        }
        return Places(full: full, sampled: place(better: better, equal: equal))
    }
}

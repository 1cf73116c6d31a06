/// A turn earns part of what its neighbours match: the answer seldom repeats the question's words.
///
/// c_t(i) = max( s_t(i); .6·s_t(prev), or .9 where prev is another author's question; .5·s_t(next);
/// .4·s_t(±2); .15·max of the session ). The maximum, not the sum: nothing counts twice.
/// Source: `references/retrieval.md` §2 step 3. O(terms × rows), contiguous, branchless in the row loop.
package struct ContextCredit: Sendable {
    package static let previousFactor: Float = 0.6
    package static let answerFactor: Float = 0.9
    package static let nextFactor: Float = 0.5
    package static let secondFactor: Float = 0.4
    package static let sessionFactor: Float = 0.15

    package let rows: Neighbourhood
    /// Σ_t s_t per row, nats.
    package private(set) var own: [Float]
    /// Σ_t c_t per row, nats: `text.context`.
    package private(set) var context: [Float]
    /// Σ_t max over the session of s_t, per row.
    package private(set) var session: [Float]
    /// Σ_t max over the pool of s_t: what a row that matched everything best would have.
    package private(set) var best: Float = 0

    private let previousFactors: [Float]
    /// s_t with a zero behind it, where absent neighbours point.
    private var padded: [Float]
    private var sessionMaximum: [Float]

    package init(rows: Neighbourhood) {
        self.rows = rows
        let zeros = [Float](repeating: 0, count: rows.count)
        own = zeros
        context = zeros
        session = zeros
        sessionMaximum = zeros
        padded = zeros + [0]
        previousFactors = rows.answersQuestion.map { $0 ? Self.answerFactor : Self.previousFactor }
    }

    /// Adds one term.
    ///
    /// - Parameter scores: s_t per row, the larger of the stem's and .8 × the prefix's BM25; nats, ≥ 0.
    package mutating func add(_ scores: [Float]) {
        let count = rows.count
        precondition(scores.count == count, "one score per row")
        var poolMaximum: Float = 0
        for range in rows.sessions {
            var maximum: Float = 0
            for row in range { maximum = max(maximum, scores[row]) }
            for row in range { sessionMaximum[row] = maximum }
            poolMaximum = max(poolMaximum, maximum)
        }
        best += poolMaximum
        padded.replaceSubrange(0..<count, with: scores)
        padded.withUnsafeBufferPointer { s in
            for row in 0..<count {
                var credit = max(s[row], previousFactors[row] * s[Int(rows.previous[row])])
                credit = max(credit, Self.nextFactor * s[Int(rows.next[row])])
                let second = max(s[Int(rows.secondPrevious[row])], s[Int(rows.secondNext[row])])
                credit = max(credit, Self.secondFactor * second)
                credit = max(credit, Self.sessionFactor * sessionMaximum[row])
                own[row] += s[row]
                context[row] += credit
                session[row] += sessionMaximum[row]
            }
        }
    }
}

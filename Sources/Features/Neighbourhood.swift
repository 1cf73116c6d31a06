/// Where each row of a pool stands in its conversation, and which rows stand beside it.
///
/// Rows are sorted by (session, ordinal). A neighbour is the row of the same session whose ordinal is one
/// or two away; a turn that isn't in the pool is nobody's neighbour. An absent neighbour is the index
/// `count`, so that a value array with a zero at its end needs no branch.
package struct Neighbourhood: Sendable {
    package let count: Int
    package let previous: [Int32]
    package let next: [Int32]
    package let secondPrevious: [Int32]
    package let secondNext: [Int32]
    /// The previous turn is a question, and another author's.
    package let answersQuestion: [Bool]
    /// Row ranges of the sessions, ascending. A row without a session is a range of its own.
    package let sessions: [Range<Int>]

    /// - Parameters:
    ///   - sessions: Index of the session, −1 = none.
    ///   - ordinals: Turn number in the session.
    ///   - authors: −1 = unknown, which is another author than any, itself included.
    package init(sessions: [Int32], ordinals: [Int32], authors: [Int32], asksQuestion: [Bool]) {
        let count = sessions.count
        precondition(
            ordinals.count == count && authors.count == count && asksQuestion.count == count,
            "one entry per row in each array")
        self.count = count
        var ranges: [Range<Int>] = []
        var start = 0
        for row in 0..<count {
            let endsSession = row + 1 == count || sessions[row] < 0 || sessions[row + 1] != sessions[row]
            guard endsSession else {
                precondition(ordinals[row] <= ordinals[row + 1], "rows sorted by session, ordinal")
                continue
            }
            ranges.append(start..<row + 1)
            start = row + 1
        }
        var answers = [Bool](repeating: false, count: count)
        (previous, secondPrevious) = Self.beside(ordinals, ranges.map { Array($0) }, distance: 1)
        (next, secondNext) = Self.beside(ordinals, ranges.map { $0.reversed() }, distance: -1)
        for row in 0..<count {
            let before = Int(previous[row])
            answers[row] = before < count && asksQuestion[before]
                && (authors[before] != authors[row] || authors[row] < 0)
        }
        self.sessions = ranges
        answersQuestion = answers
    }

    /// For each row the row one and two ordinals back; of several with the same ordinal the nearest.
    ///
    /// - Parameters:
    ///   - walks: The rows of each session, in the order of their ordinals or against it.
    ///   - distance: 1 or −1 accordingly.
    private static func beside(
        _ ordinals: [Int32], _ walks: [[Int]], distance: Int
    ) -> (one: [Int32], two: [Int32]) {
        let absent = [Int32](repeating: Int32(ordinals.count), count: ordinals.count)
        var (one, two) = (absent, absent)
        for walk in walks where walk.count > 1 {
            // Last row of the present ordinal and of the two distinct ones before it.
            var (present, first, second) = (walk[0], Int?.none, Int?.none)
            for row in walk.dropFirst() {
                if ordinals[row] != ordinals[present] { (second, first) = (first, present) }
                present = row
                for case let other? in [second, first] {
                    switch (Int(ordinals[row]) - Int(ordinals[other])) * distance {
                    case 1: one[row] = Int32(other)
                    case 2: two[row] = Int32(other)
                    default: break
                    }
                }
            }
        }
        return (one, two)
    }

    /// `values` of the neighbour of each row, 0 where there is none.
    package func gather(_ values: [Float], _ neighbour: KeyPath<Neighbourhood, [Int32]>) -> [Float] {
        self[keyPath: neighbour].map { Int($0) < count ? values[Int($0)] : 0 }
    }
}

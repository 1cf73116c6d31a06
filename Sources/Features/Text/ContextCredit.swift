/// What a turn is worth for a term through its neighbours in the same conversation: an answer seldom repeats
/// the words of its question (retrieval.md §2.3; worth .094 on LoCoMo, .023 on RealTalk).
///
/// c_t(i) = max(s_t(i); 0.6·s_t(previous), or 0.9 if the previous turn is another author's question;
/// 0.5·s_t(next); 0.4·s_t(±2); 0.15·max over the session). A maximum and not a sum: nothing counts twice.
package struct ContextCredit: Sendable {
    /// Turns sorted by (session, ordinal). R rows.
    package struct Rows: Sendable {
        /// −1 = in no session: such a row lends and borrows nothing.
        package var session: [Int32] = []
        package var ordinal: [Int32] = []
        package var author: [Int32] = []
        package var asksQuestion: [Bool] = []

        package init() {}
        package var count: Int { session.count }

        package mutating func append(session: Int32, ordinal: Int32, author: Int32, asksQuestion: Bool) {
            self.session.append(session)
            self.ordinal.append(ordinal)
            self.author.append(author)
            self.asksQuestion.append(asksQuestion)
        }
    }

    package static let previous: Float = 0.6
    package static let previousQuestion: Float = 0.9
    package static let next: Float = 0.5
    package static let two: Float = 0.4
    package static let wholeSession: Float = 0.15

    /// Σ_t c_t per row: `text.context`.
    package var context: [Float]
    /// Σ_t s_t of the previous turn, of the next, of the previous if it is another author's question, and the
    /// sum over terms of the session's maxima.
    package var previousTurn: [Float]
    package var nextTurn: [Float]
    package var answered: [Float]
    package var sessionBest: [Float]

    /// - Parameter termScores: T × R, s_t of every row.
    package init(rows: Rows, termScores: [Float], terms: Int) {
        let count = rows.count
        context = [Float](repeating: 0, count: count)
        previousTurn = context
        nextTurn = context
        answered = context
        sessionBest = context
        guard count > 0 else { return }

        // Where each row's neighbours stand, or −1; ordinals decide, since a turn may be missing.
        var neighbour = [[Int]](repeating: [Int](repeating: -1, count: count), count: 4)
        var asked = [Bool](repeating: false, count: count)
        for row in 0..<count where rows.session[row] >= 0 {
            for back in 1...2 where row - back >= 0 && rows.session[row - back] == rows.session[row] {
                let distance = rows.ordinal[row] - rows.ordinal[row - back]
                if distance == 1 || distance == 2 {
                    let slot = Int(distance) - 1
                    neighbour[slot][row] = row - back
                    neighbour[slot + 2][row - back] = row
                }
            }
        }
        for row in 0..<count {
            let before = neighbour[0][row]
            asked[row] = before >= 0 && rows.asksQuestion[before] && rows.author[before] != rows.author[row]
        }

        var best = [Float](repeating: 0, count: count)
        for term in 0..<terms {
            let base = term * count
            var start = 0
            while start < count {
                var end = start + 1
                if rows.session[start] >= 0 {
                    while end < count && rows.session[end] == rows.session[start] { end += 1 }
                }
                var maximum: Float = 0
                for row in start..<end { maximum = max(maximum, termScores[base + row]) }
                for row in start..<end { best[row] = maximum }
                start = end
            }
            for row in 0..<count {
                let own = termScores[base + row]
                guard best[row] > 0 else { continue }
                var value = own
                let (before, before2, after, after2) = (
                    neighbour[0][row], neighbour[1][row], neighbour[2][row], neighbour[3][row]
                )
                if before >= 0 {
                    let score = termScores[base + before]
                    value = max(value, (asked[row] ? Self.previousQuestion : Self.previous) * score)
                    previousTurn[row] += score
                    if asked[row] { answered[row] += score }
                }
                if after >= 0 {
                    value = max(value, Self.next * termScores[base + after])
                    nextTurn[row] += termScores[base + after]
                }
                if before2 >= 0 { value = max(value, Self.two * termScores[base + before2]) }
                if after2 >= 0 { value = max(value, Self.two * termScores[base + after2]) }
                if rows.session[row] >= 0 {
                    value = max(value, Self.wholeSession * best[row])
                    sessionBest[row] += best[row]
                }
                context[row] += value
            }
        }
    }
}

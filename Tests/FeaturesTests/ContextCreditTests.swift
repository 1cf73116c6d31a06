import Features
import Testing

@Suite struct ContextCreditTests {
    /// A memory without a session; session 0: turns 0, 1, 2, 3, 5; session 1: turns 0, 1.
    private func credit(_ terms: [[Float]]) -> ContextCredit {
        var rows = ContextCredit.Rows()
        let turns: [(Int32, Int32, Int32, Bool)] = [
            (-1, 0, 0, false), (0, 0, 0, false), (0, 1, 1, true), (0, 2, 0, true), (0, 3, 0, false),
            (0, 5, 1, false), (1, 0, 0, false),
            (1, 1, 1, false),
        ]
        for (session, ordinal, author, asks) in turns {
            rows.append(session: session, ordinal: ordinal, author: author, asksQuestion: asks)
        }
        return ContextCredit(rows: rows, termScores: terms.flatMap(\.self), terms: terms.count)
    }

    private func isClose(_ a: [Float], _ b: [Float]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 }
    }

    @Test func neighboursAreCountedByOrdinalWithinTheSession() {
        // Turn 1 matches 10: turn 2 is another author's answer to its question (.9), turn 0 comes before it (.5), turn 3 is
        // two away (.4), turn 5 gets the session's .15; other sessions nothing.
        #expect(isClose(credit([[0, 0, 10, 0, 0, 0, 0, 0]]).context, [0, 5, 10, 9, 4, 1.5, 0, 0]))
    }

    @Test func onesOwnQuestionIsNoQuestionToAnswer() {
        // Turn 2 asks, turn 3 is the same author's: .6 and not .9. Turn 5 is two after the missing turn 4.
        #expect(isClose(credit([[0, 0, 0, 10, 0, 0, 0, 0]]).context, [0, 4, 5, 10, 6, 1.5, 0, 0]))
        #expect(isClose(credit([[0, 0, 0, 0, 10, 0, 0, 0]]).context, [0, 1.5, 4, 5, 10, 4, 0, 0]))
    }

    @Test func creditIsTheMaximumPerTermAndTheSumOverTerms() {
        let both = credit([[0, 4, 10, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 2, 0]])
        #expect(abs(both.context[1] - 5) < 1e-5)  // .5 · 10 beats its own 4
        #expect(abs(both.context[6] - 2) < 1e-5 && abs(both.context[7] - 1.2) < 1e-5)
        #expect(both.sessionBest[5] == 10)
    }

    @Test func aMemoryWithoutASessionKeepsItsOwn() {
        #expect(isClose(credit([[3, 0, 0, 0, 0, 0, 0, 0]]).context, [3, 0, 0, 0, 0, 0, 0, 0]))
    }
}

import Features
import Testing

@Suite struct ContextCreditTests {
    /// Session 0: turns 0, 1, 2, 3, 5; session 1: turns 0, 1; a memory without a session.
    private let rows = Neighbourhood(
        sessions: [-1, 0, 0, 0, 0, 0, 1, 1], ordinals: [0, 0, 1, 2, 3, 5, 0, 1],
        authors: [0, 0, 1, 0, 0, 1, 0, 1], asksQuestion: [false, false, true, true, false, false, false, false])

    private func credit(_ scores: [[Float]]) -> ContextCredit {
        var credit = ContextCredit(rows: rows)
        for term in scores { credit.add(term) }
        return credit
    }

    @Test func neighboursAreCountedByOrdinalWithinTheSession() {
        // Turn 1 (row 2) matches 10: prev of turn 2 (a question by another author: .9), next of turn 0
        // (.5), second of turn 3 (.4); turn 5 gets the session's .15; other sessions nothing.
        #expect(credit([[0, 0, 10, 0, 0, 0, 0, 0]]).context == [0, 5, 10, 9, 4, 1.5, 0, 0])
    }

    @Test func ownQuestionIsNoQuestionToAnswer() {
        // Turn 2 asks, turn 3 is the same author's: .6, not .9. Turn 5 is two after the missing turn 4.
        #expect(credit([[0, 0, 0, 10, 0, 0, 0, 0]]).context == [0, 4, 5, 10, 6, 1.5, 0, 0])
        #expect(credit([[0, 0, 0, 0, 10, 0, 0, 0]]).context == [0, 1.5, 4, 5, 10, 4, 0, 0])
    }

    @Test func creditIsTheMaximumPerTermAndTheSumOverTerms() {
        let both = credit([[0, 4, 10, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 2, 0]])
        #expect(both.context[1] == 5)  // .5 · 10 beats its own 4
        #expect(both.context[6] == 2 && abs(both.context[7] - 1.2) < 1e-6)
        #expect(both.own[1] == 4 && both.best == 12)
        #expect(both.session[5] == 10)
    }

    @Test func rowsWithoutASessionKeepTheirOwn() {
        #expect(credit([[3, 0, 0, 0, 0, 0, 0, 0]]).context == [3, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func severalRowsOfOneTurnCostNoMoreThanOne() {
        let count = 100_000
        let turns = [Int32](repeating: 3, count: count - 1) + [4]
        let rows = Neighbourhood(
            sessions: [Int32](repeating: 0, count: count), ordinals: turns,
            authors: [Int32](repeating: 0, count: count), asksQuestion: [Bool](repeating: false, count: count))
        #expect(rows.previous[count - 1] == Int32(count - 2))
        #expect(rows.next[0] == Int32(count - 1))
        #expect(rows.previous[0] == Int32(count))
    }

    @Test func poolWithoutTurnsIsFine() {
        var none = ContextCredit(
            rows: Neighbourhood(sessions: [], ordinals: [], authors: [], asksQuestion: []))
        none.add([])
        #expect(none.context.isEmpty)
    }
}

@Suite struct BM25Tests {
    @Test func scoreFollowsTheFormula() {
        // python3: math.log(1+(10-2+.5)/2.5)*3*1.9/(3+.9*(.7+.3*8/12))
        let idf = BM25.idf(documentFrequency: 2, documentCount: 10)
        let score = BM25.turns.score(
            idf: idf, frequency: 3, lengthNorm: BM25.turns.lengthNorm(8, average: 12))
        #expect(abs(score - 2.2165737) < 1e-5)
    }

    @Test func frequentTermsNeverCountAgainstARow() {
        #expect(BM25.idf(documentFrequency: 10, documentCount: 10) > 0)
    }
}

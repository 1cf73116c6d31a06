import Host
import Testing

@Suite struct CombinerTests {
    /// x ranks by ½ + 2a − b, y by a alone (its abstaining twin on even rows).
    private func host(_ second: String, _ combiner: String) throws -> ScorerHost {
        try Sandbox().host(
            [
                ("x", try Fixtures.library("good_logistic"), ", \"tier\": \"inline\""),
                ("y", try Fixtures.library(second), ", \"tier\": \"inline\""),
            ], rest: ", \"combiner\": \(combiner)")
    }

    @Test func firstTakesTheFirstThatAnswers() throws {
        let turn = try host("good_list", "{ \"kind\": \"first\", \"scorers\": [\"y\", \"x\"] }").score(
            rows: 3)
        #expect(turn.scores == [0, 1, 2])
        #expect(turn.outcomes.map(\.scorer) == ["y"])
        let second = try host("bad_error_message", "{ \"kind\": \"first\", \"scorers\": [\"y\", \"x\"] }")
            .score(rows: 3)
        #expect(second.answeredBy == ["x 1.0.0"])
        #expect(second.degraded == ["y failed with INTERNAL: the moon is in the wrong house"])
    }

    @Test func fixedAddsRobustScalesAndItsContributionsAddUp() throws {
        let turn = try host("good_list", "{ \"kind\": \"fixed\", \"weights\": { \"x\": 1, \"y\": 3 } }")
            .score(rows: 5) { $0.wantsParts = true }
        // Both are linear in the row: z = ±(row − 2) / 1.4826, so the sum is (−1 + 3)/4 of it.
        for row in 0..<5 {
            #expect(abs(turn.scores[row] - Float(row - 2) / 1.4826 / 2) < 1e-5)
            #expect(abs(turn.parts[row].reduce(0) { $0 + $1.value } - turn.scores[row]) < 1e-5)
            #expect(turn.parts[row].map(\.name) == ["x", "y"])
        }
    }

    @Test func weightsSumToOneOverThoseThatAnsweredForTheRow() throws {
        let turn = try host("good_abstain", "{ \"kind\": \"fixed\", \"weights\": { \"x\": 1, \"y\": 1 } }")
            .score(rows: 5) { $0.wantsParts = true }
        #expect(turn.parts[1].map(\.name) == ["x"])
        #expect(abs(turn.scores[1] - 1 / 1.4826) < 1e-5)
    }

    @Test func rrfAddsReciprocalRanks() throws {
        let turn = try host("good_list", "{ \"kind\": \"rrf\", \"k\": 60 }").score(rows: 3)
        let expected = [1 / 61.0 + 1 / 63.0, 2 / 62.0, 1 / 63.0 + 1 / 61.0]
        for row in 0..<3 { #expect(abs(Double(turn.scores[row]) - expected[row]) < 1e-7) }
    }

    @Test func withNobodyLeftTheFallbackDecides() throws {
        let sandbox = try Sandbox()
        let host = try sandbox.host(
            [
                ("x", try Fixtures.library("bad_error_message"), ""),
                ("y", try Fixtures.library("good_list"), ""),
            ],
            rest:
                ", \"combiner\": { \"kind\": \"fixed\", \"scorers\": [\"x\"], \"weights\": { \"x\": 1 } }, \"fallback\": [\"y\", \"@floor\"]"
        )
        let turn = host.score(rows: 2)
        #expect(turn.answeredBy == ["y 1.0.0"])
        #expect(turn.degraded.count == 1)
    }
}

import Foundation
import Host
import Testing

/// What users see when a scorer is judged before it goes live.
@Suite struct GateTests {
    @Test(arguments: ["good_logistic", "good_list", "good_abstain", "good_newer_minor", "good_partial", "good_polite"])
    func aGoodScorerGoesLiveAndSaysWhatWasChecked(fixture: String) throws {
        let host = try Sandbox().host(fixture, gate: true)
        #expect(host.refusal() == nil)
        let report = try #require(host.configuration.plugins[0].gate)
        #expect(report.failures.isEmpty && !report.isFromStore)
        #expect(report.checks.map(\.name) == GateCheckName.allCases.map(\.rawValue))
        #expect(report.passed.map(\.name).contains("monotone"))
        #expect(report.notChecked.contains { $0.name == "planted-world" && $0.detail == "no planted worlds in this build" })
    }

    @Test(arguments: Tier.allCases) func itIsJudgedInAWorkerWhateverItsTier(tier: Tier) throws {
        let good = try Sandbox().host("good_logistic", ", \"tier\": \"\(tier.rawValue)\"", gate: true)
        #expect(good.configuration.plugins[0].gate?.passed.isEmpty == false)
        // In this process it would end the tests.
        let bad = try Sandbox().host("bad_crash_constructor", ", \"tier\": \"\(tier.rawValue)\"", gate: true)
        #expect(bad.refusal()?.step == .load)
        #expect(bad.score(rows: 2).answeredBy == ["@floor test"])
    }

    @Test(arguments: [
        ("bad_nan", "answers: row 0 (a@1 "), ("bad_unwritten", "answers: row 1 (a@1 "),
        ("bad_all_infinite", "scored inf; allowed: finite numbers"),
        ("bad_rows_done_less", "answers: rows_done 2 of 1 rows, yet it returned OK"),
        ("bad_row_status", "status 9; allowed: 0 (OK), 1 (ABSTAIN)"),
        ("bad_error_message", "answers: score failed with INTERNAL: the moon is in the wrong house"),
        ("bad_crash_score", "answers: score ended the process: SIGSEGV at an address that is none of the call's"),
        ("bad_stack_overflow", "answers: score ended the process: stack overflow"),
        ("bad_writes_inputs", "inputs: score ended the process: it wrote into its inputs"),
        ("bad_probability", "its scale is probability, allowed: 0 to 1"),
        ("bad_nondeterministic", "deterministic: row 0 (a@1 "),
        ("bad_rank_dependent", "in another order"),
        ("bad_wrong_sign", "the manifest says monotone: more never ranks lower"),
        ("bad_socket", "Mark columns of which more is never worse"),
    ])
    func aRefusalNamesCheckRowsAndBothValues(fixture: String, reason: String) throws {
        let host = try Sandbox().host(fixture, gate: true)
        let error = try #require(host.refusal())
        #expect(error.step == .gate)
        #expect(error.reason.contains(reason), "\(error.reason)")
        #expect(host.score(rows: 2).answeredBy == ["@floor test"])
    }

    @Test func aHangIsRefusedAndItsProcessIsGone() throws {
        let host = try Sandbox().host("bad_hang", rest: ", \"loadGate\": { \"timeoutMilliseconds\": 300 }", gate: true)
        #expect(host.refusal()?.reason == "answers: score didn't return within 0.3 s")
    }

    @Test(arguments: [("bad_crash_destroy", "ended the process"), ("bad_hang_destroy", "didn't return")])
    func whatCannotEndNeverBegins(fixture: String, says: String) throws {
        let host = try Sandbox().host(
            fixture, ", \"tier\": \"inline\"", rest: ", \"loadGate\": { \"timeoutMilliseconds\": 2000 }", gate: true)
        let refusal = host.refusal()
        #expect(refusal?.step == .gate && refusal?.reason.hasPrefix("destroy: ") == true, "\(String(describing: refusal))")
        #expect(refusal?.reason.contains(says) == true)
    }

    @Test func aScorerThatTakesHalfItsDeadlineIsRefusedWithTheFigure() throws {
        let polite = ", \"options\": { \"milliseconds\": 20 }, \"deadlineMilliseconds\": 20"
        let rest = ", \"loadGate\": { \"timeoutMilliseconds\": 60000 }"
        let error = try #require(try Sandbox().host("good_polite", polite, rest: rest, gate: true).refusal())
        #expect(error.reason.hasPrefix("latency: p99 of 256 rows ") && error.reason.contains("under 10.0 ms, half the deadline"))
    }

    @Test func anUnchangedScorerStartsWithoutAGateRun() throws {
        let sandbox = try Sandbox()
        #expect(try sandbox.host("good_logistic", gate: true).configuration.plugins[0].gate?.isFromStore == false)
        let again = try #require(try sandbox.host("good_logistic", gate: true).configuration.plugins[0].gate)
        #expect(again.isFromStore && again.passed.map(\.name).contains("answers"))
        // Other options are another scorer.
        let other = try sandbox.host("good_logistic", ", \"options\": { \"bias\": 1 }", gate: true)
        #expect(other.configuration.plugins[0].gate?.isFromStore == false)
    }

    @Test func aRefusedScorerIsJudgedAgain() throws {
        let sandbox = try Sandbox()
        for _ in 0..<2 { #expect(try sandbox.host("bad_nan", gate: true).refusal()?.step == .gate) }
    }

    @Test func withoutARankingCheckGoldenRecordsDecide() throws {
        let bare = try #require(try Sandbox().host("good_silent", gate: true).refusal())
        #expect(bare.reason.contains("monotone (the manifest marks no column monotone), golden (no golden records are given)"))
        let right = ", \"golden\": [ { \"row\": { \"a@1\": 0.25 }, \"score\": 0.25 }, { \"row\": {}, \"score\": 0 } ]"
        let host = try Sandbox().host("good_silent", right, gate: true)
        #expect(host.refusal() == nil && host.configuration.plugins[0].gate?.passed.map(\.name).contains("golden") == true)
        let wrong = ", \"golden\": [ { \"row\": { \"a@1\": 0.25, \"b@1\": 0.5 }, \"score\": 0.5, \"tolerance\": 0.1 } ]"
        #expect(
            try Sandbox().host("good_silent", wrong, gate: true).refusal()?.reason
                == "golden: row 0 (a@1 0.25, b@1 0.5) scored 0.25; the record says 0.5 ± 0.1")
        let stranger = ", \"golden\": [ { \"row\": { \"moon@1\": 1 }, \"score\": 1 } ]"
        #expect(
            try Sandbox().host("good_silent", stranger, gate: true).refusal()?.reason
                == "golden: a record names column moon@1, which isn't sent; sent: a@1, b@1")
    }

    @Test func goldenRecordsMayLieInAFile() throws {
        let sandbox = try Sandbox()
        _ = try sandbox.write("[ { \"row\": { \"a@1\": 0.5 }, \"score\": 0.5 } ]", "golden.json")
        #expect(try sandbox.host("good_silent", ", \"golden\": \"golden.json\"", gate: true).refusal() == nil)
        _ = try sandbox.write("[ { \"row\": { \"a@1\": \"x\" }, \"score\": 0.5 } ]", "golden.json")
        let error = try #require(try sandbox.host("good_silent", ", \"golden\": \"golden.json\"", gate: true).refusal())
        #expect(error.reason.contains("golden.json: line 1, column 21: [0].row.a@1: found \"x\"; allowed: a number"))
    }

    @Test func stateIsCheckedWhereThereIsSome() throws {
        let report = try #require(try Sandbox().host("good_session", gate: true).configuration.plugins[0].gate)
        #expect(Set(report.passed.map(\.name)).isSuperset(of: ["score-keeps-state", "state-round-trip", "state-damage"]))
        for (fixture, reason) in [
            ("bad_score_advances", "score-keeps-state: score changed the session"),
            ("bad_corrupts_state", "state-round-trip: exported, imported, exported again: byte "),
            ("bad_trusts_state", "state-damage: a state without its last byte"),
        ] {
            let error = try #require(try Sandbox().host(fixture, gate: true).refusal(), "\(fixture)")
            #expect(error.reason.hasPrefix(reason), "\(error.reason)")
        }
    }

    @Test func probesAreTheSameForTheSameSeedAndInsideTheirRange() {
        func maker(_ seed: UInt64) -> ProbeMaker {
            ProbeMaker(columns: ["a", "b"], schema: 1, heads: 1, inputs: [.rowTexts, .queryText], vectorDimension: 0, textLimit: 9, seed: seed) {
                $0 == "a" ? ColumnSpan(least: -3, most: 5) : ColumnSpan(least: 0, most: 4, isWhole: true)
            }
        }
        let probe = maker(1).batch(rows: 200, number: 3)
        #expect(probe.values == maker(1).batch(rows: 200, number: 3).values)
        #expect(probe.values != maker(2).batch(rows: 200, number: 3).values)
        for row in 0..<200 {
            #expect((-3...5).contains(probe.value(row, 0)) && [0, 1, 2, 3, 4].contains(probe.value(row, 1)))
        }
        #expect(probe.texts?.allSatisfy { $0.utf8.count <= 9 } == true)
        #expect(Set(probe.ids).count == 200)
    }
}

import Foundation
import Host
import Platform
import Testing

/// Late, hanging and busy scorers: the answer is out in time and says what is missing.
@Suite(.serialized) struct WatchedTests {
    private func milliseconds(_ body: () -> Void) -> Double {
        let start = platform_monotonic_ns()
        body()
        return Double(platform_monotonic_ns() - start) / 1e6
    }

    @Test func aHangCostsItsDeadlineOnceThenTheModelGetsNoMoreCalls() throws {
        let host = try Sandbox().host("bad_hang", ", \"tier\": \"watched\", \"deadlineMilliseconds\": 60")
        // Nothing to score: nobody is asked.
        var turn = host.score(rows: 0)
        #expect(turn.scores.isEmpty && turn.degraded.isEmpty)
        let first = milliseconds { turn = host.score(rows: 3) }
        #expect(turn.scores == [0, -10, -20])
        #expect(turn.degraded == ["x late: past its deadline"])
        // 60 ms, and what a busy machine adds.
        #expect(first > 50 && first < 1000)
        let second = milliseconds { turn = host.score(rows: 3) }
        #expect(turn.degraded == ["x an earlier call is late and hasn't come back"])
        #expect(second < 50)
        Thread.sleep(forTimeInterval: 0.3)
        turn = host.score(rows: 3)
        #expect(turn.degraded == ["x hung: a call never came back, no more calls are made"])
        #expect(host.health["x"]?.isHung == true)
    }

    @Test func aLateAnswerIsDrainedAndNeverMeetsTheNextTurn() throws {
        let host = try Sandbox().host("bad_slow", ", \"tier\": \"watched\", \"deadlineMilliseconds\": 5")
        let late = host.score(rows: 3)
        #expect(late.degraded == ["x late: past its deadline"])
        #expect(late.scores == [0, -10, -20])
        Thread.sleep(forTimeInterval: 0.15)
        #expect(host.health["x"]?.drained == 1)
        #expect(host.health["x"]?.isHung == false)
        // The model serves again: it is late again, not out.
        #expect(host.score(rows: 3).degraded == ["x late: past its deadline"])
        #expect(late.scores == [0, -10, -20])
    }

    @Test func aPoliteScorerComesBackSoonAfterItIsCancelled() throws {
        let host = try Sandbox().host(
            "good_polite",
            ", \"tier\": \"watched\", \"deadlineMilliseconds\": 5, \"options\": { \"milliseconds\": 200 }")
        #expect(host.score(rows: 3).degraded == ["x late: past its deadline"])
        Thread.sleep(forTimeInterval: 0.05)
        #expect(host.health["x"]?.drained == 1)
    }

    @Test func severalTurnsShareOneThread() throws {
        let host = try Sandbox().host("good_logistic", ", \"tier\": \"watched\"")
        let wrong = Lines()
        DispatchQueue.concurrentPerform(iterations: 200) { index in
            let rows = index % 20 + 1
            let turn = host.score(rows: rows)
            if turn.scores != (0..<rows).map({ 0.5 - 8 * Float($0) }) { wrong.add("\(turn.degraded)") }
        }
        #expect(wrong.all.isEmpty, "\(wrong.all.prefix(3))")
    }

    @Test func thoseThatAnswerInTimeAreCombinedWithoutTheLateOne() throws {
        let good = try Fixtures.library("good_logistic")
        let host = try Sandbox().host(
            [
                (
                    "slow", try Fixtures.library("bad_slow"),
                    ", \"tier\": \"watched\", \"deadlineMilliseconds\": 5"
                ),
                ("good", good, ", \"tier\": \"inline\""),
            ], rest: ", \"combiner\": { \"kind\": \"rrf\" }")
        let turn = host.score(rows: 3)
        #expect(turn.answeredBy == ["rrf(good 1.0.0)"])
        #expect(turn.degraded == ["slow late: past its deadline"])
        #expect(turn.scores[0] > turn.scores[1] && turn.scores[1] > turn.scores[2])
    }

    @Test func aRetiredModelEndsItsThread() throws {
        weak var gone: Configuration?
        do {
            let host = try Sandbox().host("good_logistic", ", \"tier\": \"watched\"")
            gone = host.configuration
            _ = host.score(rows: 2)
            let empty = try ScorerHost.start(plugins: nil, HostEnvironment(offeredColumns: [], floor: .test).unhurried)
            _ = host.replace(with: empty.configuration)
            #expect(host.score(rows: 2).answeredBy == ["@floor test"])
        }
        #expect(gone == nil)
    }
}

import Foundation
import Glibc
import Host
import Platform
import Testing

/// Real libraries in real workers.
@Suite(.serialized) struct ProcessTierTests {
    /// Its objects must stay while a worker may have to be restarted from them.
    private let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    private func host(_ fixture: String, _ more: String = "", rest: String = "") throws -> ScorerHost {
        try sandbox.host(fixture, ", \"tier\": \"process\"\(more)", rest: rest)
    }

    private func eventually(seconds: Double = 5, _ isTrue: () -> Bool) -> Bool {
        let end = platform_monotonic_ns() + Int64(seconds * 1e9)
        while platform_monotonic_ns() < end {
            if isTrue() { return true }
            usleep(2_000)
        }
        return isTrue()
    }

    @Test func aWorkerScoresToTheBitAsThisProcessDoes() throws {
        let there = try host("good_logistic").score(rows: 300) { $0.wantsParts = true }
        let here = try sandbox.host("good_logistic", ", \"tier\": \"inline\"").score(rows: 300) { $0.wantsParts = true }
        #expect(there.scores == here.scores && there.parts == here.parts)
        #expect(there.degraded.isEmpty && there.answeredBy == here.answeredBy)
    }

    @Test func allWallsStandAroundAWorker() throws {
        let host = try host("good_logistic")
        #expect(host.health["x"]?.walls == ["landlock", "first filter", "second filter"])
    }

    @Test func aCrashCostsOneAnswerAndTheWorkerComesBack() throws {
        let host = try host("bad_crash_score", rest: ", \"health\": { \"openAfterErrors\": 100 }")
        let first = host.score(rows: 3)
        #expect(first.answeredBy == ["@floor test"])
        #expect(first.degraded.contains { $0.contains("SIGSEGV") })
        #expect(eventually { (host.health["x"]?.restarts ?? 0) > 0 })
    }

    @Test func whatIsKilledFromOutsideComesBackAndScores() throws {
        let host = try host("good_logistic")
        let before = host.score(rows: 5).scores
        let pid = try #require(host.health["x"]?.pid)
        #expect(kill(pid, SIGKILL) == 0)
        #expect(eventually { host.health["x"]?.restarts == 1 })
        let after = host.score(rows: 5)
        #expect(after.scores == before && after.degraded.isEmpty)
    }

    @Test func turnsWhileAWorkerIsBeingRestartedDoNotOpenItsBreaker() throws {
        let host = try host("good_logistic", rest: ", \"health\": { \"restartBackoffMilliseconds\": [300] }")
        let pid = try #require(host.health["x"]?.pid)
        #expect(kill(pid, SIGKILL) == 0)
        #expect(eventually { host.health["x"]?.pid == 0 })
        for _ in 0..<50 { #expect(host.score(rows: 2).degraded.contains { $0.contains("being restarted") }) }
        #expect(host.health["x"]?.breaker == "closed")
        #expect(eventually { host.score(rows: 2).degraded.isEmpty })
    }

    @Test func dearScorersOfATurnAreAskedBesideEachOther() throws {
        let host = try sandbox.host(
            [("x", Fixtures.library("bad_slow"), ", \"tier\": \"process\""), ("y", Fixtures.library("bad_slow"), ", \"tier\": \"process\"")],
            rest: ", \"combiner\": { \"kind\": \"rrf\" }")
        // After the first turn both are known to be dear.
        for _ in 0..<4 {
            let turn = host.score(rows: 3)
            #expect(turn.degraded.isEmpty, "\(turn.degraded)")
        }
        #expect(host.health["x"]?.calls == 4 && host.health["y"]?.calls == 4)
    }

    @Test func aDearScorerThatIsLateKeepsItsLaneUntilItIsDrained() throws {
        let host = try sandbox.host(
            [("x", Fixtures.library("bad_slow"), ", \"tier\": \"process\", \"graceMilliseconds\": 2000"), ("y", Fixtures.library("good_logistic"), "")],
            rest: ", \"combiner\": { \"kind\": \"rrf\" }, \"health\": { \"openAfterLate\": 100 }")
        _ = host.score(rows: 2)
        let late = host.score(rows: 2) { $0.deadlineNanoseconds = platform_monotonic_ns() + 6_000_000 }
        #expect(late.degraded.contains { $0.hasPrefix("x late") }, "\(late.degraded)")
        #expect(eventually { host.score(rows: 2).degraded.isEmpty })
    }

    @Test func aHangIsAnsweredInTimeAndKilledAtItsHardDeadline() throws {
        let host = try host("bad_hang", ", \"deadlineMilliseconds\": 20, \"graceMilliseconds\": 30")
        let start = platform_monotonic_ns()
        let turn = host.score(rows: 3)
        #expect(Double(platform_monotonic_ns() - start) < 0.4e9)
        #expect(turn.answeredBy == ["@floor test"] && turn.degraded.contains { $0.contains("late") })
        #expect(eventually { host.health["x"]?.restarts ?? 0 >= 1 })
    }

    @Test func aLateAnswerIsDrainedAndTheNextTurnIsServed() throws {
        let host = try host("bad_slow", ", \"deadlineMilliseconds\": 5, \"graceMilliseconds\": 2000")
        #expect(host.score(rows: 2).degraded.contains { $0.contains("late") })
        #expect(eventually { host.health["x"]?.drained ?? 0 == 1 })
        #expect(host.health["x"]?.restarts == 0)
    }

    @Test func threeLateAnswersOpenTheBreakerAndAProbeClosesIt() throws {
        let host = try host(
            "bad_slow", ", \"deadlineMilliseconds\": 5, \"graceMilliseconds\": 2000",
            rest: ", \"health\": { \"openAfterLate\": 3, \"halfOpenAfterMilliseconds\": 50 }")
        for _ in 0..<3 {
            #expect(host.score(rows: 2).degraded.contains { $0.contains("late") })
            usleep(150_000)
        }
        #expect(host.health["x"]?.breaker == "open")
        #expect(host.score(rows: 2).degraded.contains { $0.contains("skipped") })
        #expect((host.health["x"]?.skipped ?? 0) >= 1)
    }

    @Test(arguments: ["bad_crash_constructor", "bad_abort_constructor", "bad_crash_entry", "bad_crash_create"])
    func whatDiesWhileItIsLoadedNeverServes(fixture: String) throws {
        let host = try host(fixture)
        #expect(host.refusal()?.reason.contains("process died of SIG") == true, "\(String(describing: host.refusal()))")
        #expect(host.score(rows: 2).answeredBy == ["@floor test"])
    }

    @Test(arguments: [
        ("bad_socket", "denied"), ("bad_write_file", "denied"), ("bad_fork", "denied"), ("bad_read_file", "denied"),
        ("bad_thread", "denied"), ("bad_signals_parent", "denied"),
    ])
    func theWallsHold(fixture: String, said: String) throws {
        // Each of these scores 1 if it got out and −1 if it was refused.
        let turn = try host(fixture).score(rows: 2)
        #expect(turn.degraded.isEmpty, "\(turn.degraded)")
        #expect(turn.scores == [-1, -1])
    }

    @Test func memoryIsLimited() throws {
        let host = try host("bad_eats_memory", ", \"sandbox\": { \"memoryMegabytes\": 64 }")
        let turn = host.score(rows: 2)
        // It either reports what it was refused, or dies of it; this process neither grows nor dies.
        #expect(turn.scores.count == 2)
    }

    @Test func inputsCantBeWrittenAndOutputsEndWhereTheyEnd() throws {
        let host = try host("bad_writes_inputs", rest: ", \"health\": { \"openAfterErrors\": 100 }")
        #expect(host.score(rows: 2).degraded.contains { $0.contains("SIGSEGV") })
    }

    /// A pipe whose other end a worker keeps open never ends for whoever reads it.
    @Test func aWorkerInheritsNothingThatThisProcessHasOpen() throws {
        var ends: [Int32] = [0, 0]
        // Without close-on-exec, as Foundation's Process makes them.
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let mine = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(ends[1])")
        let host = try host("good_logistic")
        let pid = try #require(host.health["x"]?.pid)
        let folder = "/proc/\(pid)/fd"
        let links = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
        }
        #expect(links.contains("/dev/null") && !links.contains(mine))
        #expect(links.allSatisfy { !$0.hasPrefix("pipe:") && !$0.hasPrefix("socket:") }, "\(links)")
    }

    @Test func aWorkerEndsWithItsModel() throws {
        var host: ScorerHost? = try self.host("good_logistic")
        let pid = try #require(host?.health["x"]?.pid)
        host = nil
        #expect(eventually { kill(pid, 0) != 0 })
    }
}

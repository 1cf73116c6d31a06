import Foundation
import Glibc
import Host
import Platform
import Synchronization
import Testing
import Wire

/// Events 1, 2, 3, … of every session: e@1 = a fraction of the sequence number and the session's key.
final class TestEvents: EventSource {
    let asked = Counter()

    static func value(_ session: UInt64, _ sequence: UInt64) -> Float { Float((sequence &* 2_654_435_761 ^ session) % 1000) / 1000 }

    func events(session: UInt64, from first: UInt64, through last: UInt64, columns: [String], embeddings: Bool) -> EventBlock? {
        asked.add()
        let numbers = Array(first...last)
        return EventBlock(
            firstSequence: first, timesMilliseconds: numbers.map { Int64($0) * 1000 }, columnCount: columns.count,
            features: numbers.flatMap { number in columns.map { _ in Self.value(session, number) } },
            idOffsets: numbers.indices.map { UInt32($0) } + [UInt32(numbers.count)], ids: numbers, roles: numbers.map { _ in 1 })
    }
}

@Suite(.serialized) struct SessionTests {
    private let sandbox: Sandbox
    private let states = MemoryStates()
    private let events = TestEvents()

    init() throws { sandbox = try Sandbox() }

    private func place(_ fixture: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixtures.library(fixture))))
        let path = try sandbox.write(bytes, ".scorer.new")
        #expect(chmod(path, 0o755) == 0 && rename(path, "\(sandbox.folder)/scorer.so") == 0)
    }

    private func write(tier: String, generation: Int = 1, rest: String = "") throws -> String {
        try sandbox.write(
            """
            { "version": 1, "paths": { "objects": "objects" }, "trust": { "unpinned": "allow" },
              "turn": { "scoringBudgetMilliseconds": 1000 },
              "scorers": [ { "id": "x", "library": "./scorer.so", "tier": "\(tier)", "grants": ["history"],
                             "options": { "generation": \(generation) } } ]\(rest) }
            """)
    }

    private func host(_ fixture: String = "good_stateful", tier: String, rest: String = "") throws -> ScorerHost {
        try place(fixture)
        var environment = HostEnvironment(offeredColumns: Sandbox.columns, floor: .test).unhurried
        environment.offeredEventColumns = ["e@1"]
        // Crashes are to be met while it serves; what the gate says is tested elsewhere.
        environment.usesLoadGate = false
        environment.events = events
        environment.states = states
        return try ScorerHost.start(plugins: write(tier: tier, rest: rest), environment)
    }

    private func turn(_ host: ScorerHost, _ session: UInt64, _ sequence: UInt64) -> TurnScores {
        host.score(rows: 4) { $0.session = SessionTurn(session: session, sequence: sequence) }
    }

    /// What the fixture must answer after so many events, beginning with `first`.
    private func expected(_ session: UInt64, _ sequence: UInt64, from first: UInt64 = 1, generation: Int = 1) -> [Float] {
        let decay = 1 - 0.5 / Float(generation + 4)
        var trace: Float = 0
        for number in first...sequence { trace = decay * trace + TestEvents.value(session, number) }
        return (0..<4).map { trace * Float($0) + 0.01 * Float(10 * $0) }
    }

    private func isClose(_ left: [Float], _ right: [Float]) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }
    }

    private func eventually(_ isTrue: () -> Bool) -> Bool {
        // Long: one thread keeps the sessions of all hosts of this process, and other tests have thousands.
        let end = platform_monotonic_ns() + 60_000_000_000
        while platform_monotonic_ns() < end {
            if isTrue() { return true }
            usleep(5_000)
        }
        return isTrue()
    }

    @Test(arguments: ["inline", "watched", "process"])
    func aSessionIsAdvancedOncePerEventAndApartFromOthers(tier: String) throws {
        let host = try host(tier: tier)
        for sequence in 1...20 as ClosedRange<UInt64> {
            for session in [7, 8] as [UInt64] {
                let answer = turn(host, session, sequence)
                #expect(answer.degraded.isEmpty, "\(answer.degraded)")
                #expect(isClose(answer.scores, expected(session, sequence)))
            }
        }
        // The same turn again is no new event.
        #expect(isClose(turn(host, 7, 20).scores, expected(7, 20)))
        #expect(host.health["x"]?.openSessions == 2)
    }

    @Test func withoutAGrantNoEventCrosses() throws {
        let host = try host(tier: "inline")
        _ = try sandbox.write(
            """
            { "version": 1, "paths": { "objects": "objects" }, "trust": { "unpinned": "allow" },
              "scorers": [ { "id": "x", "library": "./scorer.so", "tier": "inline" } ] }
            """)
        let report = host.reload(cause: "test")
        #expect(report.outcome == .applied && report.warnings.contains { $0.contains("history isn't granted") })
        let before = events.asked.value
        #expect(isClose(turn(host, 7, 5).scores, [0, 0.1, 0.2, 0.3]))
        #expect(events.asked.value == before)
    }

    @Test(arguments: ["inline", "watched", "process"])
    func aSwapCarriesStateOverToTheBit(tier: String) throws {
        let host = try host(tier: tier)
        for sequence in 1...50 as ClosedRange<UInt64> { _ = turn(host, 7, sequence) }
        let before = turn(host, 7, 50)
        try place("good_stateful_v2")
        let report = host.reload(cause: "test")
        #expect(report.outcome == .applied && report.sessionsMoved == 1 && report.sessionsLeft == 0, "\(report.summary)")
        let asked = events.asked.value
        let after = turn(host, 7, 50)
        #expect(after.answeredBy == ["x 2.0.0"] && after.scores == before.scores && after.degraded.isEmpty)
        #expect(events.asked.value == asked)
        #expect(host.health["x"]?.rebuiltSessions == 0)
        #expect(isClose(turn(host, 7, 51).scores, expected(7, 51)))
    }

    @Test func underOtherWeightsStateIsRebuiltFromEventsAndSaysSo() throws {
        let host = try host(tier: "inline", rest: ", \"sessions\": { \"replayEvents\": 32 }")
        for sequence in 1...100 as ClosedRange<UInt64> { _ = turn(host, 7, sequence) }
        _ = try write(tier: "inline", generation: 2, rest: ", \"sessions\": { \"replayEvents\": 32 }")
        let report = host.reload(cause: "test")
        #expect(report.outcome == .applied && report.sessionsMoved == 1)
        #expect(host.health["x"]?.rebuiltSessions == 1)
        let answer = turn(host, 7, 100)
        #expect(isClose(answer.scores, expected(7, 100, from: 69, generation: 2)))
    }

    @Test func aSessionThatWasNotMovedFollowsAtItsFirstUse() throws {
        let host = try host(tier: "inline")
        _ = turn(host, 7, 300)
        _ = try write(tier: "inline", generation: 3)
        #expect(host.reload(cause: "test").outcome == .applied)
        // Never seen under this generation, and no state means anything: its last 256 events are replayed.
        let answer = turn(host, 9, 400)
        #expect(answer.degraded.contains { $0.contains("rebuilt from the last 256 events") }, "\(answer.degraded)")
        #expect(isClose(answer.scores, expected(9, 400, from: 145, generation: 3)))
        #expect(turn(host, 9, 400).degraded.isEmpty)
    }

    @Test func aKilledWorkerComesBackWithItsSessions() throws {
        let host = try host(tier: "process", rest: ", \"sessions\": { \"checkpointEveryEvents\": 8 }")
        for sequence in 1...20 as ClosedRange<UInt64> { _ = turn(host, 7, sequence) }
        #expect(eventually { states.state(scorer: "x", session: 7) != nil })
        let pid = try #require(host.health["x"]?.pid)
        #expect(kill(pid, SIGKILL) == 0)
        #expect(eventually { host.health["x"]?.restarts == 1 })
        let answer = turn(host, 7, 21)
        #expect(answer.degraded.isEmpty, "\(answer.degraded)")
        #expect(isClose(answer.scores, expected(7, 21)))
        #expect(host.health["x"]?.rebuiltSessions == 0)
    }

    @Test func aNewProcessFindsItsStatesInTheStore() throws {
        var host: ScorerHost? = try host(tier: "inline", rest: ", \"sessions\": { \"checkpointEveryEvents\": 8 }")
        for sequence in 1...20 as ClosedRange<UInt64> { _ = host.map { turn($0, 7, sequence) } }
        #expect(eventually { states.state(scorer: "x", session: 7) != nil })
        host = nil
        let next = try self.host(tier: "inline")
        #expect(isClose(turn(next, 7, 21).scores, expected(7, 21)))
        #expect(next.health["x"]?.rebuiltSessions == 0)
    }

    /// The store is slow, the turn's deadline passes, and whatever the worker did is not built upon.
    @Test func aRestoreThatMissedItsTurnIsDoneAnewInTheNext() throws {
        let host = try host(tier: "process", rest: ", \"sessions\": { \"checkpointEveryEvents\": 8 }")
        for sequence in 1...20 as ClosedRange<UInt64> { _ = turn(host, 7, sequence) }
        #expect(eventually { states.state(scorer: "x", session: 7) != nil })
        let pid = try #require(host.health["x"]?.pid)
        #expect(kill(pid, SIGKILL) == 0)
        #expect(eventually { host.health["x"]?.restarts == 1 })
        for _ in 0..<3 {
            _ = host.score(rows: 4) {
                $0.session = SessionTurn(session: 7, sequence: 21)
                $0.deadlineNanoseconds = platform_monotonic_ns() + 1_000_050
            }
        }
        #expect(eventually { isClose(turn(host, 7, 21).scores, expected(7, 21)) })
        #expect(isClose(turn(host, 7, 22).scores, expected(7, 22)))
    }

    @Test func aDamagedCheckpointIsNotImported() throws {
        states.keep([1, 2, 3, 4, 5, 6, 7, 8, 9], scorer: "x", session: 7, sequence: 4)
        let host = try host(tier: "inline")
        let answer = turn(host, 7, 12)
        #expect(answer.degraded.contains { $0.contains("checkpoint is damaged") })
        #expect(isClose(answer.scores, expected(7, 12)))
    }

    @Test func aCrashInAdvanceCostsThisTurnAndTheSessionIsRestored() throws {
        let host = try host("bad_crash_advance", tier: "process", rest: ", \"health\": { \"openAfterErrors\": 100 }")
        for sequence in 1...9 as ClosedRange<UInt64> { #expect(turn(host, 7, sequence).degraded.isEmpty) }
        let lost = turn(host, 7, 10)
        #expect(lost.answeredBy == ["@floor test"] && lost.degraded.contains { $0.contains("SIGSEGV") })
        #expect(eventually { host.health["x"]?.restarts == 1 })
        // Replayed with the others in one call, the event does no harm.
        #expect(isClose(turn(host, 7, 11).scores, expected(7, 11)))
    }

    @Test func beyondTheMemoryTheLeastRecentSessionsGoAndComeBack() throws {
        // 64 bytes each by the fixture's word: a megabyte holds 16,384.
        let host = try host(tier: "inline", rest: ", \"limits\": { \"sessionMemoryMegabytes\": 1 }")
        for session in 1...17_000 as ClosedRange<UInt64> { _ = turn(host, session, 2) }
        #expect(eventually {
            _ = turn(host, 17_000, 2)
            return (host.health["x"]?.openSessions ?? .max) <= 16_400
        })
        let answer = turn(host, 1, 3)
        #expect(answer.degraded.isEmpty && isClose(answer.scores, expected(1, 3)))
    }

    @Test func anIdleSessionLeavesItsCompactStateAndComesBackFromIt() throws {
        let host = try host(tier: "inline", rest: ", \"sessions\": { \"compactAfterIdleMinutes\": 0.01 }")
        for sequence in 1...20 as ClosedRange<UInt64> { _ = turn(host, 7, sequence) }
        var sequence: UInt64 = 0
        #expect(eventually {
            usleep(100_000)
            sequence += 1
            _ = turn(host, 8, sequence)
            return host.health["x"]?.openSessions == 1
        })
        // 4 bytes of payload: the fixture's compact form.
        let kept = try StateEnvelope.read(try #require(states.state(scorer: "x", session: 7))).get()
        #expect(kept.form == .compact && kept.payload.count == 4 && kept.sequence == 20)
        let answer = turn(host, 7, 21)
        #expect(answer.degraded.isEmpty && isClose(answer.scores, expected(7, 21)))
    }

    @Test func turnsOfOneSessionAtOnceAreServedOneAfterTheOther() throws {
        let host = try host(tier: "inline")
        let wrong = Counter()
        let expected = expected(7, 30)
        DispatchQueue.concurrentPerform(iterations: 200) { _ in
            let answer = host.score(rows: 4) { $0.session = SessionTurn(session: 7, sequence: 30) }
            let isRight = zip(answer.scores, expected).allSatisfy { abs($0 - $1) < 1e-4 }
            if !isRight || answer.answeredBy != ["x 1.0.0"] { wrong.add() }
        }
        #expect(wrong.value == 0)
    }
}

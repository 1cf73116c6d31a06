import Dispatch
import Foundation
import Glibc
import Host
import Testing

/// Several turns at once over one host. Worth most under ThreadSanitizer (`make sanitize`).
@Suite(.serialized) struct ConcurrencyTests {
    private let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    private static let turns = 150
    private static let threads = 4

    private func host(_ tier: String, _ fixture: String = "good_logistic") throws -> ScorerHost {
        try sandbox.host(
            fixture, ", \"tier\": \"\(tier)\"",
            rest: ", \"health\": { \"openAfterErrors\": 1000, \"openAfterLate\": 1000 }")
    }

    /// Turns of every thread, each with rows of its own number; what was ranked otherwise than alone.
    private func strange(_ host: ScorerHost, meanwhile: @escaping @Sendable (Int) -> Void = { _ in })
        -> [String]
    {
        let alone = (1...Self.threads).map { host.score(rows: 10 * $0).scores }
        // nonisolated(unsafe): each iteration writes its own element, and they are read after all have ended.
        nonisolated(unsafe) let found = UnsafeMutableBufferPointer<[String]>.allocate(capacity: Self.threads)
        found.initialize(repeating: [])
        defer {
            found.deinitialize()
            found.deallocate()
        }
        DispatchQueue.concurrentPerform(iterations: Self.threads + 1) { thread in
            for turn in 0..<Self.turns {
                guard thread < Self.threads else {
                    meanwhile(turn)
                    continue
                }
                let answer = host.score(rows: 10 * (thread + 1))
                // A busy or restarting scorer is replaced by the floor, and says so.
                if answer.degraded.isEmpty, answer.scores != alone[thread] {
                    found[thread].append("turn \(turn): \(answer.scores)")
                }
                if answer.scores.count != 10 * (thread + 1) {
                    found[thread].append("turn \(turn): \(answer.scores.count) scores")
                }
            }
        }
        return found.flatMap { $0 }
    }

    @Test(arguments: ["inline", "watched", "process"]) func turnsAtOnceDontMix(tier: String) throws {
        let host = try host(tier)
        #expect(strange(host).isEmpty)
    }

    @Test(arguments: ["inline", "watched", "process"]) func healthMayBeReadWhileTurnsRun(tier: String) throws
    {
        let host = try host(tier)
        #expect(strange(host) { _ in _ = host.health }.isEmpty)
    }

    @Test func aWorkerThatIsKilledWhileTurnsRunMixesNothing() throws {
        let host = try host("process")
        let found = strange(host) { turn in
            if turn % 30 == 0, let pid = host.health["x"]?.pid, pid > 0 { kill(pid, SIGKILL) }
            usleep(1_000)
        }
        #expect(found.isEmpty)
    }

    @Test(arguments: ["inline", "watched", "process"]) func turnsKeepTheConfigurationThatTheyBeganWith(
        tier: String
    ) throws {
        let host = try host(tier)
        let other = try self.host(tier).configuration
        let first = host.configuration
        #expect(strange(host) { turn in _ = host.replace(with: turn % 2 == 0 ? other : first) }.isEmpty)
    }
}

import Foundation
import Host
import Platform
import Synchronization

/// The worker is killed again and again while a thread scores one session.
struct KillRun {
    let kills: Int
    let library: String

    /// KILLS LIBRARY
    init(_ arguments: [String]) {
        kills = Int(arguments[0]) ?? 0
        library = arguments[1]
    }

    func run() throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.place(try Bench.bytes(library), "scorer.so")
        let path = try bench.write(
            "{ \"id\": \"x\", \"library\": \"./scorer.so\", \"tier\": \"process\", \"grants\": [\"history\"] }",
            rest: ", \"health\": { \"openAfterErrors\": 1000, \"openAfterLate\": 1000 }")
        var environment = HostEnvironment(offeredColumns: ["memory.age_days@1", "memory.log_access_count@1"])
        environment.events = BenchEvents()
        let host = try ScorerHost.start(plugins: path, environment)
        let rows = 60
        let columns = benchColumns(rows)
        let isOver = Atomic<Bool>(false)
        let sequence = Atomic<UInt64>(1)
        let (turns, answered, byFloor, byScorer) = (Count(), Count(), Count(), Count())
        let reasons = Mutex<[String: Int]>([:])
        let slowest = Atomic<Int64>(0)
        let group = DispatchGroup()
        group.enter()
        let thread = Thread {
            var number: UInt64 = 0
            while !isOver.load(ordering: .relaxed) {
                number += 1
                var request = benchRequest(rows)
                request.session = SessionTurn(session: 7, sequence: number)
                let start = platform_monotonic_ns()
                let answer = host.score(request, columns: columns)
                slowest.max(platform_monotonic_ns() - start, ordering: .relaxed)
                turns.add()
                if answer.scores.count == rows && answer.scores.allSatisfy(\.isFinite) { answered.add() }
                if answer.degraded.isEmpty {
                    byScorer.add()
                } else {
                    byFloor.add()
                    // Nobody asks ten thousand times while a scorer is away.
                    usleep(200)
                    reasons.withLock { $0[answer.degraded[0], default: 0] += 1 }
                }
                sequence.store(number, ordering: .relaxed)
            }
            group.leave()
        }
        thread.start()
        var killed = 0
        var recovery: [Int64] = []
        while killed < kills {
            let pid = host.health["x"]?.pid ?? 0
            guard pid != 0 else {
                usleep(200)
                continue
            }
            // It answers again; then at any moment of the next milliseconds, which are full of calls.
            let before = byScorer.now
            while byScorer.now == before { usleep(50) }
            usleep(UInt32.random(in: 0..<4_000))
            let restarts = host.health["x"]?.restarts ?? 0
            guard kill(pid, SIGKILL) == 0 else { continue }
            let start = platform_monotonic_ns()
            killed += 1
            if killed % 100 == 0 { FileHandle.standardError.write(Data("killed \(killed), turns \(turns.now)\n".utf8)) }
            while (host.health["x"]?.restarts ?? 0) == restarts { usleep(100) }
            recovery.append(platform_monotonic_ns() - start)
        }
        usleep(100_000)
        isOver.store(true, ordering: .relaxed)
        group.wait()
        recovery.sort()
        let last = sequence.load(ordering: .relaxed)
        var request = benchRequest(rows)
        request.session = SessionTurn(session: 7, sequence: last)
        let after = host.score(request, columns: columns)
        // Another process's answer for the same events, never interrupted.
        environment.states = MemoryStates()
        let other = try ScorerHost.start(plugins: path, environment)
        var replayed: [Float] = []
        for number in 1...last {
            request.session = SessionTurn(session: 7, sequence: number)
            if number % 64 == 0 || number == last { replayed = other.score(request, columns: columns).scores }
        }
        let difference = zip(after.scores, replayed).map { abs($0 - $1) }.max() ?? .infinity
        print("killed \(killed) times during \(turns.now) turns; answered \(answered.now), of which without the scorer \(byFloor.now)")
        for (reason, count) in reasons.withLock({ $0 }).sorted(by: { $0.value > $1.value }).prefix(8) { print("  \(count) × \(reason)") }
        print("slowest turn \(slowest.load(ordering: .relaxed) / 1_000_000) ms")
        if !after.degraded.isEmpty { print("the turn after: \(after.degraded)") }
        print(String(format: "killed to serving again: p50 %.1f ms, p99 %.1f ms", percentile(recovery, 0.5) / 1000, percentile(recovery, 0.99) / 1000))
        print("after \(last) events: largest difference to a run without kills \(difference), rebuilt sessions \(host.health["x"]?.rebuiltSessions ?? -1)")
    }
}

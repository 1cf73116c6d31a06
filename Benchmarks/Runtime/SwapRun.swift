import Foundation
import Host
import Platform
import Synchronization

/// Versions alternate while two threads score without pause.
struct SwapRun {
    let requests: Int
    let swaps: Int
    let tier: String
    let libraries: [String]

    /// REQUESTS SWAPS TIER LIBRARY…
    init(_ arguments: [String]) {
        requests = Int(arguments[0]) ?? 0
        swaps = Int(arguments[1]) ?? 0
        tier = arguments[2]
        libraries = Array(arguments[3...])
    }

    func run() throws {
        let bench = try Bench()
        defer { bench.remove() }
        let bytes = try libraries.map { try Bench.bytes($0) }
        try bench.place(bytes[0], "scorer.so")
        let path = try bench.write("{ \"id\": \"x\", \"library\": \"./scorer.so\", \"tier\": \"\(tier)\", \"grants\": [\"history\"] }")
        var environment = HostEnvironment(offeredColumns: ["memory.age_days@1", "memory.log_access_count@1", "memory.is_graph_traversal@1", "memory.log_structural_density@1"])
        environment.offeredEventColumns = []
        environment.events = BenchEvents()
        let host = try ScorerHost.start(plugins: path, environment)
        let rows = 60
        let columns = benchColumns(rows)

        // What each version answers, asked alone. First loads pass the gate.
        var expected: [String: [Float]] = [:]
        var first: [Double] = []
        for library in bytes {
            try bench.place(library, "scorer.so")
            let report = host.reload(cause: "bench")
            guard report.outcome != .refused else { stop(report.summary) }
            if report.outcome == .applied { first.append(report.milliseconds) }
            let answer = host.score(benchRequest(rows), columns: columns)
            expected[answer.answeredBy[0]] = answer.scores
        }
        print("versions: \(expected.keys.sorted().joined(separator: ", ")); tier \(tier)")
        let known = expected
        let (turns, failed, mixed) = (Count(), Count(), Count())
        let isSwapping = Atomic<Bool>(false)
        let isOver = Atomic<Bool>(false)
        let latencies = Mutex<(during: [Int64], between: [Int64])>(([], []))
        let group = DispatchGroup()
        for _ in 0..<2 {
            let thread = Thread {
                var (during, between): ([Int64], [Int64]) = ([], [])
                var number = 0
                while !isOver.load(ordering: .relaxed) {
                    let wasSwapping = isSwapping.load(ordering: .relaxed)
                    let start = platform_monotonic_ns()
                    let answer = host.score(benchRequest(rows), columns: columns)
                    let elapsed = platform_monotonic_ns() - start
                    number += 1
                    // Every sixteenth: two million figures would be most of the memory that is watched.
                    if number % 16 != 0 {
                    } else if wasSwapping || isSwapping.load(ordering: .relaxed) { during.append(elapsed) } else { between.append(elapsed) }
                    turns.add()
                    // A row that graph distance abstains from is the floor's: it names both.
                    let name = answer.answeredBy.first ?? ""
                    if !answer.degraded.isEmpty || known[name] == nil { failed.add() } else if known[name] != answer.scores { mixed.add() }
                }
                latencies.withLock {
                    $0.during += during
                    $0.between += between
                }
                group.leave()
            }
            group.enter()
            thread.stackSize = 8 << 20
            thread.start()
        }
        usleep(200_000)
        let before = residentKilobytes()
        var times: [Int64] = []
        var done = 0
        while done < swaps || turns.now < requests {
            try bench.place(bytes[done % bytes.count], "scorer.so")
            isSwapping.store(true, ordering: .relaxed)
            let start = platform_monotonic_ns()
            let report = host.reload(cause: "bench")
            times.append(platform_monotonic_ns() - start)
            isSwapping.store(false, ordering: .relaxed)
            guard report.outcome == .applied else { stop("\(report.outcome): \(report.summary)") }
            done += 1
            // Once there are enough swaps the rest is scoring; every so often another one.
            usleep(done < swaps ? 2_000 : 50_000)
        }
        isOver.store(true, ordering: .relaxed)
        group.wait()
        let after = residentKilobytes()
        times.sort()
        let found = latencies.withLock { ($0.during.sorted(), $0.between.sorted()) }
        print("requests \(turns.now), swaps \(done)")
        print("failed or degraded \(failed.now), mixed \(mixed.now)")
        print(String(format: "first loads (whole gate): %@ ms", first.map { String(format: "%.1f", $0) }.joined(separator: ", ")))
        print(String(format: "repeated swaps: p50 %.2f ms, p99 %.2f ms", percentile(times, 0.5) / 1000, percentile(times, 0.99) / 1000))
        print(String(format: "turn during a swap: p50 %.1f µs, p99 %.1f µs (%d turns)", percentile(found.0, 0.5), percentile(found.0, 0.99), found.0.count))
        print(String(format: "turn without: p50 %.1f µs, p99 %.1f µs (%d turns)", percentile(found.1, 0.5), percentile(found.1, 0.99), found.1.count))
        print("resident memory \(before) → \(after) KiB over \(done) swaps; libraries \(host.gauges.residentLibraries)")
        try state(host, bench, bytes)
    }

    /// Carried over bit for bit; under another half-life rebuilt by replay.
    private func state(_ host: ScorerHost, _ bench: Bench, _ bytes: [[UInt8]]) throws {
        let rows = 60
        func turn(_ host: ScorerHost, _ sequence: UInt64) -> TurnScores {
            var request = benchRequest(rows)
            request.session = SessionTurn(session: 7, sequence: sequence)
            return host.score(request, columns: benchColumns(rows))
        }
        try bench.place(bytes[0], "scorer.so")
        _ = host.reload(cause: "bench")
        for sequence in 1...1000 as ClosedRange<UInt64> { _ = turn(host, sequence) }
        let old = turn(host, 1000)
        try bench.place(bytes[1], "scorer.so")
        let report = host.reload(cause: "bench")
        let new = turn(host, 1000)
        print("state: \(old.answeredBy) → \(new.answeredBy), \(report.sessionsMoved) moved; equal bits: \(old.scores == new.scores)")
        for replay in [16, 64, 256, 1000] {
            let settings = { (minutes: Double) in
                "{ \"id\": \"x\", \"library\": \"./scorer.so\", \"tier\": \"\(tier)\", \"grants\": [\"history\"], \"options\": { \"sessionHalfLifeMinutes\": \(minutes) } }"
            }
            let rest = ", \"sessions\": { \"replayEvents\": \(replay) }"
            var environment = HostEnvironment(offeredColumns: ["memory.age_days@1", "memory.log_access_count@1"])
            environment.events = BenchEvents()
            let swapped = try ScorerHost.start(plugins: bench.write(settings(5), rest: rest), environment)
            for sequence in 1...1000 as ClosedRange<UInt64> { _ = turn(swapped, sequence) }
            _ = try bench.write(settings(20), rest: rest)
            let moved = swapped.reload(cause: "bench")
            environment.states = MemoryStates()
            let uninterrupted = try ScorerHost.start(plugins: bench.write(settings(20), rest: rest), environment)
            for sequence in 1...1000 as ClosedRange<UInt64> { _ = turn(uninterrupted, sequence) }
            let correlation = spearman(turn(swapped, 1000).scores, turn(uninterrupted, 1000).scores)
            print(String(format: "other weights, at least %d events replayed: rank correlation %.4f (%@)", replay, correlation, moved.outcome.rawValue))
        }
    }

    private func spearman(_ left: [Float], _ right: [Float]) -> Double {
        func ranks(_ values: [Float]) -> [Double] {
            var ranks = [Double](repeating: 0, count: values.count)
            for (rank, index) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() { ranks[index] = Double(rank) }
            return ranks
        }
        let (a, b) = (ranks(left), ranks(right))
        let n = Double(a.count)
        return 1 - 6 * zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / (n * (n * n - 1))
    }
}

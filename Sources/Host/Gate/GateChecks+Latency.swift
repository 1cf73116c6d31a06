import Glibc

// What a call costs.
extension GateChecks {
    private static let windows = 30
    private static let callsPerWindow = 100
    /// By then a scorer that is slow by itself has shown it.
    private static let leastWindows = 3

    /// p99 under half the deadline, in the best of up to thirty windows: a busy machine may take most of them, never all.
    package func latency(deadlineMilliseconds: Double, tier: Tier) throws(TrialFailure) -> GateReport.Check {
        let probe = maker.batch(rows: manyRows, number: 80)
        let limit = Int64(deadlineMilliseconds * 1e6 / 2)
        // The first call touches everything for the first time.
        _ = try subject.score(probe)
        var best = Int64.max
        var (calls, slow) = (0, 0)
        for number in 1...Self.windows {
            let found = try window(probe, limit)
            best = min(best, found.p99)
            calls += found.calls
            slow += found.slow
            if best < limit || (number >= Self.leastWindows && 2 * slow > calls) { break }
            // Another program's burst may outlast a window.
            usleep(10_000)
        }
        let figure = "p99 of \(probe.rowCount) rows \(Self.milliseconds(best)) ms in a worker"
        let allowed = "under \(Self.milliseconds(limit)) ms, half the deadline"
        guard best < limit else {
            return .init(
                .latency, .failed,
                "\(figure), in the best of several windows; allowed: \(allowed). Make it faster, or raise deadlineMilliseconds")
        }
        let note = tier == .process ? "" : ", the wake-up included that \(tier.rawValue) doesn't have"
        return .init(.latency, .passed, "\(figure)\(note); allowed: \(allowed)")
    }

    /// p99 of one window. Ends as soon as it is lost: a slow scorer isn't called a hundred times.
    private func window(_ probe: ProbeBatch, _ limit: Int64) throws(TrialFailure) -> (p99: Int64, calls: Int, slow: Int) {
        var times: [Int64] = []
        var slow: [Int64] = []
        for _ in 0..<Self.callsPerWindow {
            let elapsed = try subject.score(probe).elapsedNanoseconds
            times.append(elapsed)
            if elapsed >= limit { slow.append(elapsed) }
            // One of a hundred may be slower than p99.
            if slow.count == 2 { return (slow.min() ?? elapsed, times.count, 2) }
        }
        return (times.sorted()[times.count * 99 / 100 - 1], times.count, slow.count)
    }

    private static func milliseconds(_ nanoseconds: Int64) -> String {
        let micro = (Double(nanoseconds) / 1e3).rounded() / 1e3
        return "\(micro)"
    }
}

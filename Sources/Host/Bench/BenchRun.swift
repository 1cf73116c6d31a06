import Platform

/// One thing to time, and its samples.
struct BenchRun {
    private let name: String
    private let isGrouped: Bool
    private let prepare: () -> Void
    private let body: () -> Void
    /// Microseconds per call.
    private var samples: [Double] = []

    /// Calls of one kind in a row: long enough for warm caches, short enough that all kinds see the same machine.
    private static let blockCalls = 64
    /// Calls that only warm up, at the start of every block.
    private static let warmUpCalls = 4

    /// - Parameters:
    ///   - isGrouped: shorter than the clock's own cost, so a block is one sample. Else every call is one, tail included.
    ///   - prepare: runs before every block, untimed.
    init(
        _ name: String, isGrouped: Bool = false, prepare: @escaping () -> Void = {},
        _ body: @escaping () -> Void
    ) {
        self.name = name
        self.isGrouped = isGrouped
        self.prepare = prepare
        self.body = body
    }

    static func measure(_ runs: [BenchRun], calls: Int) -> [ScorerHost.BenchFigure] {
        var runs = runs
        for _ in 0..<max(1, calls / blockCalls) {
            for place in runs.indices { runs[place].runBlock() }
        }
        return runs.compactMap(\.figure)
    }

    private mutating func runBlock() {
        prepare()
        for _ in 0..<Self.warmUpCalls { body() }
        let start = platform_monotonic_ns()
        guard !isGrouped else {
            for _ in 0..<Self.blockCalls { body() }
            samples.append(Double(platform_monotonic_ns() - start) / 1000 / Double(Self.blockCalls))
            return
        }
        var last = start
        for _ in 0..<Self.blockCalls {
            body()
            let now = platform_monotonic_ns()
            samples.append(Double(now - last) / 1000)
            last = now
        }
    }

    private var figure: ScorerHost.BenchFigure? {
        guard !samples.isEmpty else { return nil }
        let sorted = samples.sorted()
        return ScorerHost.BenchFigure(
            name: name, p50: sorted[sorted.count / 2],
            p99: sorted[min(sorted.count - 1, sorted.count * 99 / 100)],
            calls: isGrouped ? samples.count * Self.blockCalls : samples.count)
    }
}

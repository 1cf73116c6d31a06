import Platform

/// Timings of calls through a library, on rows of plausible numbers. Never part of a test.
extension ScorerHost {
    /// Percentiles in microseconds per call.
    package struct BenchFigure: Sendable {
        package let name: String
        package let p50: Double
        package let p99: Double
        package let calls: Int
    }

    /// The first served scorer's own function, the inline call and the watched call; through the host, `rows` may
    /// be any number. nil = nothing serves. The three alternate in groups, so that all see the same machine.
    package func bench(rows: Int, calls: Int) -> [BenchFigure]? {
        // A foreign function has no other tier to compare.
        let served = configuration.models
        guard let serving = configuration.settings.scorers.first(where: { $0.foreign == nil && served[$0.id] != nil })?.id else {
            return nil
        }
        var settings = configuration.settings
        settings.scorers = settings.scorers.filter { $0.id == serving }
        let models = [Tier.inline, .watched].compactMap { tier in
            settings.scorers[0].tier = tier
            settings.scorers[0].deadlineMilliseconds = nil
            return Configuration.load(settings, environment).model(serving)
        }
        guard models.count == 2 else { return nil }
        let inputs = models.map { Self.inputs(rows, $0) }
        var samples: [[Double]] = [[], [], []]
        models[0].withDirectCall(inputs[0]) { call in
            call()
            let group = Self.groupSize { call() }
            for _ in 0..<max(1, calls / group) {
                if rows <= models[0].maxRows { samples[0].append(Self.time(group) { call() }) }
                for place in 0...1 {
                    samples[place + 1].append(
                        Self.time(group) { _ = models[place].score(inputs[place], deadline: .max) })
                }
            }
        }
        return zip(["direct", "inline", "watched"], samples).filter { !$1.isEmpty }.map {
            BenchFigure($0, $1, calls)
        }
    }

    static func inputs(_ rows: Int, _ model: Model) -> CallInputs {
        let width = model.columns.count
        var state: UInt32 = 1
        let values = (0..<rows * width).map { _ -> Float in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(state >> 8) / 16_777_216
        }
        let block = ColumnBlock(
            rowCount: rows, columnCount: width, values: values, present: [UInt8](repeating: 1, count: width))
        let request = ScoringRequest(rowIDs: (0..<UInt64(rows)).map { $0 + 1 }, nowMilliseconds: 0)
        return CallInputs(request, columns: block, for: model)
    }

    /// Short calls are timed in groups of about 20 µs, so that reading the clock doesn't count.
    private static func groupSize(_ body: () -> Void) -> Int {
        let start = platform_monotonic_ns()
        body()
        return max(1, min(200, Int(20_000 / max(1, platform_monotonic_ns() - start))))
    }

    /// Microseconds per call.
    private static func time(_ group: Int, _ body: () -> Void) -> Double {
        let start = platform_monotonic_ns()
        for _ in 0..<group { body() }
        return Double(platform_monotonic_ns() - start) / 1000 / Double(group)
    }
}

extension ScorerHost.BenchFigure {
    fileprivate init(_ name: String, _ samples: [Double], _ calls: Int) {
        let sorted = samples.sorted()
        self.init(
            name: name, p50: sorted[sorted.count / 2],
            p99: sorted[min(sorted.count - 1, sorted.count * 99 / 100)],
            calls: calls)
    }
}

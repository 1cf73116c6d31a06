import Platform
import PluginABI

/// Timings of calls through the table, on rows of plausible numbers.
extension ScorerHost {
    package typealias BenchFigure = (name: String, p50: Double, p99: Double, repetitions: Int)

    /// Microseconds per call of the first live model's `score`, features ready.
    package func benchScore(rows: Int, repetitions: Int) -> (p50: Double, p99: Double)? {
        guard let model = configuration.models.first else { return nil }
        let slot = Self.filled(model, rows)
        let times = Self.time(repetitions) {
            _ = model.call(slot, nowMilliseconds: 0, utcOffsetSeconds: 0, request: 1, deadline: .max)
        }
        return Self.percentiles(times)
    }

    /// The same function called directly, through an inline model, and through a watched one.
    package func benchOverhead(rows: Int, repetitions: Int) -> [BenchFigure]? {
        guard let model = configuration.models.first else { return nil }
        let slot = Self.filled(model, rows)
        model.prepare(slot)
        let direct = Self.percentiles(Self.time(repetitions) { model.callDirectly(slot) })
        let inline = Self.percentiles(Self.time(repetitions) {
            _ = model.call(slot, nowMilliseconds: 0, utcOffsetSeconds: 0, request: 1, deadline: .max)
        })
        let lane = WatchedLane()
        let watched = Self.percentiles(Self.time(repetitions) { _ = lane.run(model, slot, deadline: .max) })
        return [
            ("direct, \(rows) rows", direct.p50, direct.p99, repetitions), ("\(model.tier.rawValue), \(rows) rows", inline.p50, inline.p99, repetitions),
            ("watched, \(rows) rows", watched.p50, watched.p99, repetitions),
        ]
    }

    private static func filled(_ model: ScorerModel, _ rows: Int) -> CallSlot {
        let width = model.columns.count
        var state: UInt32 = 1
        let values = (0..<(rows * width)).map { _ -> Float in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(state >> 8) / 16_777_216
        }
        let slot = CallSlot()
        slot.fill(
            inputs: values, columns: width, present: Array(repeating: 1, count: width), ids: (0..<UInt64(rows)).map { $0 }, query: [], rows: rows,
            partCount: 0)
        return slot
    }

    /// Per-call microseconds; short calls are timed in groups so that reading the clock doesn't count.
    private static func time(_ repetitions: Int, _ body: () -> Void) -> [Double] {
        body()
        let probe = mneme_monotonic_ns()
        body()
        let group = max(1, min(200, Int(20_000 / max(1, mneme_monotonic_ns() - probe))))
        return (0..<max(1, repetitions / group)).map { _ in
            let start = mneme_monotonic_ns()
            for _ in 0..<group { body() }
            return Double(mneme_monotonic_ns() - start) / 1000 / Double(group)
        }
    }

    private static func percentiles(_ times: [Double]) -> (p50: Double, p99: Double) {
        let sorted = times.sorted()
        return (sorted[sorted.count / 2], sorted[min(sorted.count - 1, sorted.count * 99 / 100)])
    }
}

extension ScorerModel {
    func prepare(_ slot: CallSlot) { slot.batch.pointee.schema = schema }

    /// The plugin's function and nothing around it.
    @inline(never)
    func callDirectly(_ slot: CallSlot) { callTable(slot) }
}

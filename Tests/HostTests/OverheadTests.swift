import Foundation
import Host
import Platform
import PluginABI
import Testing

/// Figures, not judgements: `MNEME_BENCH=1 swift test -c release --filter OverheadTests`.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["MNEME_BENCH"] == "1"))
struct OverheadTests {
    private func percentiles(_ name: String, _ samples: [Int64], per: Int = 1) {
        let sorted = samples.sorted()
        func at(_ share: Double) -> String {
            String(format: "%.3f", Double(sorted[Int(Double(sorted.count - 1) * share)]) / 1000 / Double(per))
        }
        print(
            "\(name): p50 \(at(0.5)) µs, p90 \(at(0.9)) µs, p99 \(at(0.99)) µs (\(samples.count) samples of \(per))"
        )
    }

    @Test(arguments: [1, 20, 256]) func inlineAgainstDirect(rows: Int) throws {
        let host = try Sandbox().host("good_logistic", ", \"tier\": \"inline\"")
        let model = try #require(host.configuration.model("x"))
        let inputs = CallInputs(request(rows), columns: columns(rows)(model.columns), for: model)
        let deadline = platform_monotonic_ns() + 60_000_000_000
        var direct: [Int64] = []
        var inline: [Int64] = []
        let repeats = 200
        model.withDirectCall(inputs) { call in
            // By turns, so that both see the same machine.
            for _ in 0..<2_000 {
                var start = platform_monotonic_ns()
                for _ in 0..<repeats { call() }
                direct.append(platform_monotonic_ns() - start)
                start = platform_monotonic_ns()
                for _ in 0..<repeats { _ = model.score(inputs, deadline: deadline) }
                inline.append(platform_monotonic_ns() - start)
            }
        }
        percentiles("direct \(rows) rows", direct, per: repeats)
        percentiles("inline \(rows) rows", inline, per: repeats)
        let difference = zip(inline, direct).map { $0 - $1 }
        percentiles("overhead \(rows) rows", difference, per: repeats)
    }

    @Test(arguments: [1, 20, 256]) func watched(rows: Int) throws {
        let host = try Sandbox().host("good_logistic", ", \"tier\": \"watched\"")
        let model = try #require(host.configuration.model("x"))
        let inputs = CallInputs(request(rows), columns: columns(rows)(model.columns), for: model)
        let deadline = platform_monotonic_ns() + 60_000_000_000
        for pause in [0, 500] {
            var samples: [Int64] = []
            for _ in 0..<(pause == 0 ? 20_000 : 2_000) {
                if pause > 0 { usleep(UInt32(pause)) }
                let start = platform_monotonic_ns()
                let outcome = model.score(inputs, deadline: deadline)
                samples.append(platform_monotonic_ns() - start)
                #expect(outcome.failure == nil)
            }
            percentiles("watched \(rows) rows, after \(pause) µs", samples)
        }
    }

    @Test func clock() {
        var samples: [Int64] = []
        for _ in 0..<1000 {
            let start = platform_monotonic_ns()
            for _ in 0..<1000 { _ = platform_monotonic_ns() }
            samples.append(platform_monotonic_ns() - start)
        }
        percentiles("clock", samples, per: 1000)
    }

    @Test func wholeTurn() throws {
        let host = try Sandbox().host("good_logistic", ", \"tier\": \"inline\"")
        for rows in [20, 200, 1_000_000] {
            let block = columns(rows)(["a@1", "b@1"])
            let asked = request(rows)
            var samples: [Int64] = []
            for _ in 0..<(rows > 1000 ? 20 : 20_000) {
                let start = platform_monotonic_ns()
                let turn = host.score(asked) { _ in block }
                samples.append(platform_monotonic_ns() - start)
                #expect(turn.degraded.isEmpty)
            }
            percentiles("turn \(rows) rows", samples)
        }
    }
}

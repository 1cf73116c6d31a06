import Features
import Foundation
import Host
import StateSpace
import Storage

/// Figures that only the inside of the process can give. Never part of a test.
extension Engine {
    package struct Figure: Sendable {
        package var size: String
        package var unit: String
        package var p50: Double
        package var p99: Double
        package var repetitions: Int
    }

    package static let benchSubjects: [(name: String, summary: String)] = [
        ("score", "the first live scorer through its library: 20, 1,000 and 1,000,000 candidates"),
        ("overhead", "calls in every tier, against the bare function and a Unix socket with the same bytes"),
        ("foreign", "pow of the C math library through libffi against calling it directly, in a worker"),
        ("paths", "paths of 6 hops through the small S4D (H 64, N 32, 3 layers), one thread"),
        ("worlds", "candidates of planted worlds per second, turns and all columns included: 1 and 2 threads; p99 is the slowest"),
        ("gate", "the gate's arithmetic per turn, three scorers and eight columns: 20, 256 and 4,096 rows"),
        ("search", "questions made of stored words over the store given with --db"),
    ]

    /// What `bench overhead` starts as its child: answers REQUEST:ANSWER bytes on standard input until its end.
    package static func answerBench(shape: String) { BenchPeer.answer(shape: shape) }

    package func bench(_ subject: String, sizes: [Int], repetitions: Int?) throws -> [Figure] {
        switch subject {
        case "score":
            return try (sizes.isEmpty ? [20, 1000, 1_000_000] : sizes).map {
                try benchScore($0, repetitions ?? ($0 > 100_000 ? 20 : 2000))
            }
        case "overhead":
            return try (sizes.isEmpty ? [1, 256] : sizes).flatMap {
                try benchOverhead($0, repetitions ?? 20000)
            }
        case "foreign":
            return try benchForeign(repetitions ?? 2000)
        case "paths":
            return (sizes.isEmpty ? [20, 1000] : sizes).map { S4DBench.run(paths: $0, repetitions ?? 300) }
        case "worlds":
            return try (sizes.isEmpty ? [1, 2] : sizes).map { try WorldBench.run(threads: $0, repetitions ?? 5) }
        case "gate":
            return (sizes.isEmpty ? [20, 256, 4096] : sizes).map { GateBench.run(rows: $0, repetitions ?? 2000) }
        case "search":
            return [try benchSearch(repetitions ?? 200)]
        default:
            throw EngineError(
                .invalidInput,
                "unknown subject \(subject); allowed: \(Self.benchSubjects.map(\.name).joined(separator: ", "))"
            )
        }
    }

    private func benchScore(_ rows: Int, _ repetitions: Int) throws -> Figure {
        guard let figure = host.bench(rows: rows, calls: repetitions)?.first(where: { $0.name == "inline" })
        else { throw Self.nothingLive }
        return Figure(
            size: "\(rows) candidates", unit: "µs/call", p50: figure.p50, p99: figure.p99,
            repetitions: repetitions)
    }

    private func benchOverhead(_ rows: Int, _ calls: Int) throws -> [Figure] {
        guard let figures = host.bench(rows: rows, calls: calls) else { throw Self.nothingLive }
        return figures.map {
            Figure(
                size: "\($0.name), \(rows) rows", unit: "µs/call", p50: $0.p50, p99: $0.p99,
                repetitions: $0.calls)
        }
    }

    private func benchForeign(_ groups: Int) throws -> [Figure] {
        let figures: ScorerHost.ForeignFigures
        do {
            figures = try host.benchForeign(groups: groups)
        } catch {
            throw EngineError(.configuration, error.description)
        }
        let rows = [
            ("pow, direct", "ns/call", figures.direct), ("pow, libffi", "ns/call", figures.libffi),
            ("pow, \(figures.rows) rows, process", "µs/call", figures.requests),
        ]
        return rows.compactMap { size, unit, samples in
            if samples.isEmpty { return nil }
            return Figure(
                size: size, unit: unit, p50: samples[samples.count / 2],
                p99: samples[min(samples.count - 1, samples.count * 99 / 100)], repetitions: samples.count)
        }
    }

    private static var nothingLive: EngineError {
        EngineError(.configuration, "no scorer is live: name one in plugins.json")
    }

    private func benchSearch(_ repetitions: Int) throws -> Figure {
        let scope = Scope()
        var filter = StoredFilter()
        filter.limit = 1000
        let texts = try store.list(filter, scope: scope).map(\.memory.text)
        if texts.isEmpty { throw EngineError(.invalidInput, "the store is empty: import something first") }
        var generator = SplitMix64(seed: 1)
        var samples: [Double] = []
        let clock = ContinuousClock()
        for _ in 0..<repetitions {
            let words = Tokenizer.tokens(texts[Int(generator.next() % UInt64(texts.count))])
            var request = SearchRequest()
            request.query = (0..<4).map { _ in
                words.isEmpty ? "" : words[Int(generator.next() % UInt64(words.count))]
            }.joined(separator: " ")
            let start = clock.now
            _ = try search(request)
            samples.append((clock.now - start).milliseconds)
        }
        samples.sort()
        return Figure(
            size: "\(try store.counts(scope: scope).memories) memories, 4-word questions, logged",
            unit: "ms/search", p50: samples[samples.count / 2],
            p99: samples[min(samples.count - 1, samples.count * 99 / 100)], repetitions: repetitions)
    }
}

import Evaluation
import Glibc
import Synthetic

/// Canaries as a set of rankers meets them, at one level of noise.
package struct CanaryTrial: Sendable {
    package var settings = WorldSettings()
    /// Worlds per canary; with fewer than 200 the intervals are too wide to tell.
    package var worlds = 200
    package var seed: UInt64 = 700_000_000
    package var threads = 2
    package var resamples = 400

    package init() {}

    package struct Row: Sendable {
        package var canary: Canary
        package var ranker: String
        package var value: Double
        package var low: Double
        package var high: Double
        package var twin: Double
        package var passes: Bool
        /// Why, beside the threshold.
        package var objection: String?
        package var twinFails: Bool
        package var margin: Double { canary.margin(value) }
    }

    func run(_ rankers: [any PlantedRanker], progress: (Int) -> Void = { _ in }) throws -> [Row] {
        let temperatures = try rankers.map { try temperature(of: $0) }
        var rows: [Row] = []
        for (done, canary) in Canary.allCases.enumerated() {
            progress(done)
            let scenes = try prepared(canary, isTwin: false)
            let twins = try prepared(canary, isTwin: true)
            let oracle = canary.value(scenes.map { scene in
                canary.reading(scene.scene, scene.histories.map { $0.lists.map(\.clean) })
            })
            for (ranker, temperature) in zip(rankers, temperatures) {
                let readings = Self.readings(canary, scenes, ranker, temperature)
                let twin = Self.readings(canary, twins, ranker, temperature)
                rows.append(judge(canary, ranker.name, readings, twin, oracle))
            }
        }
        return rows
    }

    private func judge(
        _ canary: Canary, _ name: String, _ readings: [[Double]], _ twin: [[Double]], _ oracle: Double
    ) -> Row {
        var random = SplitMix64(seed: seed)
        let drawn = (0..<resamples).map { _ in
            canary.value(readings.indices.map { _ in readings[Int(random.next() % UInt64(readings.count))] })
        }.sorted()
        let cut = max(0, Int(Double(resamples) * 0.025))
        return Row(
            canary: canary, ranker: name, value: canary.value(readings), low: drawn[cut], high: drawn[drawn.count - 1 - cut],
            twin: canary.value(twin), passes: canary.passes(readings, oracle: oracle),
            objection: canary.objection(readings, oracle: oracle), twinFails: !canary.passes(twin, oracle: oracle))
    }

    private struct Prepared: Sendable {
        var scene: CanaryScene
        var histories: [PlantedHistory]
    }

    private func prepared(_ canary: Canary, isTwin: Bool) throws -> [Prepared] {
        let first = seed &+ UInt64(Canary.allCases.firstIndex(of: canary) ?? 0) &* 10_000
        return try Parallel.map(0..<worlds, threads: threads) { place in
            let scene = canary.scene(settings, seed: first &+ UInt64(place), isTwin: isTwin)
            return Prepared(scene: scene, histories: try scene.parts.map { try PlantedHistory($0) })
        }
    }

    private static func readings(
        _ canary: Canary, _ scenes: [Prepared], _ ranker: any PlantedRanker, _ temperature: Float
    ) -> [[Double]] {
        scenes.map { prepared in
            let scores = prepared.histories.map { history in
                ranker.scores(history).map { $0.map { $0 / temperature } }
            }
            return canary.reading(prepared.scene, scores)
        }
    }

    /// What makes a ranker's scores logits: the divisor under which a softmax fits the labels of ordinary lists best.
    /// Without it a ratio could be bought by sharpening (learning.md, canary 1).
    func temperature(of ranker: any PlantedRanker) throws -> Float {
        var sample = PlantedSample(settings: settings)
        sample.situations = 0
        let seed = seed &+ 5_000_000
        let histories = try PlantedTraining.histories(sample, seeds: seed..<seed + 20, threads: threads)
        var lists: [(scores: [Float], shares: [Float])] = []
        for history in histories {
            for (list, scores) in zip(history.lists, ranker.scores(history)) {
                let shares = PlantedScaling.shares(list.noisy).rows
                let sum = shares.reduce(0, +)
                lists.append((scores, shares.map { $0 / max(sum, 1e-9) }))
            }
        }
        func loss(_ temperature: Float) -> Float {
            lists.reduce(0) { total, list in
                let scaled = list.scores.map { $0 / temperature }
                let top = scaled.max() ?? 0
                let norm = top + log(scaled.reduce(0) { $0 + exp($1 - top) })
                return total + zip(scaled, list.shares).reduce(0) { $0 + $1.1 * (norm - $1.0) }
            }
        }
        // The loss is convex in 1/temperature: a grid of 5 % steps misses the least by less than that.
        var best: (loss: Float, temperature: Float) = (.infinity, 1)
        var candidate: Float = 0.02
        while candidate < 50 {
            let value = loss(candidate)
            if value < best.loss { best = (value, candidate) }
            candidate *= 1.05
        }
        return best.temperature
    }
}

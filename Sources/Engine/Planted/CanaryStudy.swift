import Evaluation
import Synthetic

/// Canaries at one level of noise or at several, for weights files and for those beside them.
package struct CanaryStudy: Sendable {
    package var weights: [String]
    package var worlds = 200
    package var seed: UInt64 = 7
    /// dB; canaries are judged at 20.
    package var levels: [Double] = [20]
    /// Worlds with other settings than any that models were trained on.
    package var usesOtherSettings = false
    package var noise = Noise.Kind.gaussian
    package var threads = 2

    package init(weights: [String]) { self.weights = weights }

    package struct Level: Sendable {
        package var decibels: Double
        package var rows: [CanaryTrial.Row]
        /// On ordinary lists of held-out worlds at this level, against the truth without noise.
        package var ranking: [(ranker: String, reciprocalRank: Double, hitRate5: Double)]

        package func passed(_ ranker: String) -> Int { rows.count { $0.ranker == ranker && $0.passes } }
    }

    package struct Report: Sendable {
        package var levels: [Level]
        package var rankers: [String]
        /// Of the rankers, those that came from weights files.
        package var models: [String]
        package var seconds: Double
        package var worlds: Int
        package var seed: UInt64

        /// Canary 002-5: at 10 dB at least 70 % of those that pass at 20; nil = not measured.
        package func isRobust(_ ranker: String) -> Bool? {
            guard let quiet = levels.first(where: { $0.decibels == 20 })?.passed(ranker),
                let loud = levels.first(where: { $0.decibels == 10 })?.passed(ranker)
            else { return nil }
            return quiet > 0 && Double(loud) >= 0.7 * Double(quiet)
        }

        /// Highest level at which fewer than half of the canaries are found; nil = at none that was measured.
        package func noiseFloor(_ ranker: String) -> Double? {
            levels.filter { 2 * $0.passed(ranker) < Canary.allCases.count }.map(\.decibels).max()
        }
    }

    package func run(progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }) throws -> Report {
        let rankers = try PlantedRankers(weights: weights)
        let clock = ContinuousClock()
        let start = clock.now
        var measured: [Level] = []
        let total = levels.count * Canary.allCases.count
        for level in levels {
            var trial = CanaryTrial()
            trial.settings = usesOtherSettings ? .other : WorldSettings()
            trial.settings.noise = Noise(decibels: level, kind: noise)
            trial.worlds = worlds
            // Far from the seeds of any training run (a million apart, from 1).
            trial.seed = 0x4000_0000_0000 &+ seed &* 1_000_000
            trial.threads = threads
            let before = measured.count * Canary.allCases.count
            let rows = try trial.run(rankers.all) { progress(before + $0, total) }
            measured.append(Level(decibels: level, rows: rows, ranking: try ranking(rankers, trial.settings)))
        }
        return Report(
            levels: measured, rankers: rankers.all.map(\.name), models: rankers.models.map(\.name),
            seconds: (clock.now - start) / .seconds(1), worlds: worlds, seed: seed)
    }

    private func ranking(
        _ rankers: PlantedRankers, _ settings: WorldSettings
    ) throws -> [(ranker: String, reciprocalRank: Double, hitRate5: Double)] {
        var sample = PlantedSample(settings: settings)
        sample.situations = 0
        let first = 0x5000_0000_0000 &+ seed &* 1_000_000
        let histories = try PlantedTraining.histories(sample, seeds: first..<first + 40, threads: threads)
        return rankers.all.map { ranker in
            let queries = histories.flatMap { history in
                zip(history.lists, ranker.scores(history)).compactMap { list, scores in
                    RankedQuery(ranking: PlantedEvaluation.order(scores), relevant: list.trulyRelevant)
                }
            }
            let count = Double(max(queries.count, 1))
            return (
                ranker.name, queries.reduce(0) { $0 + $1.reciprocalRank(at: 5) } / count,
                queries.reduce(0) { $0 + $1.hitRate(at: 5) } / count
            )
        }
    }
}

import Engine

@testable import mneme

/// Values with a known rendering. Now is 2026-11-21T12:00:00Z.
enum Fixture {
    static let nowMilliseconds: Int64 = 1_795_262_400_000
    static let dayMilliseconds: Int64 = 86_400_000

    static let ranking: Ranking = {
        var first = RankedMemory(id: "m_1", score: 0.75, rank: 1)
        first.text = "The nightly backup goes to the NAS in the cellar; the weekly one goes to the office."
        first.author = "Anna"
        first.createdAtMilliseconds = nowMilliseconds - 3 * dayMilliseconds
        first.position = 1
        first.tier = 1
        first.parts = [
            ScorePart(name: "text.bm25", value: 0.5), ScorePart(name: "author.named", value: 0.375),
            ScorePart(name: "recency", value: -0.125),
        ]
        first.why = "names \"backup\"; said by Anna; 3 days old"
        first.sources = ["text"]
        var second = RankedMemory(id: "m_2", score: 0.25, rank: 2)
        second.text = "We keep three backups."
        second.author = "Ben"
        second.createdAtMilliseconds = nowMilliseconds - 40 * dayMilliseconds
        second.position = 2
        second.tier = 2
        second.parts = [ScorePart(name: "text.bm25", value: 0.25)]
        second.why = "names \"backups\""
        second.sources = ["text", "neighbour"]
        var third = RankedMemory(id: "m_3", score: 0.125, rank: 3)
        third.dropped = .superseded
        third.parts = [ScorePart(name: "text.bm25", value: 0.125)]
        var ranking = Ranking(retrievalID: "r_7", memories: [first, second, third])
        ranking.scorers = ["heuristic 1.0.0"]
        ranking.degraded = ["mamba: late (2.4 ms of 2 ms)"]
        ranking.poolCount = 1432
        ranking.timings.candidates = 0.8
        ranking.timings.scoring = 0.25
        ranking.timings.total = 1.5
        return ranking
    }()

    static let view: MemoryView = {
        var memory = NewMemory(
            text: "We keep three backups.", createdAtMilliseconds: nowMilliseconds - dayMilliseconds)
        memory.author = "Ben"
        memory.type = "rule"
        memory.importance = 0.8
        memory.isPinned = true
        memory.entities = [EntityMention(name: "NAS", kind: "device", aspect: "backup")]
        memory.metadata = "{\"ticket\":7}"
        return MemoryView(
            id: "m_1", memory: memory, accessCount: 4, lastAccessMilliseconds: nowMilliseconds,
            supersededBy: nil,
            isForgotten: false)
    }()

    static let plugins: [PluginStatus] = {
        var live = PluginStatus(id: "heuristic", tier: "inline", state: "live")
        live.version = "1.0.0"
        live.columns = ["text.bm25@1"]
        live.calls = 1200
        var refused = PluginStatus(id: "mamba", tier: "watched", state: "refused")
        refused.reason = "manifest: no ELF note; rebuild it with the SDK"
        return [live, refused]
    }()

    static let information = PluginInformation(
        id: "heuristic", version: "1.0.0", path: "/lib/libHeuristicScorer.so", sha256: "ab12",
        fields: [.init(name: "scope", value: "row")], columns: ["text.bm25@1", "memory.log_age_days@1"],
        heads: ["relevance over candidate"],
        options: [.init(name: "mode", value: "bounded | effective, default bounded")], assets: [],
        problems: [],
        pin: "\"library\": { \"path\": \"/lib/libHeuristicScorer.so\", \"sha256\": \"ab12\" }")

    static let golden: GoldenEvaluation.Table = {
        var table = GoldenEvaluation.Table()
        table.rows = [
            GoldenEvaluation.Row(
                file: "public-s4d-layer.safetensors", kind: "s4d-layer", level: "x86-64-v4",
                outputs: .init(tensor: "out.y", error: 2.5e-7, limit: 1e-5, isGradient: false),
                gradients: .init(tensor: "grad.w.D", error: 3.1e-7, limit: 1e-4, isGradient: true))
        ]
        table.notRun = [("public-quant.safetensors", "quant")]
        return table
    }()

    static let sequences = SequenceEvaluation.Table(
        dataset: "games", users: 31013, items: 23715, events: 256_206, queries: 30629,
        rows: [
            .init(
                ranker: "mamba", full: [.init(name: "HR@10", mean: 0.1, low: 0.09, high: 0.11)],
                sampled: [.init(name: "HR@10", mean: 0.75, low: 0.74, high: 0.76)], millisecondsPerQuery: 0.4)
        ])

    static let sequenceTraining = SequenceTraining.Result(
        dataset: "games", parameters: 1_600_000, sequences: 30097, positions: 163_935,
        epochs: [
            .init(
                number: 1, loss: 9.5, learningRate: 1e-3, positionsPerSecond: 16_000, seconds: 11,
                secondsLeft: 90, full: .init(hitRate10: 0.02, ndcg10: 0.01),
                sampled: .init(hitRate10: 0.5, ndcg10: 0.3), isBest: true)
        ], best: 1, seconds: 11, path: "/tmp/w.safetensors")

    static let pathTable = PathEvaluation.Table(
        dataset: "kgpaths/umls", questions: 652, candidates: 32_600, paths: 521_600, reachable: 1,
        rows: [
            PathEvaluation.Row(
                ranker: "s4d-paths 1.0.0",
                metrics: PathEvaluation.metrics.map { ($0.name, mean: 0.91, low: 0.89, high: 0.93) },
                millisecondsPerQuery: 3.5, scorers: ["s4d-paths 1.0.0"], degraded: []),
            PathEvaluation.Row(
                ranker: "shortest path", metrics: PathEvaluation.metrics.map { ($0.name, mean: 0.1, low: 0.09, high: 0.11) }),
        ])

    static let plantedTable = PlantedPathEvaluation.Table(
        worlds: 200, lists: 4000, seed: 1,
        rows: [("oracle", "", 1.0), ("s4d", "all", 0.97)].map { ranker, columns, mean in
            PlantedPathEvaluation.Row(
                ranker: ranker, columns: columns, parameters: columns.isEmpty ? nil : 57_980,
                seconds: columns.isEmpty ? nil : 43, nothingAUC: 0.95,
                cells: [
                    .init(
                        pattern: "order", top1: .init(mean: mean, low: mean - 0.02, high: mean),
                        mrr: .init(mean: mean, low: mean - 0.01, high: mean), cleanTop1: mean, twinTop1: 0.06)
                ])
        })

    static func gateTable(ratio: Double) -> JointGateEvaluation.Table {
        let values: SubsetFigures.Values = [0.9, 0.7, 1.2].map { .init(mean: $0, low: $0 - 0.1, high: $0 + 0.1) }
        let subset = SubsetFigures(
            scorers: ["mamba", "s4d-paths"], lists: 4000, bestSingle: "mamba", single: values, plainMean: values, gate: values,
            oracle: values, ratio: ratio, difference: .init(mean: 0.1, low: 0.05, high: 0.15), weights: [0.6, 0.4],
            confidenceArea: 0.91, calibration: .init(probabilities: [0.25, 0.75], isRelevant: [false, true], bins: 2))
        return JointGateEvaluation.Table(
            scorers: ["heuristic", "mamba", "s4d-paths"], subsets: [subset],
            trust: [
                .init(scorer: "mamba", weightBefore: 0.5, median: 30, slowest: nil, users: 40, leastHonest: 0.98)
            ], worlds: 120, lists: 5000, emptyLists: 1000, seconds: 9)
    }

    static let comparison: ComparisonTable = {
        func figure(_ mean: Double, _ difference: ComparisonTable.Difference?) -> ComparisonTable.Figure {
            .init(metric: "DCG@10", mean: mean, low: mean - 0.01, high: mean + 0.01, difference: difference)
        }
        let difference = ComparisonTable.Difference(
            baseline: "recency <1>", mean: 0.05, low: 0.03, high: 0.07, p: 0.0004, smallestDetectable: .infinity)
        return ComparisonTable(
            dataset: "data/mini", kind: "stream", task: "what comes next", queries: 1_200, unit: "users", units: 40,
            intervalMethod: "95 % BCa",
            rows: [
                .init(
                    ranker: "recency <1>", isBaseline: true, figures: [figure(0.4, nil)], millisecondsPerQuery: nil, scorers: [],
                    degraded: []),
                .init(
                    ranker: "mamba", isBaseline: false, figures: [figure(0.45, difference)], millisecondsPerQuery: 0.5,
                    scorers: ["mamba 1"], degraded: ["late"]),
            ],
            strata: .init(
                names: ["0", ">50"], queries: [0, 1_200],
                rows: [
                    .init(
                        ranker: "mamba", hitRate10: [nil, figure(0.5, difference)], dcg10: [nil, figure(0.45, difference)],
                        crossover: ">50")
                ]))
    }()

    static let training = TaskTraining.Report(
        parameters: 67_520, steps: 1500, trainingLength: 64, loss: 0.00016, seconds: 73.4,
        examplesPerSecond: 3568.9, testExamples: 512, accuracies: [(64, 1), (1024, 0.99609375)])

    static let table = EvaluationTable(
        dataset: "locomo/dev", conversations: 5, memories: 2960, questions: 1020,
        intervalMethod: "95 % BCa over questions, 2000 resamples, seed 7",
        rows: [
            EvaluationRow(
                ranker: "fts5",
                metrics: [
                    EvaluationMetric(name: "R@5", mean: 0.4691, low: 0.44, high: 0.4982),
                    EvaluationMetric(name: "MRR", mean: 0.41, low: 0.38, high: 0.44),
                ], poolRecall: 0.91, millisecondsPerQuery: 0.82, scorers: ["fts5"], degraded: []),
            EvaluationRow(
                ranker: "bounded",
                metrics: [
                    EvaluationMetric(name: "R@5", mean: 0.751, low: 0.73, high: 0.77),
                    EvaluationMetric(name: "MRR", mean: 0.655, low: 0.63, high: 0.68),
                ], poolRecall: 0.97, millisecondsPerQuery: 1.62, scorers: ["heuristic 1.0.0"], degraded: []),
        ])
}

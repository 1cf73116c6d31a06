import Evaluation
import Glibc
import Synthetic

/// Rankers on ordinary lists of worlds that no training saw.
package struct PlantedEvaluation: Sendable {
    package var weights: [String]
    package var worlds = 120
    package var seed: UInt64 = 7
    package var usesOtherSettings = true
    package var decibels = 20.0
    package var threads = 2
    package var resamples = 2000
    /// Lists with a question in words, without one, or both.
    package var queries = Queries.all

    package enum Queries: String, Sendable, CaseIterable { case all, none, only }

    package init(weights: [String]) { self.weights = weights }

    /// Metrics at 5, as the seeds' proof of concept has them.
    package enum Metric: String, Sendable, CaseIterable {
        case hitRate = "HR@5", reciprocalRank = "MRR@5", dcg = "DCG@5"

        func value(_ query: RankedQuery) -> Double {
            switch self {
            case .hitRate: query.hitRate(at: 5)
            case .reciprocalRank: query.reciprocalRank(at: 5)
            case .dcg: query.dcg(at: 5)
            }
        }
    }

    package struct Value: Sendable {
        package var mean, low, high: Double

        package init(mean: Double, low: Double, high: Double) { (self.mean, self.low, self.high) = (mean, low, high) }
    }

    package struct Row: Sendable {
        package var ranker: String
        package var metrics: [Value]
        /// Per metric, mean ÷ that of the seeds' formula − 1, and of F1 bounded + is_focal.
        package var overEffective, overFocused: [Double]
        /// Paired difference of MRR@5 to F1 bounded + is_focal over worlds, and the sign-flip p.
        package var difference: Value
        package var p: Double
        /// Mean MRR@5 per stratum of sessions.
        package var strata: [Value]
        /// Of lists with exactly one relevant row.
        package var single: [Double]
        /// Does the best score tell lists with something relevant from those without?
        package var nothingAUC: Double
    }

    package struct Table: Sendable {
        package var rows: [Row]
        package var lists: Int
        package var emptyLists: Int
        package var worlds: Int
        /// Lists per stratum.
        package var strata: [(name: String, lists: Int)]
    }

    /// Sessions that a user had, as seed 000 cuts them.
    static let strata: [(name: String, range: ClosedRange<Int>)] = [
        ("1–3", 1...3), ("4–10", 4...10), ("11–50", 11...50), ("above 50", 51...Int.max),
    ]

    /// Row numbers, best first; equal scores in the order of the rows, which is random.
    static func order(_ scores: [Float]) -> [Int] { scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) } }

    /// One list as one ranker has it.
    private struct Judged {
        var world: UInt64
        var sessions: Int
        var query: RankedQuery?
        var best: Float
    }

    package func run() throws -> Table {
        let rankers = try PlantedRankers(weights: weights)
        let histories = try sampled()
        var judged: [String: [Judged]] = [:]
        let terms = PlantedColumns.all.firstIndex(of: "query.terms@1") ?? 0
        for ranker in rankers.all {
            judged[ranker.name] = histories.flatMap { history in
                zip(history.lists, ranker.scores(history)).compactMap { list, scores -> Judged? in
                    let hasQuery = list.columns[terms] > 0
                    if queries != .all, hasQuery != (queries == .only) { return nil }
                    return Judged(
                        world: history.world, sessions: list.sessions,
                        query: RankedQuery(ranking: Self.order(scores), relevant: list.relevant), best: scores.max() ?? 0)
                }
            }
        }
        let effective = judged[FormulaRanker.effective.name] ?? []
        let focused = judged[FormulaRanker.focused.name] ?? []
        let rows = rankers.all.map { row($0.name, judged[$0.name] ?? [], effective, focused) }
        return Table(
            rows: rows, lists: focused.count { $0.query != nil }, emptyLists: focused.count { $0.query == nil },
            worlds: worlds,
            strata: Self.strata.map { stratum in
                (stratum.name, focused.count { $0.query != nil && stratum.range.contains($0.sessions) })
            })
    }

    private func sampled() throws -> [PlantedHistory] {
        var sample = PlantedSample(settings: usesOtherSettings ? .other : WorldSettings())
        sample.situations = 0
        sample.settings.noise.decibels = decibels
        // Cold starts in every world: strata need lists.
        sample.startsCold = true
        let first = 0x6000_0000_0000 &+ seed &* 1_000_000
        return try PlantedTraining.histories(sample, seeds: first..<first + UInt64(worlds), threads: threads)
    }

    private func row(_ name: String, _ own: [Judged], _ effective: [Judged], _ focused: [Judged]) -> Row {
        let asked = own.filter { $0.query != nil }
        func means(_ lists: [Judged]) -> [Double] {
            let queries = lists.compactMap(\.query)
            return Metric.allCases.map { metric in
                queries.reduce(0) { $0 + metric.value($1) } / Double(max(queries.count, 1))
            }
        }
        func interval(_ values: [Double], _ worlds: [UInt64]) -> Value {
            let interval = BootstrapInterval(Sample(values, clusters: worlds), resamples: resamples, seed: seed)
            return Value(mean: interval.mean, low: interval.low, high: interval.high)
        }
        let worlds = asked.map(\.world)
        let mean = means(own)
        func over(_ base: [Judged]) -> [Double] { zip(mean, means(base)).map { $0 / max($1, 1e-12) - 1 } }
        func mrr(_ lists: [Judged]) -> [Double] { lists.compactMap { $0.query?.reciprocalRank(at: 5) } }
        let paired = Sample.paired(mrr(own), mrr(focused), clusters: worlds)
        let difference = BootstrapInterval(paired, resamples: resamples, seed: seed)
        let single = own.filter { $0.query?.goldCount == 1 }
        return Row(
            ranker: name,
            metrics: Metric.allCases.map { metric in interval(asked.compactMap { $0.query.map(metric.value) }, worlds) },
            overEffective: over(effective), overFocused: over(focused),
            difference: Value(mean: difference.mean, low: difference.low, high: difference.high),
            p: SignFlipTest(paired, seed: seed).p,
            strata: Self.strata.map { stratum in
                let part = asked.filter { stratum.range.contains($0.sessions) }
                return part.isEmpty ? Value(mean: .nan, low: .nan, high: .nan) : interval(mrr(part), part.map(\.world))
            },
            single: means(single), nothingAUC: Self.auc(own))
    }

    /// Does the best score tell lists with something relevant from those without? NaN where one kind is missing.
    private static func auc(_ lists: [Judged]) -> Double {
        Discrimination.areaUnderCurve(scores: lists.map { Double($0.best) }, isRelevant: lists.map { $0.query != nil }) ?? .nan
    }
}

import Evaluation

/// Turns runs over the same queries into the rows of a table.
struct Comparison {
    var metrics: [String]
    var resamples = 2000
    var seed: UInt64 = 7
    /// What is drawn and flipped as a whole, per query: its user. nil = each query on its own.
    var clusters: [Int]?
    /// What a query counts in the mean, 1 on average: a macro average over parts weighs small parts' queries more.
    var weights: [Double]?

    init(_ metrics: [String]) { self.metrics = metrics }

    func method(_ unit: String) -> String {
        "95 % BCa bootstrap over \(unit), \(resamples) resamples; p: sign flips of \(unit); seed \(seed)"
    }

    func rows(_ runs: [RankerRun]) -> [ComparisonTable.Row] {
        let best = metrics.indices.map { bestBaseline(runs, metric: $0) }
        return runs.enumerated().map { number, run in
            let figures = metrics.indices.map { metric in
                figure(runs, number, metric, against: best[metric], nil)
            }
            return ComparisonTable.Row(
                ranker: run.name, isBaseline: run.isBaseline, figures: figures,
                millisecondsPerQuery: run.millisecondsPerQuery, scorers: run.scorers, degraded: run.degraded)
        }
    }

    /// - Parameter stratum: Of each query, an index into `ColdStart.strata`.
    func strata(_ runs: [RankerRun], of stratum: [Int]) -> ComparisonTable.Strata {
        let all = ColdStart.strata
        let members = all.indices.map { wanted in stratum.indices.filter { stratum[$0] == wanted } }
        let (hits, gain) = (place(of: .hitRate10), place(of: .dcg10))
        let best = [hits, gain].map { bestBaseline(runs, metric: $0) }
        let rows = runs.indices.map { number in
            func figures(_ metric: Int, against baseline: Int?) -> [ComparisonTable.Figure?] {
                members.map { $0.isEmpty ? nil : figure(runs, number, metric, against: baseline, $0) }
            }
            var row = ComparisonTable.StratumRow(
                ranker: runs[number].name, hitRate10: figures(hits, against: best[0]), dcg10: figures(gain, against: best[1]))
            if let baseline = best[1], baseline != number {
                let comparisons = members.map { $0.isEmpty ? nil : comparison(runs, number, gain, against: baseline, $0) }
                row.crossover = ColdStart.crossover(comparisons).map { all[$0].name }
            }
            return row
        }
        return ComparisonTable.Strata(names: all.map(\.name), queries: members.map(\.count), rows: rows)
    }

    private func place(of metric: RankingMetric) -> Int {
        guard let place = metrics.firstIndex(of: metric.rawValue) else {
            preconditionFailure("strata need \(metric.rawValue) among the metrics")
        }
        return place
    }

    private func bestBaseline(_ runs: [RankerRun], metric: Int) -> Int? {
        runs.indices.filter { runs[$0].isBaseline }.max { mean(runs[$0].values[metric]) < mean(runs[$1].values[metric]) }
    }

    private func mean(_ values: [Double]) -> Double { sample(values, nil).mean }

    private func figure(
        _ runs: [RankerRun], _ number: Int, _ metric: Int, against baseline: Int?, _ members: [Int]?
    ) -> ComparisonTable.Figure {
        let interval = BootstrapInterval(sample(runs[number].values[metric], members), resamples: resamples, seed: seed)
        var figure = ComparisonTable.Figure(
            metric: metrics[metric], mean: interval.mean, low: interval.low, high: interval.high)
        if let baseline, baseline != number {
            let found = comparison(runs, number, metric, against: baseline, members)
            figure.difference = ComparisonTable.Difference(
                baseline: runs[baseline].name, mean: found.difference, low: found.interval.low, high: found.interval.high,
                p: found.test.p, smallestDetectable: found.smallestDetectable)
        }
        return figure
    }

    private func comparison(
        _ runs: [RankerRun], _ number: Int, _ metric: Int, against baseline: Int, _ members: [Int]?
    ) -> PairedComparison {
        let differences = zip(runs[number].values[metric], runs[baseline].values[metric]).map { $0 - $1 }
        return PairedComparison(sample(differences, members), resamples: resamples, seed: seed)
    }

    /// - Parameter members: Only these queries; nil = all.
    private func sample(_ values: [Double], _ members: [Int]?) -> Sample {
        let weighted = weights.map { zip(values, $0).map { $0 * $1 } } ?? values
        let kept = members.map { $0.map { weighted[$0] } } ?? weighted
        guard let clusters else { return Sample(kept) }
        return Sample(kept, clusters: members.map { $0.map { clusters[$0] } } ?? clusters)
    }

    /// Weights by which every part counts alike.
    static func macroWeights(parts: [Int]) -> [Double] {
        let counts = parts.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
        return parts.map { Double(parts.count) / Double(counts.count * (counts[$0] ?? 1)) }
    }
}

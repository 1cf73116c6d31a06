import Evaluation

extension PathEvaluation {
    func compare(_ comparison: Comparison, progress: (_ done: Int, _ total: Int) -> Void) throws -> ComparisonTable {
        let judged = try judged(progress: progress)
        var comparison = comparison
        comparison.metrics = Self.metrics.map(\.name)
        func values(_ ranks: [TiedRank]) -> [[Double]] { Self.metrics.map { ranks.map($0.value) } }
        var runs = zip(PathBaseline.allCases, judged.baselines).map {
            RankerRun($0.rawValue, isBaseline: true, values: values($1))
        }
        if let own = judged.own {
            var run = RankerRun(
                own.scorers.sorted().first ?? "nobody", isBaseline: false, values: values(own.ranks),
                millisecondsPerQuery: own.millisecondsPerQuery)
            (run.scorers, run.degraded) = (own.scorers.sorted(), own.degraded.sorted())
            runs.append(run)
        }
        return ComparisonTable(
            dataset: judged.dataset, kind: "paths",
            task: "the true tail among sampled candidates with their paths; equal scores count as every order of them",
            queries: judged.count, unit: "questions", units: judged.count, intervalMethod: comparison.method("questions"),
            rows: comparison.rows(runs))
    }
}

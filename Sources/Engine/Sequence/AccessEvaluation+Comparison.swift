import Evaluation

extension AccessEvaluation {
    /// A table over all repositories, each counting alike, with strata by the author's earlier commits; then one per
    /// repository.
    func compare(
        _ comparison: Comparison, progress: (_ part: String, _ done: Int, _ total: Int) -> Void
    ) throws -> [ComparisonTable] {
        let walked = try walked(progress: progress)
        let rankers = AccessBaseline.allCases.map(\.rawValue) + (weights == nil ? [] : ["mamba"])
        var tables: [ComparisonTable] = []
        for part in [nil] + walked.parts.map(Optional.some) {
            let runs = rankers.map { ranker in
                let asked = (walked.found[ranker] ?? []).filter { part == nil || $0.part == part }
                var run = RankerRun(ranker, isBaseline: ranker != "mamba", asked.map(\.query), Self.metrics)
                if ranker == "mamba" {
                    run.millisecondsPerQuery = walked.measured.median / 1000
                    run.scorers = [walked.measured.scorer]
                    run.degraded = walked.measured.degraded.sorted()
                }
                return run
            }
            let asked = (walked.found[rankers[0]] ?? []).filter { part == nil || $0.part == part }
            guard !asked.isEmpty else { continue }
            var comparison = comparison
            if part == nil {
                comparison.weights = Comparison.macroWeights(parts: asked.map { walked.parts.firstIndex(of: $0.part) ?? 0 })
            }
            var table = ComparisonTable(
                dataset: part.map { "\(folder), \($0)" } ?? "\(folder), macro average over \(walked.parts.count) repositories",
                kind: "accesses",
                task: "before each commit of a repository's last fifth all live files are ranked; those it touches count",
                queries: asked.count, unit: "commits", units: asked.count, intervalMethod: comparison.method("commits"),
                rows: comparison.rows(runs))
            table.strata = part == nil
                ? comparison.strata(runs, of: asked.map { ColdStart.stratum(earlierEvents: $0.earlierEvents) }) : nil
            tables.append(table)
        }
        return tables
    }
}

import Evaluation

extension SequenceEvaluation {
    static let compared: [RankingMetric] = [.hitRate5, .hitRate10, .reciprocalRank10, .dcg10]

    /// Two tables: all items as rivals, and a hundred sampled ones. One relevant item, so DCG@10 is nDCG@10.
    func compare(
        _ comparison: Comparison, progress: (_ ranker: String, _ done: Int, _ total: Int) -> Void
    ) throws -> [ComparisonTable] {
        let judged = try judged(progress: progress)
        func table(_ task: String, _ queries: (Int) -> [RankedQuery]) -> ComparisonTable {
            let runs = judged.runs.enumerated().map { place, run in
                var made = RankerRun(
                    run.name, isBaseline: run.isBaseline, queries(place), Self.compared,
                    millisecondsPerQuery: run.millisecondsPerQuery)
                made.degraded = run.isBaseline ? [] : judged.degraded
                return made
            }
            return ComparisonTable(
                dataset: folder, kind: "sequences", task: task, queries: judged.queries, unit: "users", units: judged.queries,
                intervalMethod: comparison.method("users"), rows: comparison.rows(runs))
        }
        return [
            table("each user's last item among all \(judged.items) items but the user's others") { judged.runs[$0].full },
            table("each user's last item among a hundred sampled rivals (seqrec/README.md)") { judged.runs[$0].sampled },
        ]
    }
}

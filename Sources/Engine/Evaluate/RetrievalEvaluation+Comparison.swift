import Evaluation

extension RetrievalEvaluation {
    static let compared: [RankingMetric] = [.recall5, .recall10, .hitRate5, .reciprocalRank, .dcg10]

    /// FTS5 and F1 through the real store, a plugins.json's scorers if one is given, and BASELINES.md's text rankers beside
    /// them. With a plugins.json F1 is a baseline like them: what is learned must beat it.
    func compare(
        _ comparison: Comparison, progress: (_ ranker: String, _ done: Int, _ total: Int) -> Void
    ) throws -> ComparisonTable {
        let dataset = try read { () throws(ImportError) in try Dataset(folder: folder) }
        let all = try read { () throws(ImportError) in try dataset.queries().queries }
        let judged = try judged(progress: progress)
        let row = Dictionary(all.enumerated().map { ($1.id, $0) }) { first, _ in first }
        let asked = judged.questions.map { (query: $0, row: row[$0.id] ?? Int.max) }
        var baselines = try TextRankers(dataset).rankings(asked)
        var subjects = judged.rankings
        if dataset.kind == .madial {
            let madial = try read { () throws(ImportError) in try MadialRankings(dataset) }
            let last = asked.map { question in
                var query = question.query
                query.question = madial.lastTurn(of: query)
                return (query: query, row: question.row)
            }
            for var ranking in try TextRankers(dataset).rankings(last) where ranking.name == "bm25" {
                ranking.name = "bm25 (last turn)"
                baselines.append(ranking)
            }
            baselines += baselines.filter { $0.name == "bm25" }.map { madial.filtered($0, judged.questions) }
            baselines += madial.publishedRankings(judged.questions)
            subjects = subjects.flatMap { [$0, madial.filtered($0, judged.questions)] }
        }
        let runs = baselines.map { run($0, judged.questions, isBaseline: true) }
            + subjects.map { run($0, judged.questions, isBaseline: $0.name.hasPrefix("fts5") || isBar($0.name)) }
        return ComparisonTable(
            dataset: dataset.folder, kind: dataset.kind.rawValue,
            task: """
                all memories of a question's conversation (\(judged.memories) in all); those named as evidence count; scorers \
                rank the \(poolSize ?? 200) likeliest
                """,
            queries: judged.questions.count, unit: "questions", units: judged.questions.count,
            intervalMethod: comparison.method("questions"), rows: comparison.rows(runs))
    }

    /// F1 is the bar where somebody else is measured, and the measured one where nobody is.
    private func isBar(_ name: String) -> Bool { plugins != nil && !name.hasPrefix("plugins: ") }

    private func run(_ ranking: RetrievalRanking, _ questions: [EvaluationQuery], isBaseline: Bool) -> RankerRun {
        var run = RankerRun(
            ranking.name.hasPrefix("bounded") ? "F1" + ranking.name.dropFirst("bounded".count) : ranking.name, isBaseline: isBaseline, ranking.queries(questions), Self.compared,
            millisecondsPerQuery: ranking.scorers.isEmpty ? nil : ranking.millisecondsPerQuery)
        (run.scorers, run.degraded) = (ranking.scorers, ranking.degraded)
        return run
    }

    private func read<Value>(_ body: () throws(ImportError) -> Value) throws -> Value {
        do throws(ImportError) { return try body() } catch { throw EngineError(.invalidInput, error.description) }
    }
}

import Evaluation

/// What the scorer itself came to.
struct OwnRanks {
    private(set) var ranks: [TiedRank] = []
    private(set) var scorers: Set<String> = []
    private(set) var degraded: Set<String> = []
    private var spent = Duration.zero

    var millisecondsPerQuery: Double { spent.milliseconds / Double(max(ranks.count, 1)) }

    mutating func ask(_ engine: Engine, _ request: ScoreRequest, relevant: Int) throws {
        let start = ContinuousClock.now
        let ranking = try engine.score(request)
        spent += ContinuousClock.now - start
        var scores = [Float](repeating: -.infinity, count: request.candidates.count)
        for memory in ranking.memories { if let place = Int(memory.id) { scores[place] = memory.score } }
        ranks.append(TiedRank(scores: scores, relevant: relevant))
        scorers.formUnion(ranking.scorers)
        degraded.formUnion(ranking.degraded)
    }

    func row(
        _ measured: ([TiedRank]) -> [(name: String, mean: Double, low: Double, high: Double)]
    ) -> PathEvaluation.Row {
        PathEvaluation.Row(
            ranker: scorers.sorted().first ?? "nobody", metrics: measured(ranks),
            millisecondsPerQuery: millisecondsPerQuery, scorers: scorers.sorted(),
            degraded: degraded.sorted())
    }
}

import Platform

extension Configuration {
    func score(_ request: ScoringRequest, columns: ([String]) -> ColumnBlock) -> TurnScores {
        let started = platform_monotonic_ns()
        let budget = settings.turn.scoringBudgetMilliseconds * 1e6
        let calls = max(1, (request.rowCount + settings.turn.rowsPerCall - 1) / settings.turn.rowsPerCall)
        let reserve = Int64(settings.turn.selectionReserveMilliseconds * 1e6)
        let deadline =
            request.deadlineNanoseconds.map { $0 - reserve } ?? (started + Int64(budget) * Int64(calls))
        return withoutActuallyEscaping(columns) { columns in
            let turn = Turn(self, request, deadline: deadline, columns: columns)
            var scores = turn.run()
            scores.elapsedNanoseconds = platform_monotonic_ns() - started
            return scores
        }
    }

    /// Ids that the combiner may see, in order.
    var combined: [String] {
        if !settings.combiner.scorers.isEmpty { return settings.combiner.scorers }
        return settings.scorers.filter(\.isEnabled).map(\.id)
    }
}

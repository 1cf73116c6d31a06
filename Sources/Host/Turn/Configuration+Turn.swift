import Platform

extension Configuration {
    /// The caller's own deadline as an instant.
    package func deadline(inMilliseconds milliseconds: Double) -> Int64 {
        // An hour at most: far below overflow, far above any turn.
        platform_monotonic_ns() + Int64(min(max(milliseconds, 0), 3_600_000) * 1e6)
    }

    package func score(_ request: ScoringRequest, columns: ([String]) -> ColumnBlock) -> TurnScores {
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
            for (model, inputs) in turn.probes { Model.prober.submit { model.probe(inputs) } }
            return scores
        }
    }

    /// Ids that the combiner may see, in order.
    var combined: [String] { Self.combined(settings) }

    static func combined(_ settings: PluginsFile) -> [String] {
        if !settings.combiner.scorers.isEmpty { return settings.combiner.scorers }
        return settings.scorers.filter(\.isEnabled).map(\.id)
    }
}

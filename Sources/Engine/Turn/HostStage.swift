import Host

/// The scoring stage that is made of libraries.
struct HostStage: ScoringStage {
    let host: ScorerHost

    var scorerIDs: [String] { host.configuration.models.map(\.id) + [FloorScorer.id] }

    func score(_ rows: StageRows) -> StageScores {
        var request = HostRequest(rows: rows.count, ids: rows.ids, columns: rows.columns)
        request.query = rows.query
        request.nowMilliseconds = rows.nowMilliseconds
        request.utcOffsetSeconds = rows.utcOffsetSeconds
        request.request = rows.request
        request.deadlineMilliseconds = rows.deadlineMilliseconds
        request.wantsParts = rows.wantsParts
        request.scorers = rows.scorers
        let answer = host.score(request)
        return StageScores(
            scores: answer.scores, partNames: answer.partNames, parts: answer.parts, scorers: answer.scorers, degraded: answer.degraded)
    }
}

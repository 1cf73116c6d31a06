import Features
import Foundation
import Storage

/// One search from question to logged answer.
struct TurnRun {
    let store: Store
    let stage: any ScoringStage
    let configurationHash: String
    let idKey: UInt64
    var width = PoolWidth()

    func search(_ request: SearchRequest) throws -> Ranking {
        let clock = ContinuousClock()
        let start = clock.now
        let now = request.nowMilliseconds ?? Int64(Date().timeIntervalSince1970 * 1000)
        let offset =
            request.utcOffsetSeconds
            ?? TimeZone.current.secondsFromGMT(for: Date(timeIntervalSince1970: Double(now) / 1000))
        var timings = TurnTimings()
        let events = TurnEvent(store: store, idKey: idKey)
        let pool = try PoolBuilder(
            store: store, request: request, nowMilliseconds: now, utcOffsetSeconds: offset, width: width,
            wanted: stage.wantedColumns
        ).build()
        timings.candidates = (clock.now - start).milliseconds

        let prefilter = clock.now
        let kept = Fusion.order(pool.facts, turn: pool.turn, rows: pool.rows).prefix(width.toScorers)
        var facts = kept.map { pool.facts[$0] }
        var turn = pool.turn
        if ContextEvidence.isWanted(stage.wantedColumns) {
            let past = try ContextEvidence(
                store: store, pool: kept.map { pool.rows[$0].rowid }, request: request, session: events.key(request.scope),
                nowMilliseconds: now, utcOffsetSeconds: offset)
            turn.context = past.turn
            for (place, index) in kept.enumerated() { facts[place].context = past.facts[pool.rows[index].rowid] }
        }
        // After the turn has looked back, before any scorer uses it.
        let event =
            request.remember ? try events.freeze(request, nowMilliseconds: now, utcOffsetSeconds: offset) : nil
        timings.features = (clock.now - prefilter).milliseconds

        let scoring = clock.now
        let retrievalID = RetrievalID.make()
        let scores = stage.score(
            StageRows(
                count: facts.count, ids: kept.map { RowID.make(pool.rows[$0].id, key: idKey) },
                columns: { [facts, turn] names throws in
                    let matrix = try ColumnMatrix(names: names, candidates: facts, turn: turn)
                    return (matrix.values, matrix.present)
                },
                texts: { self.texts(kept.map { pool.rows[$0].rowid }) },
                embeddings: {
                    self.embeddings(kept.map { pool.rows[$0].rowid }, model: request.embeddingModel)
                },
                query: request.query, queryEmbedding: request.queryEmbedding, nowMilliseconds: now,
                utcOffsetSeconds: offset,
                request: RowID.make(retrievalID, key: idKey),
                deadlineMilliseconds: request.deadlineMilliseconds,
                session: event.map { ($0.session, $0.sequence) },
                wantsParts: true, scorers: request.scorers))
        timings.scoring = (clock.now - scoring).milliseconds

        let selecting = clock.now
        let sampling = request.sampling
        let slate = Slate(limit: request.limit, tokenBudget: request.tokenBudget, sampling: sampling)
        let entries = slate.select(
            kept.enumerated().map { place, index in
                let row = pool.rows[index]
                return SlateCandidate(
                    score: scores.scores[place], createdAtMilliseconds: row.createdAtMilliseconds,
                    tokens: (row.textBytes + 3) / 4,
                    keepsPlace: row.isPinned || row.isConstraint, excluded: exclusion(row, now))
            })
        let keptIndices = Array(kept)
        let texts = try store.texts(
            entries.filter { $0.position != nil || request.explain }.map {
                pool.rows[keptIndices[$0.index]].rowid
            })
        let partCount = scores.partNames.count
        var logged: [TurnCandidate] = []
        var ranking = Ranking(retrievalID: retrievalID, memories: [])
        for entry in entries {
            let index = keptIndices[entry.index]
            let row = pool.rows[index]
            let parts =
                partCount > 0
                ? Array(scores.parts[(entry.index * partCount)..<((entry.index + 1) * partCount)]) : []
            var candidate = TurnCandidate(
                    rowid: row.rowid, rank: entry.rank, position: entry.position, tier: entry.tier,
                    score: scores.scores[entry.index],
                    propensity: entry.propensity, isDeterministic: entry.isDeterministic,
                    isPinned: row.isPinned,
                    dropReason: entry.dropped?.rawValue, sources: pool.sources[index], parts: parts)
            let weighed = scores.weighed.count
            candidate.values = Array(scores.values[(entry.index * weighed)..<((entry.index + 1) * weighed)])
            logged.append(candidate)
            guard entry.position != nil || request.explain else { continue }
            var memory = RankedMemory(id: row.id, score: scores.scores[entry.index], rank: entry.rank)
            memory.text = texts[row.rowid]?.text
            memory.author = texts[row.rowid]?.author
            memory.createdAtMilliseconds = row.createdAtMilliseconds
            memory.position = entry.position
            memory.tier = entry.tier
            memory.dropped = entry.dropped
            memory.propensity = entry.propensity
            memory.isDeterministic = entry.isDeterministic
            memory.isPinned = row.isPinned
            memory.sources = pool.sources[index]
            let named = zip(scores.partNames, parts).map { ScorePart(name: $0, value: $1) }.filter {
                $0.value != 0
            }
            if request.explain { memory.parts = named }
            memory.why = WhySentence.make(
                parts: named, matchedTerms: pool.matchedTerms(index),
                ageDays: max(0, Double(now - row.createdAtMilliseconds) / 86_400_000))
            ranking.memories.append(memory)
        }
        timings.selection = (clock.now - selecting).milliseconds

        ranking.scorers = scores.scorers
        ranking.degraded = scores.degraded
        ranking.confidence = scores.confidence.map(Double.init)
        ranking.poolCount = pool.rows.count
        let logging = clock.now
        if request.remember {
            var record = TurnRecord(
                retrievalID: retrievalID, scope: request.scope, atMilliseconds: now, query: request.query,
                wanted: request.limit,
                poolCount: pool.rows.count, scorers: scores.scorers, degraded: scores.degraded,
                partNames: scores.partNames,
                configuration: configurationHash, candidates: logged)
            record.weighed = scores.weighed
            record.confidence = ranking.confidence
            record.session = request.session
            record.turnKey = request.turn
            record.actor = request.actor
            record.temperature = sampling?.temperature
            record.seed = sampling?.seed
            try store.record(record)
        }
        timings.logging = (clock.now - logging).milliseconds
        timings.total = (clock.now - start).milliseconds
        ranking.timings = timings
        return ranking
    }

    /// For scorers that are granted texts. A store that fails here costs them their input, not the turn its answer.
    private func texts(_ rowids: [Int64]) -> [String] {
        let found = (try? store.texts(rowids)) ?? [:]
        return rowids.map { found[$0]?.text ?? "" }
    }

    private func embeddings(_ rowids: [Int64], model: String?) -> [[Float]?] {
        let found = (try? store.embeddings(rowids, model: model)) ?? [:]
        return rowids.map { found[$0] }
    }

    private func exclusion(_ row: CandidateRow, _ now: Int64) -> DropReason? {
        if row.supersededBy != nil { return .superseded }
        if let until = row.validUntilMilliseconds, until <= now { return .expired }
        if let from = row.validFromMilliseconds, from > now { return .expired }
        return nil
    }
}

extension Duration {
    var milliseconds: Double {
        Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
    }
}

import Features
import Foundation
import Host
import Storage

/// Ranks candidates that the caller brings: columns are computed from what they say of themselves, text statistics
/// from their own texts.
struct CallerRun {
    let stage: any ScoringStage
    let idKey: UInt64

    func score(_ request: ScoreRequest) throws -> Ranking {
        if let problem = CallerPath.problem(request.candidates) { throw EngineError(.invalidInput, problem) }
        for candidate in request.candidates {
            guard let problem = CallerPath.problem(candidate.paths) else { continue }
            throw EngineError(
                .invalidInput, "candidate \(candidate.id): \(problem.key) is \(problem.found); allowed: \(problem.allowed)")
        }
        let clock = ContinuousClock()
        let start = clock.now
        let now = request.nowMilliseconds ?? Int64(Date().timeIntervalSince1970 * 1000)
        let offset = request.utcOffsetSeconds ?? TimeZone.current.secondsFromGMT()
        var turn = TurnFacts()
        turn.nowMilliseconds = now
        turn.utcOffsetSeconds = offset
        var facts = request.candidates.map { CandidateFacts($0, now: now) }
        var matched = [[String]](repeating: [], count: facts.count)
        if !request.query.isEmpty { matched = addText(request, &facts, &turn, offset) }
        if let query = request.queryEmbedding { addCosines(request.candidates, query, &facts, &turn) }
        turn.measurePool(facts)
        let history = CallerHistory(idKey: idKey, utcOffsetSeconds: offset)
        let events = request.events.isEmpty ? nil : try history.given(request.events)
        var timings = TurnTimings()
        timings.features = (clock.now - start).milliseconds

        let scoring = clock.now
        let (finalFacts, finalTurn) = (facts, turn)
        let answer = stage.score(
            StageRows(
                count: facts.count, ids: request.candidates.map { RowID.make($0.id, key: idKey) },
                columns: { names throws in
                    let matrix = try ColumnMatrix(names: names, candidates: finalFacts, turn: finalTurn)
                    return (matrix.values, matrix.present)
                },
                texts: { request.candidates.map { $0.text ?? "" } },
                embeddings: { request.candidates.map(\.embedding) },
                paths: { PathBlock(request.candidates, idKey: idKey) },
                query: request.query, queryEmbedding: request.queryEmbedding, nowMilliseconds: now,
                utcOffsetSeconds: offset, request: 0,
                deadlineMilliseconds: request.deadlineMilliseconds, events: events, wantsParts: request.explain,
                scorers: request.scorers))
        timings.scoring = (clock.now - scoring).milliseconds

        let entries = Slate(limit: request.limit ?? facts.count, tokenBudget: nil, sampling: nil).select(
            facts.indices.map {
                SlateCandidate(
                    score: answer.scores[$0],
                    createdAtMilliseconds: request.candidates[$0].createdAtMilliseconds ?? 0, tokens: 0,
                    keepsPlace: facts[$0].isPinned, excluded: nil)
            })
        var ranking = Ranking(retrievalID: "", memories: [])
        let partCount = answer.partNames.count
        for entry in entries where entry.position != nil || request.explain {
            let candidate = request.candidates[entry.index]
            var memory = RankedMemory(id: candidate.id, score: answer.scores[entry.index], rank: entry.rank)
            memory.text = candidate.text
            memory.author = candidate.author
            memory.createdAtMilliseconds = candidate.createdAtMilliseconds
            memory.position = entry.position
            memory.tier = entry.tier
            memory.dropped = entry.dropped
            memory.isPinned = candidate.isPinned
            memory.sources = ["caller"]
            if request.explain { memory.paths = Self.paths(of: entry.index, request.candidates, answer) }
            if partCount > 0 {
                memory.parts = zip(
                    answer.partNames,
                    answer.parts[(entry.index * partCount)..<((entry.index + 1) * partCount)]
                )
                .map { ScorePart(name: $0, value: $1) }.filter { $0.value != 0 }
                memory.why = WhySentence.make(
                    parts: memory.parts, matchedTerms: matched[entry.index], ageDays: nil)
            }
            ranking.memories.append(memory)
        }
        ranking.memories.sort { ($0.rank) < ($1.rank) }
        ranking.scorers = answer.scorers
        ranking.degraded = answer.degraded
        ranking.confidence = answer.confidence.map(Double.init)
        ranking.poolCount = facts.count
        timings.total = (clock.now - start).milliseconds
        ranking.timings = timings
        return ranking
    }

    /// A candidate's paths with what the scorers said of each; the answer counts them over all candidates.
    private static func paths(
        of row: Int, _ candidates: [CallerCandidate], _ answer: StageScores
    ) -> [RankedPath] {
        let first = candidates[..<row].reduce(0) { $0 + $1.paths.count }
        return candidates[row].paths.enumerated().map { place, path in
            RankedPath(
                hops: path.hops.map(\.id),
                scores: answer.paths.compactMap { said in
                    guard said.values.indices.contains(first + place), let value = said.values[first + place] else { return nil }
                    return ScorePart(name: said.scorer, value: value)
                })
        }
    }

    /// Returns the matched words per candidate.
    private func addText(
        _ request: ScoreRequest, _ facts: inout [CandidateFacts], _ turn: inout TurnFacts, _ offset: Int
    ) -> [[String]] {
        let authors = Array(Set(request.candidates.compactMap(\.author))).sorted()
        let query = QueryAnalysis(question: request.query, authorNames: authors)
        turn.queryTerms = query.terms.count
        turn.namesAuthor = query.namedAuthorCount > 0
        turn.hasDate = query.date != nil
        turn.asksWhen = query.asksWhen
        turn.asksCount = query.asksCount
        let index = CallerTextIndex(candidates: request.candidates, query: query)
        turn.bestPossible = index.match.bestPossible
        let named = query.namedAuthor.map { authors[Int($0)] }
        for row in facts.indices {
            let candidate = request.candidates[row]
            facts[row].text = index.evidence[row]
            facts[row].isNamedAuthor = named != nil && candidate.author == named
            facts[row].otherAuthorNamed = named != nil && candidate.author != named
            if let created = candidate.createdAtMilliseconds {
                facts[row].dateMatch =
                    query.date.map { DateMatch.value($0, atMilliseconds: created, utcOffsetSeconds: offset) }
                    ?? 0
            }
        }
        return index.matchedTerms
    }

    /// Σ a·b and Σ a², sixteen at a time: one running sum would wait for itself.
    private static func products(_ a: [Float], _ b: [Float]) -> (dot: Float, squares: Float) {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                var (dot, squares) = (SIMD16<Float>(), SIMD16<Float>())
                let whole = a.count / 16 * 16
                let (left, right) = (UnsafeRawPointer(a.baseAddress), UnsafeRawPointer(b.baseAddress))
                if let left, let right {
                    for place in stride(from: 0, to: whole * 4, by: 64) {
                        let x = (left + place).loadUnaligned(as: SIMD16<Float>.self)
                        dot += x * (right + place).loadUnaligned(as: SIMD16<Float>.self)
                        squares += x * x
                    }
                }
                var result = (dot: dot.sum(), squares: squares.sum())
                for place in whole..<a.count {
                    result.dot += a[place] * b[place]
                    result.squares += a[place] * a[place]
                }
                return result
            }
        }
    }

    private func addCosines(
        _ candidates: [CallerCandidate], _ query: [Float], _ facts: inout [CandidateFacts],
        _ turn: inout TurnFacts
    ) {
        let norm = query.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard norm > 0, norm.isFinite else { return }
        turn.hasVectors = true
        for row in candidates.indices {
            guard let vector = candidates[row].embedding, vector.count == query.count else { continue }
            let (dot, squares) = Self.products(vector, query)
            let cosine = dot / (norm * squares.squareRoot())
            if cosine.isFinite { facts[row].cosine = cosine }
        }
        let ranked = facts.indices.filter { facts[$0].cosine != nil }.sorted {
            (facts[$0].cosine ?? 0) > (facts[$1].cosine ?? 0)
        }
        for (rank, row) in ranked.enumerated() { facts[row].vectorRank = rank }
    }
}

extension CandidateFacts {
    init(_ candidate: CallerCandidate, now: Int64) {
        self.init()
        let written = TextTraits(text: candidate.text ?? "", caption: candidate.caption)
        createdAtMilliseconds = candidate.createdAtMilliseconds ?? now
        lastAccessMilliseconds = candidate.lastAccessMilliseconds
        accessCount = candidate.accessCount
        importance = candidate.importance.map(Float.init)
        isPinned = candidate.isPinned
        isConstraint = candidate.isConstraint
        isEmbedded = candidate.embedding != nil
        newerVersions = candidate.isSuperseded ? 1 : 0
        traits.tokenCount = written.tokenCount
        traits.asksQuestion = written.asksQuestion
        traits.namesTime = written.namesTime
        traits.firstPersonShare = written.firstPersonShare
        hasMedia = candidate.caption != nil
        ordinal = candidate.ordinal
        given = candidate.columns
    }
}

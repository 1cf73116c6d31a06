import Testing

@testable import Storage

@Suite struct TelemetryTests {
    private let scope = Scope()

    private func storeWithTurn() throws -> (TemporaryStore, TurnRecord) {
        let t = try TemporaryStore()
        let report = try t.store.add([.sample("tea", id: "a"), .sample("coffee", id: "b")])
        let turn = TurnRecord(
            retrievalID: "r1", session: "s", atMilliseconds: 100, query: "what to drink?", arm: "control",
            scorerVersions: ["heuristic": "1.0"], configurationHash: "abc", contributionNames: ["text", "use"],
            seed: .max, temperature: 0.5, requested: 5, tokenBudget: 100, latencyNanoseconds: 42,
            degraded: nil,
            candidates: [
                TurnCandidate(
                    rowid: report.inserted[1].rowid, id: "b", rank: 1, position: 2, score: 1.5,
                    contributions: [1, 0.5], propensity: 0.25, isDeterministic: false, injected: true),
                TurnCandidate(
                    rowid: report.inserted[0].rowid, id: "a", rank: 2, score: 0.5, contributions: [0.5, 0],
                    dropReason: "budget"),
                TurnCandidate(rowid: nil, id: "callers", rank: 3, score: 0, contributions: [0, 0]),
            ])
        try t.store.recordTurn(turn, scope: scope)
        return (t, turn)
    }

    @Test func aTurnComesBackWithEveryCandidate() throws {
        let (t, turn) = try storeWithTurn()
        #expect(try t.store.turn(scope: scope, retrievalID: "r1") == turn)
        #expect(try t.store.turn(scope: Scope(user: "other"), retrievalID: "r1") == nil)
        #expect(try t.store.recentTurns(scope: scope, limit: 5) == ["r1"])
        let rows = try t.store.candidateRows(scope: scope, rowids: turn.candidates.compactMap(\.rowid))
        #expect(rows.map(\.accessCount) == [1, 0])
        #expect(rows[0].lastAccessMilliseconds == 100)
        #expect(try t.store.pastQueries(scope: scope, rowids: rows.map(\.rowid)).map { $0.map(\.text) }
            == [["what to drink?"], []])
        let error = #expect(throws: StorageError.self) { try t.store.recordTurn(turn, scope: scope) }
        #expect(error?.code == .idTaken)
    }

    @Test func feedbackCountsOnceAndARevisionReplaces() throws {
        let (t, turn) = try storeWithTurn()
        let good = Feedback(memoryID: "b", kind: "relevance", value: 1)
        #expect(try t.store.recordFeedback(scope: scope, retrievalID: "r1", [good], atMilliseconds: 1) == 1)
        #expect(try t.store.recordFeedback(scope: scope, retrievalID: "r1", [good], atMilliseconds: 2) == 0)
        let worse = Feedback(memoryID: "b", kind: "relevance", value: -0.5)
        let own = Feedback(memoryID: "callers", kind: "relevance", value: 0.5)
        #expect(try t.store.recordFeedback(scope: scope, retrievalID: "r1", [worse, own], atMilliseconds: 3) == 2)
        #expect(try t.store.feedback(scope: scope, retrievalID: "r1") == [worse, own])
        let totals = try t.store.feedbackTotals(scope: scope, rowids: turn.candidates.compactMap(\.rowid))
        #expect(totals == [[FeedbackTotal(kind: "relevance", count: 1, sum: -0.5)], []])
    }

    @Test func unknownIDsAreNamedAndNothingIsWritten() throws {
        let (t, _) = try storeWithTurn()
        let mixed = [
            Feedback(memoryID: "b", kind: "used", value: 1), Feedback(memoryID: "zz", kind: "used", value: 1),
        ]
        let error = #expect(throws: StorageError.self) {
            try t.store.recordFeedback(scope: scope, retrievalID: "r1", mixed, atMilliseconds: 1)
        }
        #expect(error?.message.contains("zz") == true)
        #expect(try t.store.feedback(scope: scope, retrievalID: "r1") == [])
        for (other, id) in [(scope, "r2"), (Scope(user: "other"), "r1")] {
            let error = #expect(throws: StorageError.self) {
                try t.store.recordFeedback(scope: other, retrievalID: id, [mixed[0]], atMilliseconds: 1)
            }
            #expect(error?.code == .notFound)
        }
    }

    @Test func aHardForgottenMemoryLeavesTheTelemetryStanding() throws {
        let (t, _) = try storeWithTurn()
        try t.store.forget(scope: scope, ids: ["b"], hard: true, nowMilliseconds: 0)
        let turn = try #require(try t.store.turn(scope: scope, retrievalID: "r1"))
        #expect(turn.candidates.count == 3)
        #expect(turn.candidates[0].rowid == nil)
        #expect(try t.store.integrityCheck() == [])
    }

    @Test func repeatedEventsDoNothingAndUnknownMemoriesAreNamed() throws {
        let (t, _) = try storeWithTurn()
        var commit = NewEvent(key: "c1", kind: "commit", atMilliseconds: 50, utcOffsetMinutes: -60)
        commit.actor = "Ann"
        commit.query = "fix the tea"
        commit.memories = ["a"]
        commit.entities = [EntityMention(name: "x.swift", kind: "file")]
        var bad = NewEvent(key: "c2", kind: "commit", atMilliseconds: 60)
        bad.memories = ["nobody"]
        var report = try t.store.insert(events: [commit, bad, commit], scope: scope)
        #expect((report.inserted, report.skipped) == (1, 1))
        #expect(report.failed.map(\.index) == [1])
        report = try t.store.insert(events: [commit], scope: scope)
        #expect((report.inserted, report.skipped) == (0, 1))
        let events = try t.store.events(scope: scope, limit: 10)
        #expect(events.map(\.key) == ["c1"])
        #expect(events[0].actor == "Ann")
        #expect(events[0].utcOffsetMinutes == -60)
        #expect(events[0].entityIDs == (try t.store.entities(scope: scope, named: ["x.swift"])))
        #expect(try t.store.events(scope: scope, beforeMilliseconds: 50, limit: 10).isEmpty)
    }

    @Test func aScorersStateBelongsToItsWeights() throws {
        let t = try TemporaryStore()
        let state = ScorerState(stateID: "w1", eventSequence: 7, envelope: [1, 2, 3], updatedAtMilliseconds: 4)
        try t.store.putScorerState(state, scope: scope, scorer: "mamba", session: "s")
        #expect(try t.store.scorerState(scope: scope, scorer: "mamba", session: "s", stateID: "w1") == state)
        #expect(try t.store.scorerState(scope: scope, scorer: "mamba", session: "s", stateID: "w2") == nil)
        #expect(try t.store.scorerState(scope: scope, scorer: "mamba", stateID: "w1") == nil)
    }

    @Test func theConfigurationHistoryIsNewestFirst() throws {
        let t = try TemporaryStore()
        let entries = (1...3).map {
            ConfigurationEntry(atMilliseconds: Int64($0), hash: "\($0)", document: "{}", outcome: .activated)
        }
        for entry in entries { try t.store.appendConfiguration(entry) }
        #expect(try t.store.configurationHistory(limit: 2) == [entries[2], entries[1]])
    }

    @Test func theGraphIsReadBothWaysAndStaysInItsScope() throws {
        let t = try TemporaryStore()
        let a = EntityMention(name: "a", kind: "k")
        let b = EntityMention(name: "b", kind: "k")
        var memory = NewMemory.sample("about a", id: "m")
        memory.entities = [a]
        try t.store.add([memory])
        try t.store.put(
            dependencies: [Dependency(source: a, target: b, kind: "uses", strength: 0.5)], scope: scope,
            nowMilliseconds: 0)
        let ids = try t.store.entities(scope: scope, named: ["a", "b"])
        #expect(ids.count == 2)
        #expect(try t.store.edges(of: [ids[0]]) == (try t.store.edges(of: [ids[1]])))
        #expect(try t.store.memories(scope: scope, ofEntities: ids).map(\.entity) == [ids[0]])
        #expect(try t.store.memories(scope: Scope(user: "x"), ofEntities: ids).isEmpty)
    }
}

import Features
import Foundation
import Storage
import Testing

@testable import Engine

/// The columns of `context.v1` through whole turns over a real store.
@Suite struct ContextTests {
    let engine: Engine
    let hour: Int64 = 3_600_000
    var day: Int64 { 24 * hour }
    /// Monday 2023-11-13T09:30:00Z
    let monday: Int64 = 1_699_867_800_000

    init() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/mneme-\(UUID().uuidString)"
        engine = try Engine(
            databasePath: folder + "/store.db",
            configuration: (#"{ "version": 1, "exploration": { "kind": "none" } }"#, folder + "/plugins.json")
        )
        _ = try engine.add(
            [
                memory("report", "The weekly numbers are due.", "Report"),
                memory("boat", "The boat lies near Lucerne.", "Boat"),
                memory("plain", "Nothing is known of the bread.", nil),
            ], scope: Scope())
    }

    private func memory(_ id: String, _ text: String, _ entity: String?) -> NewMemory {
        var memory = NewMemory(text: text, createdAtMilliseconds: monday - 1000)
        memory.id = id
        memory.entities = entity.map { [EntityMention(name: $0, kind: "thing")] } ?? []
        return memory
    }

    /// Scores by one column alone.
    private struct OneColumn: ScoringStage {
        let name: String
        var wantedColumns: Set<String> { [name] }
        func score(_ rows: StageRows) -> StageScores {
            let values = (try? rows.columns([name]).values) ?? []
            return StageScores(scores: values, partNames: [], parts: [], scorers: [name], degraded: [])
        }
    }

    /// The column's value per memory, as a turn's scorer sees it.
    @discardableResult private func turn(
        at now: Int64, focal: [String] = [], column: String = "n_seen",
        _ change: (inout SearchRequest) -> Void = { _ in }
    ) throws -> (values: [String: Float], ranking: Ranking) {
        var request = SearchRequest()
        request.query = "What about it?"
        request.focalEntities = focal
        request.nowMilliseconds = now
        request.utcOffsetSeconds = 0
        request.explain = true
        change(&request)
        let ranking = try TurnRun(
            store: engine.store, stage: OneColumn(name: "context.\(column)@1"), configurationHash: "",
            idKey: engine.idKey
        ).search(request)
        return (Dictionary(uniqueKeysWithValues: ranking.memories.map { ($0.id, $0.score) }), ranking)
    }

    @Test func whatIsInFocusEveryMondayIsLiftedOnAMonday() throws {
        for week in Int64(0)..<5 {
            try turn(at: monday + week * 7 * day, focal: ["Report"])
            try turn(at: monday + (week * 7 + 3) * day, focal: ["boat"])
        }
        let onMonday = try turn(at: monday + 35 * day, column: "dow_lift").values
        let onThursday = try turn(at: monday + 38 * day, column: "dow_lift").values
        #expect((onMonday["report"] ?? 0) > 0.5 && (onMonday["boat"] ?? 0) < -0.5)
        #expect((onThursday["report"] ?? 0) < -0.5 && (onThursday["boat"] ?? 0) > 0.5)
        #expect(onMonday["plain"] == 0)
    }

    @Test func aTurnNeverCountsForItsOwnCandidates() throws {
        #expect(try turn(at: monday, focal: ["Report"]).values["report"] == 0)
        #expect(try turn(at: monday + 1, focal: ["Report"]).values["report"] == Float(log(2.0)))
        #expect(try turn(at: monday + 2).values["report"] == Float(log(3.0)))
    }

    @Test func theSameTurnAgainSeesWhatItSawAtFirst() throws {
        try turn(at: monday, focal: ["Report"])
        let first = try turn(at: monday + 1, focal: ["Report"]) { $0.turn = "t" }.values
        let again = try turn(at: monday + 1, focal: ["Report"]) { $0.turn = "t" }.values
        #expect(first == again)
        #expect(try turn(at: monday + 2).values["report"] == Float(log(3.0)), "and counts once")
    }

    @Test func aTurnThatLeavesNoTraceIsNotCountedButSeesThePast() throws {
        try turn(at: monday, focal: ["Report"])
        for _ in 0..<2 {
            #expect(
                try turn(at: monday + 1, focal: ["Report"]) { $0.remember = false }.values["report"]
                    == Float(log(2.0)))
        }
    }

    @Test func whatIsInFocusIsKnownAtOnceInAnyCase() throws {
        let values = try turn(at: monday, focal: ["REPORT"], column: "is_focal").values
        #expect(values["report"] == 1 && values["boat"] == 0)
        try turn(at: monday + 1, focal: ["report"])
        #expect(try turn(at: monday + 2, focal: ["rePort"], column: "is_focal").values["report"] == 1)
        #expect(try turn(at: monday + 3).values["report"] == Float(log(4.0)))
        #expect(
            try turn(at: monday + 4, focal: ["nobody heard of it"], column: "focal_visible").values["report"]
                == 1)
    }

    @Test func whatWasUsedCountsAndWhatWasOnlyShownDoesNot() throws {
        let first = try turn(at: monday)
        #expect(first.ranking.memories.filter { $0.position != nil }.count == 3)
        _ = try engine.feedback(
            [Feedback(memoryID: "boat", kind: .referenced)], retrievalID: first.ranking.retrievalID)
        let values = try turn(at: monday + hour).values
        #expect(values["boat"] == Float(log(2.0)) && values["report"] == 0)
        // It stays counted when later turns begin.
        #expect(try turn(at: monday + 2 * hour).values == values)
    }

    @Test func whatFollowedLastTimeIsExpectedAgain() throws {
        for round in Int64(0)..<3 {
            try turn(at: monday + round * day, focal: ["Boat"])
            try turn(at: monday + round * day + hour, focal: ["Report"])
            try turn(at: monday + round * day + 2 * hour, focal: ["Else"])
        }
        try turn(at: monday + 4 * day, focal: ["Boat"])
        #expect(
            try turn(at: monday + 4 * day + 1, column: "coact_support") { $0.remember = false }.values[
                "report"] == Float(log(4.0)))
        #expect(try turn(at: monday + 4 * day + 1, column: "coact_lift").values["report"] ?? 0 > 0.4)
        #expect(try turn(at: monday + 4 * day + 2, column: "coact_lift").values["boat"] ?? 0 < 0)
    }

    @Test func usersDoNotSeeEachOthersEvents() throws {
        let other = Scope(user: "someone else", agent: Scope().agent)
        _ = try engine.add([memory("report", "The weekly numbers are due.", "Report")], scope: other)
        try turn(at: monday, focal: ["Report"])
        try turn(at: monday + 1)
        #expect(try turn(at: monday + 2, column: "n_seen") { $0.scope = other }.values["report"] == 0)
        #expect(
            try turn(at: monday + 2, column: "gap_days") { $0.scope = other }.ranking.memories.allSatisfy {
                $0.score == 0
            })
    }

    @Test func damagedCountersCostTheirHistoryNotTheTurn() throws {
        try turn(at: monday, focal: ["Report"])
        try turn(at: monday + 1)
        let broken: CounterFold = { events, _ in
            var bytes = CounterBytes()
            bytes.rhythm = [9, 9]
            for event in events { for id in event.entities { bytes.entities[id] = [] } }
            return bytes
        }
        _ = try engine.store.insert([event("e", at: monday + 2, ["Report"])], scope: Scope())
        try engine.store.countEvents(scope: Scope(), session: 0, fold: broken)
        #expect(try turn(at: monday + 3).values["report"] == 0)
        try turn(at: monday + 4, focal: ["Report"])
        #expect(try turn(at: monday + 5).values["report"] == Float(log(2.0)))
    }

    private func event(_ key: String, at: Int64, _ entities: [String], memories: [String] = []) -> NewEvent {
        var event = NewEvent(key: key, kind: "commit", atMilliseconds: at, utcOffsetMinutes: 0)
        event.entities = entities.map { EntityMention(name: $0, kind: "thing") }
        event.memories = memories
        return event
    }

    @Test func importedHistoryCountsFromTheFirstQuestion() throws {
        // Not in the order of time, and about a memory as well as an entity.
        let events = [
            event("b", at: monday + day, [], memories: ["report"]), event("a", at: monday, ["boat"]),
        ]
        _ = try engine.store.insert(events, scope: Scope())
        try engine.countEvents(scope: Scope())
        #expect(
            try turn(at: monday + 2 * day).values == [
                "report": Float(log(2.0)), "boat": Float(log(2.0)), "plain": 0,
            ])
        #expect(try turn(at: monday + 2 * day, column: "gap_days").values["boat"] == 0)
    }

    @Test func historyThatComesLateIsPutInItsPlace() throws {
        try turn(at: monday + 2 * day, focal: ["Report"])
        try turn(at: monday + 3 * day, focal: ["Else"])
        _ = try engine.store.insert(
            [event("a", at: monday, ["Else"]), event("b", at: monday + day, ["Boat"])], scope: Scope())
        try engine.countEvents(scope: Scope())
        // Else → Boat → Report → Else: only Boat ever followed Else.
        let values = try turn(at: monday + 4 * day, column: "coact_support").values
        #expect(values == ["boat": Float(log(2.0)), "report": 0, "plain": 0])
        #expect(try turn(at: monday + 4 * day + 1).values["report"] == Float(log(2.0)))
    }

    @Test func aChainOfVersionsIsInOrder() throws {
        var (second, third) = (
            memory("second", "The port is 4000", nil), memory("third", "The port is 5000", nil)
        )
        second.supersedes = "report"
        third.supersedes = "second"
        _ = try engine.add([second, third], scope: Scope())
        var request = SearchRequest()
        request.query = "weekly numbers"
        let pool = try PoolBuilder(
            store: engine.store, request: request, nowMilliseconds: monday, utcOffsetSeconds: 0
        ).build()
        let depths = Dictionary(
            uniqueKeysWithValues: zip(pool.rows.map(\.id), pool.facts.map(\.newerVersions)))
        #expect(depths["report"] == 2 && depths["second"] == 1 && depths["third"] == 0)
    }

    @Test func candidatesOfTheCallersOwnHaveNoContextUnlessTheyBringIt() throws {
        var given = CallerCandidate(id: "a")
        given.columns = ["context.dow_lift@1": 0.5]
        var request = ScoreRequest()
        request.candidates = [given, CallerCandidate(id: "b")]
        let stage = OneColumn(name: "context.dow_lift@1")
        let ranking = try CallerRun(stage: stage, idKey: 0).score(request)
        #expect(ranking.memories.map(\.score) == [0.5, 0])
    }
}

import Features
import Foundation
import Host
import Storage
import Testing

@testable import Engine

/// Events as they are frozen at the beginning of a turn.
@Suite struct TurnEventTests {
    let engine: Engine
    let store: Store
    let start: Int64 = 1_700_000_000_000

    init() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/mneme-\(UUID().uuidString)"
        engine = try Engine(
            databasePath: folder + "/store.db",
            configuration: (#"{ "version": 1, "exploration": { "kind": "none" } }"#, folder + "/plugins.json"))
        store = engine.store
        var memory = NewMemory(text: "The boat lies near Lucerne.", createdAtMilliseconds: start - 1000)
        memory.id = "boat"
        _ = try engine.add([memory], scope: Scope())
    }

    private func search(_ turn: String?, after seconds: Int64, _ change: (inout SearchRequest) -> Void = { _ in }) throws -> Ranking {
        var request = SearchRequest()
        request.query = "Where is the boat?"
        request.turn = turn
        request.session = "talk"
        request.nowMilliseconds = start + seconds * 1000
        request.utcOffsetSeconds = 0
        change(&request)
        return try engine.search(request)
    }

    private func events() -> [[String: Float]] {
        let sessions = StoreSessions(store) { _ in }
        let key = TurnEvent(store: store, idKey: engine.idKey).key(Scope())
        var found: [[String: Float]] = []
        while let block = sessions.events(
            session: key, from: UInt64(found.count + 1), through: UInt64(found.count + 1), columns: EventCatalog.names, embeddings: false)
        {
            found.append(Dictionary(uniqueKeysWithValues: zip(EventCatalog.names, block.features)))
        }
        return found
    }

    @Test func anEventHoldsTheGapAndTheOutcomeOfTheTurnBefore() throws {
        let first = try search("t1", after: 0)
        _ = try engine.feedback(
            [Feedback(memoryID: "boat", kind: .rating, value: -0.5), Feedback(memoryID: "boat", kind: .referenced, value: 1)],
            retrievalID: first.retrievalID)
        _ = try search("t2", after: 60)
        let events = events()
        #expect(events.count == 2)
        #expect(events[0]["event.log_gap_s@1"] == 0 && events[0]["event.injected_count@1"] == 0)
        #expect(abs((events[1]["event.log_gap_s@1"] ?? 0) - log(61)) < 1e-5)
        #expect(events[1]["event.injected_count@1"] == 1 && events[1]["event.agent_relevance@1"] == -0.5)
        #expect(events[1]["event.was_referenced@1"] == 1)
        #expect(abs((events[1]["event.log_session_age_s@1"] ?? 0) - log(61)) < 1e-5)
    }

    @Test func feedbackThatComesLaterDoesNotChangeAFrozenEvent() throws {
        let first = try search("t1", after: 0)
        _ = try search("t2", after: 60)
        let before = events()
        _ = try engine.feedback([Feedback(memoryID: "boat", kind: .rating, value: 1)], retrievalID: first.retrievalID)
        #expect(events() == before)
    }

    @Test func theSameTurnAgainIsNoNewEvent() throws {
        _ = try search("t1", after: 0)
        _ = try search("t1", after: 5)
        _ = try search(nil, after: 6)
        _ = try search(nil, after: 7)
        #expect(events().count == 3)
    }

    @Test func aTurnThatLeavesNoTraceIsNoEvent() throws {
        _ = try search("t1", after: 0) { $0.remember = false }
        #expect(events().isEmpty)
    }

    @Test func anOlderStateNeverTakesTheNewerOnesPlace() throws {
        try store.keepScorerState([2], scorer: "x", session: 7, sequence: 20, atMilliseconds: 0)
        try store.keepScorerState([1], scorer: "x", session: 7, sequence: 10, atMilliseconds: 1)
        #expect(try store.scorerState("x", session: 7) == [2])
        #expect(try store.scorerState("x", session: 8) == nil)
    }
}

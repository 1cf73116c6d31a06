import Foundation
import Host
import StateSpace
import Testing

@testable import Engine

/// libMambaScorer.so behind the engine: what comes out is what the model says, wherever the library runs.
@Suite(.serialized) struct MambaScorerTests {
    let folder: String
    private static let columns = ["memory.importance@1", "memory.log_access_count@1"]

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/mneme-mamba-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    @Test(arguments: ["inline", "watched", "process"]) func aHistoryOfTheCallersOwnDecides(tier: String) throws {
        let file = try weights()
        let engine = try engine(tier: tier)
        try answersAsTheModel(file, engine)
        // Nothing of it stays: the first request again gives the first answer.
        let again = try engine.score(request([]))
        let fresh = try direct(file, [], engine.idKey)
        for memory in again.memories { #expect(abs(memory.score - (fresh[memory.id] ?? .nan)) < 1e-4) }
    }

    @Test func aTrunkOfS4DLayersIsServedByTheSameLibrary() throws {
        let file = try weights { $0.block = .s4d(S4DTrunkShape(width: 8, stateSize: 4)) }
        try answersAsTheModel(file, try engine(tier: "inline"))
    }

    private func answersAsTheModel(_ file: ScorerFile, _ engine: Engine) throws {
        for events in [[], [event(at: 1000, ["a"])], [event(at: 1000, ["a"]), event(at: 5_000_000, ["b", "c"])]] {
            let ranking = try engine.score(request(events))
            #expect(ranking.degraded == [])
            #expect(ranking.scorers == ["mamba 1.0.0"])
            let expected = try direct(file, events, engine.idKey)
            for memory in ranking.memories {
                let score = try #require(expected[memory.id])
                #expect(abs(memory.score - score) < 1e-4, "\(memory.id) after \(events.count) events: \(memory.score), \(score)")
            }
        }
    }

    @Test func whatAModelReadsAndTheHostLacksIsRefusedWithBothLists() throws {
        _ = try weights(columns: ["memory.importance@1", "memory.mood@1"])
        let ranking = try engine(tier: "inline").score(request([]))
        let reason = ranking.degraded.joined()
        #expect(reason.contains("memory.mood@1") && reason.contains("memory.importance@1"), "\(reason)")
        #expect(ranking.memories.count == 3)
    }

    @Test func eventsOutOfOrderAndStrangeColumnsAreRefusedByNumber() throws {
        _ = try weights()
        let engine = try engine(tier: "inline")
        let order = #expect(throws: EngineError.self) {
            try engine.score(request([event(at: 2000, []), event(at: 1000, [])]))
        }
        #expect(order?.message.contains("event 2") == true)
        var strange = event(at: 1000, [])
        strange.columns = ["event.mood@1": 1]
        let column = #expect(throws: EngineError.self) { try engine.score(request([strange])) }
        #expect(column?.message.contains("event.mood@1") == true)
    }

    // MARK: Making it

    private func event(at milliseconds: Int64, _ referenced: [String]) -> CallerEvent {
        var event = CallerEvent(atMilliseconds: milliseconds)
        event.referenced = referenced
        return event
    }

    private func request(_ events: [CallerEvent]) -> ScoreRequest {
        var request = ScoreRequest()
        request.nowMilliseconds = 5_000_000
        request.utcOffsetSeconds = 0
        request.scorers = ["mamba"]
        request.events = events
        request.candidates = [("a", 0.1, 3), ("b", 0.9, 0), ("c", 0.5, 20)].map { id, importance, count in
            var candidate = CallerCandidate(id: id)
            candidate.importance = importance
            candidate.accessCount = count
            return candidate
        }
        return request
    }

    /// Random weights, larger than training begins with, so that events matter.
    private func weights(
        columns: [String] = MambaScorerTests.columns, _ change: (inout ScorerShape) -> Void = { _ in }
    ) throws -> ScorerFile {
        var shape = ScorerShape(
            eventColumns: 2, rowColumns: 2, codeWidth: 16, mixer: MixerShape(width: 8, state: 4, timeDecay: true), layers: 2,
            readers: 6, pointwise: 4)
        change(&shape)
        let place = ScorerParameters(shape)
        var random = SplitMix64(seed: 3)
        let values = FloatBuffer(place.layout.count)
        place.initialize(values.start, shape: shape, using: &random)
        for entry in place.layout.entries where entry.name.hasPrefix("head.") {
            for index in entry.range { values.start[index] = Float(random.normal()) }
        }
        let file = ScorerFile(
            description: ScorerDescription(
                eventColumns: ["event.log_gap_s@1", "event.was_referenced@1"], rowColumns: columns, stateID: 1),
            shape: shape, scales: ScorerScales(events: .identity(2), rows: .identity(2)), values: values.array)
        try file.writer().write(to: folder + "/weights.safetensors")
        try ScorerGolden.write(file, rows: [[0.2, 1, 0.7, 2]], to: folder + "/weights.safetensors")
        return file
    }

    private func engine(tier: String) throws -> Engine {
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let products = URL(fileURLWithPath: executable).deletingLastPathComponent().path
        let text = """
            { "version": 1, "paths": { "objects": "objects", "plugins": ["\(products)"] }, "trust": { "unpinned": "allow" },
              "turn": { "scoringBudgetMilliseconds": 5000 }, "loadGate": { "timeoutMilliseconds": 60000, "worlds": [] },
              "scorers": [{ "id": "mamba", "library": "libMambaScorer.so", "tier": "\(tier)", "grants": ["history"],
                "deadlineMilliseconds": 5000, "assets": { "weights": { "path": "\(folder)/weights.safetensors" } },
                "golden": { "path": "\(folder)/weights.safetensors.golden.json" } }] }
            """
        return try Engine(databasePath: folder + "/store.db", configuration: (text, folder + "/plugins.json"))
    }

    // MARK: The same without a library

    private func direct(_ file: ScorerFile, _ events: [CallerEvent], _ key: UInt64) throws -> [String: Float] {
        let model = file.model()
        let scratch = ScorerScratch(model)
        let state = model.makeState()
        let given = try CallerHistory(idKey: key, utcOffsetSeconds: 0).given(events)
        for event in given.events {
            let gap = state.lastMilliseconds.map { Float(Double(event.atMilliseconds - $0) / 1000 / 3600) } ?? 0
            model.advance(
                state, columns: file.description.eventColumns.map { event.columns[$0] ?? 0 },
                ids: zip(event.ids, event.roles).map { (id: $0, role: $1.rawValue) }, gap: gap,
                atMilliseconds: event.atMilliseconds, scratch)
        }
        var bare: (columns: [Float], gap: Float)?
        if let last = state.lastMilliseconds, 5_000_000 - last > 1000 {
            let seconds = Float(5_000_000 - last) / 1000
            bare = ([log1p(seconds), 0], seconds / 3600)
        }
        model.beginTurn(state, bare: bare, scratch)
        let candidates = request([]).candidates
        let columns = FloatBuffer(candidates.flatMap { [Float($0.importance ?? 0), log1p(Float($0.accessCount))] })
        let ids = candidates.map { RowID.make($0.id, key: key) }
        let out = FloatBuffer(candidates.count)
        ids.withUnsafeBufferPointer { ids in
            model.score(
                ScorerRows(columns: columns.start, stride: 2, ids: ids.baseAddress), range: 0..<candidates.count, order: [0, 1],
                scratch, to: out.start)
        }
        return Dictionary(uniqueKeysWithValues: zip(candidates.map(\.id), out.array))
    }
}

import Foundation
import Gate
import Host
import Storage
import Testing

@testable import Engine

/// A gate over real libraries and a real store: confidence in the answers, and trust that feedback takes away. Two scorers rank by
/// importance all the time, a third starts to lie with 2100.
@Suite(.serialized) struct GateTests {
    let folder: String
    let engine: Engine
    static let turning: Int64 = 4_102_444_800_000
    static let minute: Int64 = 60_000

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/mneme-gate-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Self.build([], to: folder + "/honest.so")
        try Self.build(["-DTURNS"], to: folder + "/turncoat.so")
        let shape = GateShape(
            scorers: ["a", "b", "c"].map { .init(id: $0, scale: .logit) }, columns: [.init(name: "query.terms@1", mean: 2, scale: 1)])
        try Data(GateWeights(shape).json.utf8).write(to: URL(fileURLWithPath: folder + "/gate.json"))
        let text = """
            { "version": 1, "paths": { "objects": "objects" }, "trust": { "unpinned": "allow" },
              "turn": { "scoringBudgetMilliseconds": 1000 },
              "scorers": [ { "id": "a", "library": "./honest.so", "tier": "inline" },
                           { "id": "b", "library": "./honest.so", "tier": "inline" },
                           { "id": "c", "library": "./turncoat.so", "tier": "inline" } ],
              "combiner": { "kind": "gate", "weights": "gate.json" } }
            """
        let path = folder + "/plugins.json"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        engine = try Engine(databasePath: folder + "/store.db", configuration: (text, path))
        _ = try engine.add(
            (0..<40).map { index in
                var memory = NewMemory(text: "note \(index) about the harbour", createdAtMilliseconds: Self.turning - 90_000_000)
                memory.id = "m\(index)"
                memory.importance = Double(index * 17 % 40) / 40
                return memory
            }, scope: Scope())
    }

    private static func build(_ flags: [String], to path: String) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments =
            ["cc", "-std=gnu11", "-fvisibility=hidden", "-O2", "-fPIC", "-shared", "-I", root.path + "/Sources/PluginABI/include"] + flags
            + [root.path + "/Tests/PluginFixtures/turncoat.c", "-o", path, "-lm"]
        try compiler.run()
        compiler.waitUntilExit()
        #expect(compiler.terminationStatus == 0)
    }

    private func search(_ now: Int64) throws -> Ranking {
        var request = SearchRequest()
        request.query = "harbour note"
        request.nowMilliseconds = now
        request.utcOffsetSeconds = 0
        request.explain = true
        return try engine.search(request)
    }

    /// One turn and its feedback: what is important is used.
    private func turn(_ now: Int64) throws {
        let ranking = try search(now)
        let used = ranking.memories.filter { memory in
            memory.position != nil && (Int(memory.id.dropFirst()).map { $0 * 17 % 40 } ?? 0) >= 35
        }
        _ = try engine.feedback(used.map { Feedback(memoryID: $0.id, kind: .referenced) }, retrievalID: ranking.retrievalID)
    }

    private func trust(_ id: String) -> Double? { engine.plugins().first { $0.id == id }?.trust }

    /// Mean share of c in what moves the scores of a turn.
    private func share(_ ranking: Ranking) -> Double {
        let shares = ranking.memories.compactMap { memory -> Double? in
            let total = memory.parts.reduce(0) { $0 + abs(Double($1.value)) }
            return memory.parts.first { $0.name == "c" }.map { abs(Double($0.value)) / total }
        }
        return shares.reduce(0, +) / Double(max(shares.count, 1))
    }

    @Test func answersSayHowSureTheyAreAndTheLogKeepsIt() throws {
        let ranking = try search(Self.turning - Self.minute)
        #expect(ranking.scorers == ["gate(a 1.0.0, b 1.0.0, c 1.0.0)"] && ranking.degraded == [])
        let confidence = ranking.confidence ?? -1
        #expect((0...1).contains(confidence))
        #expect(try engine.explain(retrievalID: ranking.retrievalID).confidence == confidence)
        for memory in ranking.memories {
            #expect(abs(memory.parts.reduce(0) { $0 + $1.value } - memory.score) < 1e-4)
        }
        var request = ScoreRequest()
        request.candidates = (0..<4).map { index in
            var candidate = CallerCandidate(id: "x\(index)")
            candidate.importance = Double(index) / 4
            return candidate
        }
        #expect(try engine.score(request).confidence != nil)
        #expect(try search(Self.turning - Self.minute).confidence == confidence)
    }

    @Test func aScorerThatStartsToLieHasLessThanATenthOfItsWeightAfterFortyTurns() throws {
        for index in 0..<10 { try turn(Self.turning - (100 - Int64(index)) * Self.minute) }
        #expect(trust("a") == 1 && trust("b") == 1 && trust("c") == 1)
        let before = share(try search(Self.turning - Self.minute))
        for index in 0..<40 { try turn(Self.turning + Int64(index) * Self.minute) }
        let after = try search(Self.turning + 100 * Self.minute)
        #expect(share(after) < 0.1 * before, "\(share(after)) of \(before)")
        #expect(trust("a") == 1 && trust("b") == 1)
        let liar = try #require(engine.plugins().first { $0.id == "c" })
        #expect((liar.trust ?? 1) < 0.1 && liar.warnings.contains { $0.contains("of its weight") })
        // The others decide again: the most important is first.
        #expect(after.memories.first { $0.rank == 1 }?.id == "m7")

        // Another library under the same id is another scorer.
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/honest.so"))
        try bytes.write(to: URL(fileURLWithPath: folder + "/turncoat.so"), options: .atomic)
        #expect(try engine.reload(cause: "test").outcome == "applied")
        #expect(trust("c") == 1)
    }

    @Test func aWrittenGateIsReadAgainAndWildNumbersAreNotWritten() throws {
        let shape = GateShape(scorers: [.init(id: "a", scale: .logit)])
        let path = folder + "/written.json"
        let hash = try GateWriter.write(GateWeights(shape, trainingHash: "ab"), to: path)
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(hash == SHA256.hexadecimal(of: bytes))
        #expect(try GateWeights.read(bytes, path: path, offered: []).trainingHash == "ab")
        var wild = GatePlaces(shape).initialParameters()
        wild[0] = .infinity
        #expect(throws: EngineError.self) { try GateWriter.write(GateWeights(shape, parameters: wild), to: path) }
    }

    @Test func aRevertBringsTheGateBackThatHasBeenOverwritten() throws {
        let path = folder + "/gate.json"
        let before = try search(Self.turning - Self.minute).confidence
        let shape = GateShape(scorers: ["a", "b", "c"].map { .init(id: $0, scale: .logit) })
        var parameters = GatePlaces(shape).initialParameters()
        parameters[GatePlaces(shape).confidenceOffset.lowerBound] = -3
        _ = try GateWriter.write(GateWeights(shape, parameters: parameters), to: path)
        #expect(try engine.reload(cause: "test").outcome == "applied")
        #expect(try search(Self.turning - Self.minute).confidence != before)
        let archive = try ConfigurationArchive(databasePath: folder + "/store.db", configurationPath: folder + "/plugins.json")
        #expect(try archive.revert(to: nil).repointed == [path])
        #expect(try engine.reload(cause: "test").outcome == "applied")
        #expect(try search(Self.turning - Self.minute).confidence == before)
    }

    @Test func aTurnCountsOnceHoweverOftenItsFeedbackComes() throws {
        let ranking = try search(Self.turning + Self.minute)
        let shown = ranking.memories.filter { $0.position != nil }
        func saidByA(_ memory: RankedMemory) -> Float { memory.parts.first { $0.name == "a" }?.value ?? 0 }
        let best = try #require(shown.max { saidByA($0) < saidByA($1) })
        _ = try engine.feedback([Feedback(memoryID: best.id, kind: .referenced)], retrievalID: ranking.retrievalID)
        let once = try engine.store.scorerTrusts()
        #expect(once.map(\.turns) == [1, 1, 1])
        _ = try engine.feedback([Feedback(memoryID: best.id, kind: .referenced)], retrievalID: ranking.retrievalID)
        _ = try engine.feedback([Feedback(memoryID: best.id, kind: .rating, value: 0.5)], retrievalID: ranking.retrievalID)
        #expect(try engine.store.scorerTrusts() == once)
    }

    @Test func feedbackOnTurnsOfAnotherConfigurationTeachesNothing() throws {
        let ranking = try search(Self.turning + Self.minute)
        let path = folder + "/plugins.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try Data(text.replacingOccurrences(of: "1000", with: "900").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        #expect(try engine.reload(cause: "test").outcome == "applied")
        let shown = try #require(ranking.memories.first { $0.position != nil })
        _ = try engine.feedback([Feedback(memoryID: shown.id, kind: .referenced)], retrievalID: ranking.retrievalID)
        #expect(try engine.store.scorerTrusts().isEmpty)
    }
}

import Features
import Foundation
import Storage
import Testing

@testable import Engine

/// Whole turns over a real store; no library is configured, so the floor scores.
@Suite struct TurnTests {
    static let configuration = #"{ "version": 1, "exploration": { "kind": "none" } }"#
    let engine: Engine
    let day: Int64 = 86_400_000
    let start: Int64 = 1_680_000_000_000

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "mneme-\(UUID().uuidString)"
        ).path
        engine = try Engine(
            databasePath: folder + "/store.db", configuration: (Self.configuration, folder + "/plugins.json"))
    }

    private func talk(_ session: String, _ lines: [(String, String)], at day: Int64) throws {
        let memories = lines.enumerated().map { index, line in
            var memory = NewMemory(
                text: line.1, createdAtMilliseconds: start + day * self.day + Int64(index) * 1000)
            memory.id = "\(session).\(index)"
            memory.author = line.0
            memory.session = session
            memory.ordinal = index
            return memory
        }
        _ = try engine.add(memories, scope: Scope())
    }

    private func search(_ query: String, _ change: (inout SearchRequest) -> Void = { _ in }) throws -> Ranking
    {
        var request = SearchRequest()
        request.query = query
        request.nowMilliseconds = start + 100 * day
        request.utcOffsetSeconds = 0
        change(&request)
        return try engine.search(request)
    }

    private func best(_ ranking: Ranking) -> String? { ranking.memories.min { $0.rank < $1.rank }?.id }

    @Test func anAnswerThatSharesNoWordIsFoundThroughItsQuestion() throws {
        try talk("a", [("Ann", "Where did you moor the boat?"), ("Bob", "Near Lucerne.")], at: 0)
        try talk("b", [("Ann", "Bread again."), ("Bob", "As ever.")], at: 1)
        let ranking = try search("Where did Bob moor the boat?")
        #expect(best(ranking) == "a.1")
        #expect(ranking.degraded == [] || ranking.degraded.allSatisfy { $0.contains("floor") })
    }

    @Test func aTurnFarFromEveryMatchIsFoundThroughItsDate() throws {
        for session in 0..<30 {
            try talk(
                "s\(session)",
                (0..<20).map { (["Ann", "Bob"][$0 % 2], "entry \(session) of boats and bread \($0)") },
                at: Int64(session))
        }
        // 2023-03-28 is day 0, so 7 April 2023 is day 10; nothing there names the harbour.
        let ranking = try search("What did Ann see at the harbour on 7 April 2023?") { $0.limit = 5 }
        #expect(
            ranking.memories.allSatisfy {
                $0.id.hasPrefix("s10.") || $0.id.hasPrefix("s9.") || $0.id.hasPrefix("s11.")
            })
        #expect(ranking.memories.contains { $0.sources.contains("session") })
    }

    @Test func theGraphBringsWhatNoWordDoes() throws {
        var memory = NewMemory(text: "Keel, mast and sail were mended.", createdAtMilliseconds: start)
        memory.id = "graph"
        memory.entities = [EntityMention(name: "Seagull", kind: "boat")]
        _ = try engine.add([memory], scope: Scope())
        try talk("a", (0..<40).map { ("Ann", "note \($0)") }, at: 5)
        let ranking = try search("Tell me about the Seagull?") { $0.explain = true }
        let found = try #require(ranking.memories.first { $0.id == "graph" })
        #expect(found.sources.contains("graph"))
    }

    @Test func aSupersededMemoryMakesRoomForItsSuccessor() throws {
        var old = NewMemory(text: "The port is 3850", createdAtMilliseconds: start)
        old.id = "old"
        var new = NewMemory(text: "It listens on 4000 now", createdAtMilliseconds: start + day)
        new.id = "new"
        new.supersedes = "old"
        _ = try engine.add([old, new], scope: Scope())
        let ranking = try search("Which port?") { $0.explain = true }
        #expect(ranking.memories.first { $0.id == "old" }?.dropped == .superseded)
        #expect(ranking.memories.first { $0.id == "new" }?.position != nil)
    }

    @Test func whatWasExplainedAtOnceIsExplainedLaterAlike() throws {
        try talk("a", [("Ann", "Boats and bread"), ("Bob", "Only bread")], at: 0)
        let now = try search("bread and boats?") { $0.explain = true }
        let later = try engine.explain(retrievalID: now.retrievalID)
        #expect(later.memories.map(\.id) == now.memories.map(\.id))
        #expect(later.memories.map(\.score) == now.memories.map(\.score))
        for memory in later.memories {
            let sum = memory.parts.reduce(Float(0)) { $0 + $1.value }
            #expect(abs(sum - memory.score) < 1e-4)
        }
    }

    @Test func feedbackTurnsIntoWhatIsKnownOfUse() throws {
        try talk("a", [("Ann", "The red boat"), ("Bob", "The blue boat")], at: 0)
        let first = try search("red boat") { $0.actor = "me" }
        _ = try engine.feedback(
            [Feedback(memoryID: "a.0", kind: .referenced)], retrievalID: first.retrievalID)
        let rows = try engine.store.rowids(ids: ["a.0", "a.1"], scope: Scope())
        let use = try UseHistory(
            store: engine.store, pool: rows, query: QueryAnalysis(question: "a red vessel"), actor: "me",
            nowMilliseconds: Engine.now + 3_600_000,
            scope: Scope()
        ).facts
        let known = try #require(use[rows[0]])
        #expect(known.pastQueryBM25 > 0 && known.pastQueryNeighbours > 0 && known.actorCoRecent == 1)
        #expect(abs((known.actorAgeHours ?? 0) - 1) < 0.01)
        #expect(abs(known.decayed3Days - 0.99) < 0.01)
        #expect(use[rows[1]] == nil)
    }

    @Test func samplingIsRepeatableBySeedAndSaysItsPropensity() throws {
        try talk("a", (0..<12).map { ("Ann", "boat number \($0)") }, at: 0)
        func draw(_ seed: UInt64) throws -> [RankedMemory] {
            try search("boat") {
                $0.limit = 4
                $0.sampling = Sampling(temperature: 1, seed: seed)
            }.memories
        }
        #expect(try draw(7).map(\.id) == draw(7).map(\.id))
        #expect(try draw(7).allSatisfy { $0.propensity > 0 && $0.propensity <= 1 && !$0.isDeterministic })
        #expect(try Set((0..<20).map { try draw($0).map(\.id) }).count > 1)
    }

    @Test func whatIsExportedImportsAsTheSame() throws {
        try talk("a", [("Ann", "Boats: “quoted”, \\ and \n lines"), ("Bob", "Bread")], at: 0)
        var lines: [String] = []
        _ = try engine.export(scope: Scope(), includeForgotten: true, includeEmbeddings: true) {
            lines.append($0)
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "mneme-\(UUID().uuidString)"
        ).path
        let copy = try Engine(
            databasePath: folder + "/store.db", configuration: (Self.configuration, folder + "/plugins.json"))
        try lines.joined(separator: "\n").write(
            toFile: folder + "/m.jsonl", atomically: true, encoding: .utf8)
        let totals = try ImportRun(engine: copy, scope: Scope()).run(
            JSONLReader(file: folder + "/m.jsonl", nowMilliseconds: 0), onProgress: { _, _ in },
            onCommit: { _ in }, onProblem: { _, _ in })
        #expect(totals.added == 2 && totals.rejected == 0)
        for id in ["a.0", "a.1"] {
            let (before, after) = (try engine.get(id, scope: Scope()), try copy.get(id, scope: Scope()))
            #expect(
                before?.memory.text == after?.memory.text
                    && before?.memory.createdAtMilliseconds == after?.memory.createdAtMilliseconds)
        }
    }
}

import Features
import Foundation
import Testing

@testable import Storage

private func store() throws -> Store {
    try Store(
        path: FileManager.default.temporaryDirectory.appendingPathComponent(
            "mneme-\(UUID().uuidString)/store.db"
        ).path)
}

private func memory(_ text: String, id: String? = nil, at: Int64 = 1_700_000_000_000) -> (
    NewMemory, StoredTextTraits
) {
    var memory = NewMemory(text: text, createdAtMilliseconds: at)
    memory.id = id
    return (
        memory,
        StoredTextTraits(
            tokenCount: Tokenizer.tokenCount(text), asksQuestion: false, namesTime: false, firstPersonShare: 0
        )
    )
}

@Suite struct StoreTests {
    private let me = Scope()
    private let other = Scope(user: "other")

    @Test func importingTwiceWritesOnce() throws {
        let store = try store()
        let batch = [memory("the backup runs at night"), memory("the cat sleeps")]
        #expect(try store.insert(batch, scope: me).added.count == 2)
        let again = try store.insert(batch, scope: me)
        #expect(again.added.isEmpty && again.unchanged.count == 2)
        #expect(try store.counts(scope: me).memories == 2)
    }

    @Test func anIdWithOtherContentIsRefusedAndCostsOnlyItself() throws {
        let store = try store()
        _ = try store.insert([memory("one", id: "a")], scope: me)
        let report = try store.insert([memory("two", id: "a"), memory("three", id: "b")], scope: me)
        #expect(report.failed.map(\.index) == [0] && report.added == ["b"])
    }

    @Test func anotherUsersMemoriesNeitherAppearNorChangeStatistics() throws {
        let store = try store()
        _ = try store.insert(
            [memory("the backup runs", id: "a"), memory("the cat sleeps", id: "b")], scope: me)
        let before = try store.matches(words: ["backup"], prefixes: ["backu"], scope: me)
        _ = try store.insert((0..<50).map { memory("backup number \($0)") }, scope: other)
        let after = try store.matches(words: ["backup"], prefixes: ["backu"], scope: me)
        #expect(after.rowids == before.rowids && after.rowids.count == 1)
        #expect(
            after.documents == 2 && after.stemFrequencies == [1]
                && after.averageLength == before.averageLength)
    }

    @Test(arguments: [
        "What's up?", "user-name", "a AND", "NEAR(", "*", "", "🙂", "\"quoted\" \"", "col:x", "-minus",
    ])
    func noQuestionBreaksTheFullTextSearch(question: String) throws {
        let store = try store()
        _ = try store.insert([memory("what is up with the user name")], scope: me)
        let words = Tokenizer.tokens(question)
        _ = try store.matches(
            words: words, prefixes: words.map { $0.count >= 5 ? String($0.prefix(5)) : nil }, scope: me)
    }

    @Test func countsOfTermsAreThoseOfTheText() throws {
        let store = try store()
        _ = try store.insert(
            [memory("educate the educated: education educates"), memory("nothing here")], scope: me)
        let found = try store.matches(words: ["educated"], prefixes: ["educa"], scope: me)
        #expect(found.rowids.count == 1)
        #expect(found.stemCounts[0] == 4 && found.prefixCounts[0] == 4)
        #expect(found.lengths[0] == 5)
    }

    @Test func forgottenAndChangedMemoriesLeaveTheIndexAndTheCounts() throws {
        let store = try store()
        _ = try store.insert([memory("alpha beta", id: "a"), memory("alpha gamma", id: "b")], scope: me)
        #expect(try store.forget(["a"], hard: false, atMilliseconds: 1, scope: me) == 1)
        #expect(try store.matches(words: ["alpha"], prefixes: [nil], scope: me).documents == 1)
        var change = StoredChange()
        change.text = "delta"
        change.traits = memory("delta").1
        #expect(try store.update("b", change, atMilliseconds: 2, scope: me))
        #expect(try store.matches(words: ["alpha"], prefixes: [nil], scope: me).rowids.isEmpty)
        let found = try store.matches(words: ["delta"], prefixes: [nil], scope: me)
        #expect(found.rowids.count == 1 && found.averageLength == 1)
        #expect(try store.integrityCheck() == "ok")
    }

    @Test func cosineIsTheBruteForceOneAndBadVectorsAreRefusedWithBothNumbers() throws {
        let store = try store()
        var state: Float = 0.37
        func random() -> Float {
            state = (state * 997).truncatingRemainder(dividingBy: 1)
            return state - 0.5
        }
        let vectors = (0..<60).map { _ in (0..<20).map { _ in random() } }
        _ = try store.insert(
            vectors.enumerated().map { index, vector in
                var (memory, traits) = memory("text \(index)", id: "\(index)")
                memory.embeddings = [
                    StoredEmbedding(model: "m", vector: vector, isHalfPrecision: index % 2 == 0)
                ]
                return (memory, traits)
            }, scope: me)
        let query = (0..<20).map { _ in random() }
        func cosine(_ v: [Float]) -> Float {
            let dot = zip(v, query).reduce(0) { $0 + $1.0 * $1.1 }
            return dot
                / (v.reduce(0) { $0 + $1 * $1 }.squareRoot() * query.reduce(0) { $0 + $1 * $1 }.squareRoot())
        }
        let hits = try store.nearest(to: query, model: "m", limit: 5, scope: me)
        let expected = vectors.map(cosine).sorted(by: >).prefix(5)
        // Half precision: 11 bits of mantissa.
        for (hit, value) in zip(hits, expected) { #expect(abs(hit.cosine - value) < 2e-3) }
        #expect { try store.nearest(to: [1, 2], model: "m", limit: 5, scope: me) } throws: {
            "\($0)".contains("2 numbers") && "\($0)".contains("20")
        }
        var bad = memory("zeros")
        bad.0.embeddings = [StoredEmbedding(model: "m", vector: Array(repeating: 0, count: 20))]
        #expect(try store.insert([bad], scope: me).failed.first?.reason.contains("all zeros") == true)
    }

    @Test func feedbackIsIdempotentAndUnknownMemoriesAreNamed() throws {
        let store = try store()
        _ = try store.insert([memory("alpha", id: "a")], scope: me)
        let rowid = try #require(try store.rowids(ids: ["a"], scope: me).first)
        let candidate = TurnCandidate(
            rowid: rowid, rank: 1, position: 1, tier: 1, score: 2.5, propensity: 1, isDeterministic: true,
            isPinned: false, dropReason: nil,
            sources: ["text"], parts: [2, 0.5])
        let turn = TurnRecord(
            retrievalID: "r1", scope: me, atMilliseconds: 5, query: "alpha?", wanted: 1, poolCount: 1,
            scorers: ["h 1"], degraded: [],
            partNames: ["x", "y"], configuration: "c", candidates: [candidate])
        try store.record(turn)
        #expect(try store.turn("r1")?.candidates.first?.parts == [2, 0.5])
        #expect(try store.recordFeedback([("a", "referenced", 1)], retrievalID: "r1", atMilliseconds: 6) == 1)
        #expect(try store.recordFeedback([("a", "referenced", 1)], retrievalID: "r1", atMilliseconds: 7) == 0)
        #expect(try store.memory("a", scope: me)?.accessCount == 1)
        #expect {
            try store.recordFeedback([("zz", "hit", 1)], retrievalID: "r1", atMilliseconds: 8)
        } throws: { "\($0)".contains("zz") }
        #expect {
            try store.recordFeedback([("a", "hit", 1)], retrievalID: "nope", atMilliseconds: 8)
        } throws: { "\($0)".contains("nope") }
    }

    @Test func twoStoresWriteOneFile() throws {
        let first = try store()
        let second = try Store(path: first.path)
        DispatchQueue.concurrentPerform(iterations: 8) { index in
            let store = index % 2 == 0 ? first : second
            _ = try? store.insert(
                (0..<25).map { memory("text \(index) \($0)", id: "\(index)-\($0)") }, scope: Scope())
        }
        #expect(try first.counts(scope: me).memories == 200)
        #expect(try second.integrityCheck() == "ok")
    }

    @Test func aForeignDatabaseIsRefusedAndLeftAlone() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "foreign-\(UUID().uuidString).db"
        ).path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", path, "CREATE TABLE t(x); INSERT INTO t VALUES (1)"]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "needs the sqlite3 tool")
        #expect { try Store(path: path) } throws: { "\($0)".contains("not a Mneme store") }
    }

    @Test func aBackupIsWholeAndNeverOverwrites() throws {
        let store = try store()
        _ = try store.insert([memory("alpha", id: "a")], scope: me)
        let copy = store.path + ".copy"
        try store.backup(to: copy)
        #expect(try Store(path: copy).memory("a", scope: me)?.memory.text == "alpha")
        #expect { try store.backup(to: copy) } throws: { "\($0)".contains("never overwrites") }
    }
}

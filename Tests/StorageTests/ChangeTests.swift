import Testing

@testable import Storage

@Suite struct ChangeTests {
    private let scope = Scope()

    @Test func aChangedTextIsFoundByItsNewWordsOnly() throws {
        let t = try TemporaryStore()
        try t.store.add([.sample("green tea", id: "a", author: "Ann"), .sample("red wine", id: "b")])
        var change = MemoryChange()
        change.text = ("black coffee today", StoredTextTraits(of: .sample("black coffee today")))
        change.importance = .some(0.9)
        try t.store.update(scope: scope, id: "a", change, nowMilliseconds: 5)
        #expect(try t.store.matches(["tea"]).rowCount == 0)
        #expect(try t.store.matches(["coffee"]).rowCount == 1)
        #expect(try t.store.statistics(scope: scope) == ScopeStatistics(documents: 2, tokens: 5, authorTokens: 1))
        let record = try #require(try t.store.get(scope: scope, id: "a"))
        #expect(record.text == "black coffee today")
        #expect(record.importance == 0.9)
        #expect(record.updatedAtMilliseconds == 5)
        #expect(try t.store.integrityCheck() == [])
    }

    @Test(arguments: [false, true]) func aForgottenMemoryLeavesIndexCountsAndVectors(hard: Bool) throws {
        let t = try TemporaryStore()
        var memory = NewMemory.sample("green tea", id: "a", author: "Ann", session: "s")
        memory.embeddings = [StoredEmbedding(model: "m", vector: [1, 0], isHalfPrecision: true)]
        memory.entities = [EntityMention(name: "tea", kind: "drink", aspect: "colour")]
        try t.store.add([memory, .sample("red wine", id: "b", session: "s")])
        #expect(try t.store.forget(scope: scope, ids: ["a"], hard: hard, nowMilliseconds: 9) == 1)
        #expect(try t.store.matches(["tea"]).rowCount == 0)
        #expect(try t.store.statistics(scope: scope) == ScopeStatistics(documents: 1, tokens: 2, authorTokens: 0))
        #expect(try t.store.nearest(scope: scope, model: "m", query: [1, 0], limit: 5).isEmpty)
        let b = try #require(try t.store.rowids(scope: scope, ids: ["b"])[0])
        #expect(try t.store.contextRows(scope: scope, sessionsOf: [b]).rowids == [b])
        #expect(try t.store.recent(scope: scope, limit: 9) == [b])
        #expect(try t.store.list(scope: scope).map(\.id) == ["b"])
        #expect(try (t.store.get(scope: scope, id: "a") == nil) == hard)
        // An import brings a softly forgotten memory not back, a hard one as new.
        let report = try t.store.add([memory])
        #expect(report.inserted.count == (hard ? 1 : 0))
        if !hard {
            #expect(report.skipped.first?.isForgotten == true)
            try t.store.restore(scope: scope, id: "a")
            #expect(try t.store.matches(["tea"]).rowCount == 1)
            #expect(try t.store.nearest(scope: scope, model: "m", query: [1, 0], limit: 5).count == 1)
        }
        #expect(try t.store.integrityCheck() == [])
    }

    @Test func anUnknownIDIsNamed() throws {
        let t = try TemporaryStore()
        let error = #expect(throws: StorageError.self) {
            try t.store.forget(scope: scope, ids: ["nobody"], nowMilliseconds: 0)
        }
        #expect(error?.code == .notFound)
        #expect(error?.message.contains("nobody") == true)
    }

    @Test func aChainOfThreeIsOrderedByItsNewerVersionsAndNeverACircle() throws {
        let t = try TemporaryStore()
        try t.store.add([.sample("v1", id: "1")])
        for (old, new) in [("1", "2"), ("2", "3")] {
            var memory = NewMemory.sample("v" + new, id: new)
            memory.supersedes = old
            try t.store.add([memory])
        }
        let rowids = try t.store.rowids(scope: scope, ids: ["1", "2", "3"]).compactMap(\.self)
        #expect(try t.store.candidateRows(scope: scope, rowids: rowids).map(\.newerVersions) == [2, 1, 0])
        #expect(try t.store.supersessionChain(from: rowids[0]) == rowids)
        var change = MemoryChange()
        change.supersededBy = .some("1")
        #expect(throws: StorageError.self) {
            try t.store.update(scope: scope, id: "3", change, nowMilliseconds: 0)
        }
    }

    @Test func aBackupIsCompleteAndNeverOverwrites() throws {
        let t = try TemporaryStore()
        try t.store.add("one", "two")
        let copy = t.folder + "/copy.db"
        try t.store.backup(to: copy)
        #expect(throws: StorageError.self) { try t.store.backup(to: copy) }
        let store = try Store(path: copy)
        #expect(try store.matches(["two"]).rowCount == 1)
        #expect(try store.integrityCheck() == [])
    }

    @Test func aDamagedIndexIsReportedAndRebuilt() throws {
        let t = try TemporaryStore()
        try t.store.add([.sample("one two", author: "Ann"), .sample("three")])
        try t.store.pool.write {
            try $0.execute(sql: "INSERT INTO memory_text (rowid, text) VALUES (77, 'ghost')")
            try $0.execute(sql: "UPDATE scope_statistics SET tokens = 99")
        }
        #expect(try t.store.integrityCheck().count == 2)
        try t.store.rebuildSearchIndex()
        #expect(try t.store.integrityCheck() == [])
        #expect(try t.store.statistics(scope: scope) == ScopeStatistics(documents: 2, tokens: 3, authorTokens: 1))
    }
}

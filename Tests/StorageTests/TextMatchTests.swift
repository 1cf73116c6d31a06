import Testing

@testable import Storage

@Suite struct TextMatchTests {
    @Test func countsStemsSurfacesAndPrefixes() throws {
        let t = try TemporaryStore()
        try t.store.add([
            .sample("Running and running again", caption: "a run at dawn"),
            .sample("education matters", author: "run"),
            .sample("nothing here"),
            .sample("educated runner educating"),
        ])
        let found = try t.store.matches(["running", "education"])
        #expect(found.rowids.map(RowID.sequence) == [1, 2, 4])
        #expect(found.rowCount == 3)
        // Term 0 in rows 1, 2, 4, then term 1.
        #expect(found.stemFrequencies == [3, 0, 0, 0, 1, 2])
        #expect(found.surfaceFrequencies == [2, 0, 0, 0, 1, 0])
        #expect(found.prefixFrequencies == [2, 0, 0, 0, 1, 2])
        #expect(found.stemDocuments == [1, 2])
        #expect(found.prefixDocuments == [1, 2])
        #expect(found.surfaceDocuments == [1, 1])
        #expect(found.lengths == [8, 2, 3])
        #expect(found.documentCount == 4)
        #expect(found.averageLength == 15.0 / 4)
    }

    @Test(arguments: [
        ["What's", "up?"], ["user-name"], ["a", "AND"], ["NEAR("], ["*"], [""], [], ["🙂🙂"], ["\""],
        ["\"quoted\" OR text"], ["text : x"], ["NOT"], ["{text}"], ["^a"], ["a\0b"], ["-"], ["'"],
    ])
    func noWordIsAnOperator(_ words: [String]) throws {
        let t = try TemporaryStore()
        try t.store.add("What's up with the user-name? a AND b")
        _ = try t.store.matches(words)
        _ = try t.store.plainFTS5(scope: Scope(), words: words, limit: 10)
    }

    @Test func anEmojiBetweenWordsDoesNotShiftTheCounts() throws {
        let t = try TemporaryStore()
        try t.store.add("tea and coffee coffee")
        let found = try t.store.matches(["tea", "🙂", "coffee"])
        #expect(found.stemFrequencies == [1, 0, 2])
        #expect(found.prefixFrequencies == [0, 0, 2])
    }

    @Test func lengthsAreTheSameSoughtAndSwept() throws {
        let t = try TemporaryStore()
        try t.store.add(
            (0..<40).map { (index: Int) -> NewMemory in
                let filler = String(repeating: " word", count: index * 7)
                let text = "common" + filler + (index == 33 ? " rare" : "")
                return NewMemory.sample(text, author: "An Author", caption: index % 3 == 0 ? "one two" : nil)
            })
        let swept = try t.store.matches(["common"])
        let sought = try t.store.matches(["rare"])
        let expected = (0..<40).map { index -> Int32 in
            let text = 1 + index * 7 + (index == 33 ? 1 : 0)
            return Int32(text + (index % 3 == 0 ? 2 : 0))
        }
        #expect(swept.lengths == expected)
        #expect(sought.lengths == [swept.lengths[33]])
    }

    @Test func anotherUsersMemoriesChangeNoCountAndNoScore() throws {
        let t = try TemporaryStore()
        let mine = Scope(user: "me")
        try t.store.add("tea in the morning", "coffee at night", "tea again", scope: mine)
        let before = try t.store.matches(["tea", "night"], scope: mine)
        let scores = try t.store.plainFTS5(scope: mine, words: ["tea", "night"], limit: 10)
        for user in ["a", "zz"] {
            try t.store.add((0..<50).map { .sample("tea tea \($0)") }, scope: Scope(user: user))
            try t.store.add("tea here", scope: Scope(user: "me", agent: user))
        }
        let after = try t.store.matches(["tea", "night"], scope: mine)
        #expect(after.rowids == before.rowids)
        #expect(after.stemDocuments == before.stemDocuments)
        #expect(after.documentCount == 3)
        #expect(after.averageLength == before.averageLength)
        let again = try t.store.plainFTS5(scope: mine, words: ["tea", "night"], limit: 10)
        #expect(again.map(\.rowid) == scores.map(\.rowid))
        #expect(again.map(\.bm25) == scores.map(\.bm25))
    }

    @Test func plainFTS5EqualsFTS5sOwnFormulaInASingleScope() throws {
        let t = try TemporaryStore()
        try t.store.add([
            .sample("tea in the morning, tea at noon", author: "Ann Lee"),
            .sample("coffee for Ann", author: "Bob", caption: "a cup of tea"),
            .sample("a long walk along the river without anything to drink", author: "Bob"),
            .sample("tea", author: "Ann Lee"), .sample("no"), .sample("nothing at all"),
            .sample("rivers run", author: "Tea"),
        ])
        let words = ["ann", "tea", "river", "tea"]
        let ours = try t.store.plainFTS5(scope: Scope(), words: words, limit: 10)
        let theirs = try t.store.pool.read { database in
            let statement = try RawStatement(
                database,
                "SELECT rowid, -bm25(memory_text) FROM memory_text WHERE memory_text MATCH ? ORDER BY rank, rowid")
            statement.bind(FullTextQuery.any(words.map { FullTextQuery.phrase($0)! }, columns: nil), at: 1)
            var rows: [(Int64, Double)] = []
            while try statement.step() { rows.append((statement.int64(0), statement.double(1))) }
            return rows
        }
        #expect(ours.map(\.rowid) == theirs.map(\.0))
        for (a, b) in zip(ours, theirs) { #expect(abs(a.bm25 - b.1) < 1e-9) }
    }

    @Test func anUnknownScopeIsEmpty() throws {
        let t = try TemporaryStore()
        #expect(try t.store.matches(["tea"]).rowids.isEmpty)
        #expect(try t.store.plainFTS5(scope: Scope(), words: ["tea"], limit: 5).isEmpty)
    }
}

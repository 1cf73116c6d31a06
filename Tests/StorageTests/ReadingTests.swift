import Testing

@testable import Storage

@Suite struct ReadingTests {
    private let scope = Scope()

    @Test func aMemoryComesBackAsItWentIn() throws {
        let t = try TemporaryStore()
        var memory = NewMemory.sample(
            "naïve 🙂 \"quoted\"", id: "x", author: "Ann", session: "s", ordinal: 3, caption: "")
        memory.type = "decision"
        memory.importance = 0.25
        memory.isPinned = true
        memory.isConstraint = true
        memory.validUntilMilliseconds = 1_800_000_000_000
        memory.entities = [
            EntityMention(name: "tea", kind: "drink", aspect: "colour"), EntityMention(name: "cup", kind: "thing"),
        ]
        memory.embeddings = [
            StoredEmbedding(model: "half", vector: [1, 0.5], isHalfPrecision: true),
            StoredEmbedding(model: "full", vector: [0.1, 0.2, 0.3]),
        ]
        memory.metadata = #"{"a":1}"#
        try t.store.add([memory])
        let record = try #require(try t.store.get(scope: scope, id: "x"))
        #expect(record.text == memory.text)
        #expect(record.caption == "")
        #expect(record.author == "Ann")
        #expect(record.session == "s")
        #expect(record.ordinal == 3)
        #expect(record.type == "decision")
        #expect(record.importance == 0.25)
        #expect(record.isPinned && record.isConstraint)
        #expect(record.validUntilMilliseconds == 1_800_000_000_000)
        #expect(record.entities == memory.entities)
        #expect(record.metadata == memory.metadata)
        #expect(record.embeddingModels == ["full", "half"])
        var exported: [(MemoryRecord, [StoredEmbedding])] = []
        try t.store.export(scope: scope, embeddings: true) { exported.append(($0, $1)) }
        #expect(exported.map(\.0) == [record])
        #expect(exported[0].1.sorted { $0.model > $1.model } == memory.embeddings)
        #expect(try t.store.get(scope: Scope(user: "other"), id: "x") == nil)
    }

    @Test func contextFollowsSessionAndOrdinal() throws {
        let t = try TemporaryStore()
        try t.store.add([
            .sample("b1", author: "B", session: "two", ordinal: 1), .sample("free"),
            .sample("a0?", author: "A", session: "one"), .sample("b0", author: "A", session: "two", ordinal: 0),
            .sample("a1", author: "B", session: "one"), .sample("b1 again", author: "A", session: "two", ordinal: 1),
        ])
        let rows = try t.store.contextRows(
            scope: scope, sessionsOf: [1, 3, 6, 2].map { RowID.make(owner: 1, sequence: $0) })
        #expect(rows.rowids.map(RowID.sequence) == [4, 1, 6, 3, 5])
        #expect(rows.ordinals == [0, 1, 1, 0, 1])
        #expect(rows.asksQuestion == [false, false, false, true, false])
        let names = Dictionary(uniqueKeysWithValues: try t.store.authors(scope: scope).map { ($0.id, $0.name) })
        #expect(rows.authorIDs.map { names[$0] } == ["A", "B", "A", "A", "B"])
        #expect(try t.store.contextRows(scope: Scope(user: "x"), sessionsOf: rows.rowids).count == 0)
    }

    @Test func candidateRowsKnowTheirPlaceAndTheGapBeforeTheirSession() throws {
        let t = try TemporaryStore()
        var embedded = NewMemory.sample("second session", session: "two", at: 10_000)
        embedded.embeddings = [StoredEmbedding(model: "m", vector: [1])]
        embedded.entities = [EntityMention(name: "tea", kind: "drink", aspect: "colour")]
        try t.store.add([
            .sample("first", session: "one", at: 1_000), .sample("first again", session: "one", at: 4_000),
            embedded, .sample("no session", caption: "photo"),
        ])
        try t.store.put(
            attributes: [
                NewAttribute(
                    of: embedded.entities[0], content: "green", createdAtMilliseconds: 0, aspectWeight: 0.75)
            ], scope: scope)
        let rows = try t.store.candidateRows(
            scope: scope, rowids: [3, 1, 99, 4].map { RowID.make(owner: 1, sequence: $0) })
        #expect(rows.map { RowID.sequence(of: $0.rowid) } == [3, 1, 4])
        #expect(rows.map(\.gapBeforeSessionMilliseconds) == [6_000, nil, nil])
        #expect(rows.map(\.isEmbedded) == [true, false, false])
        #expect(rows.map(\.hasCaption) == [false, false, true])
        #expect(rows.map(\.sessionTurns) == [1, 2, nil])
        #expect(rows.map(\.structuralDensity) == [2, 0, 0])
        #expect(rows[2].byteCount == 15)
        #expect(rows[0].entities.map(\.aspect) == ["colour"])
        #expect(rows[0].entities.first?.aspectWeight == 0.75)
    }

    @Test func listKeepsWhatTheFilterKeepsNewestFirst() throws {
        let t = try TemporaryStore()
        var pinned = NewMemory.sample("pinned", id: "p", author: "Ann", at: 3)
        pinned.isPinned = true
        pinned.entities = [EntityMention(name: "tea", kind: "drink")]
        try t.store.add([
            .sample("old", id: "o", at: 1), .sample("new", id: "n", author: "Ann", session: "s", at: 5), pinned,
        ])
        func ids(_ change: (inout MemoryFilter) -> Void) throws -> [String] {
            var filter = MemoryFilter()
            change(&filter)
            let found = try t.store.list(scope: scope, filter: filter).map(\.id)
            #expect(try t.store.count(scope: scope, filter: filter) == found.count)
            return found
        }
        #expect(try ids { _ in } == ["n", "p", "o"])
        #expect(try ids { $0.author = "Ann" } == ["n", "p"])
        #expect(try ids { $0.isPinned = true } == ["p"])
        #expect(try ids { $0.session = "s" } == ["n"])
        #expect(try ids { $0.entity = "tea" } == ["p"])
        #expect(try ids { ($0.sinceMilliseconds, $0.beforeMilliseconds) = (3, 5) } == ["p"])
        #expect(try t.store.list(scope: scope, limit: 1, offset: 1).map(\.id) == ["p"])
    }
}

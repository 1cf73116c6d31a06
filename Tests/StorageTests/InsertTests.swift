import Testing

@testable import Storage

@Suite struct InsertTests {
    @Test func theSameImportTwiceAddsNothing() throws {
        let t = try TemporaryStore()
        let batch: [NewMemory] = [
            .sample("one"), .sample("two", author: "A", session: "s"), .sample("one", at: 5),
        ]
        #expect(try t.store.add(batch).inserted.count == 3)
        let again = try t.store.add(batch)
        #expect(again.inserted.isEmpty)
        #expect(again.skipped.map(\.index) == [0, 1, 2])
        #expect(try t.store.statistics(scope: Scope()).documents == 3)
    }

    @Test func aTimeTheImporterMadeUpDoesNotMakeANewMemory() throws {
        let t = try TemporaryStore()
        var memory = NewMemory.sample("a note without a time")
        memory.isCreationTimeAssumed = true
        try t.store.add([memory])
        memory.createdAtMilliseconds += 86_400_000
        #expect(try t.store.add([memory]).skipped.count == 1)
    }

    @Test func aBadRecordIsReportedAndTheRestIsWritten() throws {
        let t = try TemporaryStore()
        var batch: [NewMemory] = [
            .sample("good", id: "a"), .sample("  \n"), .sample("other text", id: "a"), .sample("also good"),
        ]
        batch[3].supersedes = "a"
        batch.append(.sample("replaces nobody"))
        batch[4].supersedes = "nobody"
        batch.append(.sample("too important"))
        batch[5].importance = 1.5
        let report = try t.store.add(batch)
        #expect(report.inserted.map(\.index) == [0, 3])
        #expect(report.failed.map(\.index) == [1, 2, 4, 5])
        #expect(report.failed.map(\.error.code) == [.invalidValue, .idTaken, .notFound, .invalidValue])
        #expect(report.failed[2].error.message.contains("nobody"))
    }

    @Test func aRecordTheDatabaseRefusesHalfWayLeavesNothingBehind() throws {
        let t = try TemporaryStore()
        try t.store.pool.write {
            try $0.execute(
                sql: """
                    CREATE TRIGGER refuse BEFORE INSERT ON memory_entity WHEN new.position = 1
                    BEGIN SELECT raise(ABORT, 'no second entity'); END
                    """)
        }
        var bad = NewMemory.sample("with two entities", author: "new author", session: "new session")
        bad.entities = [EntityMention(name: "x", kind: "k"), EntityMention(name: "y", kind: "k")]
        let report = try t.store.add([
            .sample("first", session: "s"), bad, .sample("third", author: "new author", session: "s"),
        ])
        #expect(report.inserted.map(\.index) == [0, 2])
        #expect(report.failed.count == 1)
        #expect(report.failed[0].error.message.contains("no second entity"))
        #expect(try t.store.matches(["entities"]).rowids.isEmpty)
        #expect(try t.store.statistics(scope: Scope()).documents == 2)
    }

    @Test func theDerivedIDIsStable() {
        // SHA-256 test vectors of FIPS 180-4.
        func hex(_ text: String) -> String {
            SHA256.digest(Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        #expect(hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    }
}

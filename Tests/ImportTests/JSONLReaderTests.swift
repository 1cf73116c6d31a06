import Foundation
import Storage
import Testing

@testable import Engine

@Suite struct `Reading memories from JSON lines` {
    @Test func everyKeyOfTheSchemaReachesTheMemory() throws {
        let items = try read(
            """
            {"id":"a1","text":"Tea","caption":"a cup","author":"Ann","type":"preference","importance":0.75,\
            "pinned":true,"constraint":true,"created_at":"2023-05-08T13:56:00Z","valid_from":1683554160,\
            "valid_until":1683554161000,"session":"s","ordinal":3,"supersedes":"a0",\
            "entities":[{"name":"Ann","kind":"person","aspect":"drinks"},"tea"],\
            "embeddings":{"m":[1,2.5]},"embedding":[3],"model":"n","metadata":{"k": 1},"user":"u","agent":"g"}
            """)
        guard case .memory(let memory, let scope) = try #require(items.first) else {
            Issue.record("\(items)")
            return
        }
        #expect(items.count == 1)
        #expect(scope == ScopeHint(user: "u", agent: "g"))
        #expect(
            memory.id == "a1" && memory.text == "Tea" && memory.caption == "a cup" && memory.author == "Ann")
        #expect(
            memory.type == "preference" && memory.importance == 0.75 && memory.isPinned && memory.isConstraint
        )
        #expect(memory.createdAtMilliseconds == 1_683_554_160_000)
        #expect(memory.validFromMilliseconds == 1_683_554_160_000)
        #expect(memory.validUntilMilliseconds == 1_683_554_161_000)
        #expect(memory.session == "s" && memory.ordinal == 3 && memory.supersedes == "a0")
        #expect(
            memory.entities == [
                EntityMention(name: "Ann", kind: "person", aspect: "drinks"),
                EntityMention(name: "tea", kind: "concept"),
            ])
        #expect(
            memory.embeddings == [
                StoredEmbedding(model: "m", vector: [1, 2.5]), StoredEmbedding(model: "n", vector: [3]),
            ])
        #expect(memory.metadata == #"{"k": 1}"#)
    }

    @Test(arguments: [
        ("{", nil as String?, "not JSON"),
        ("[1]", nil, "an object such as"),
        (#"{"id":"a"}"#, "text", "missing"),
        (#"{"text":"  "}"#, "text", "blank"),
        (#"{"text":null}"#, "text", "found null, allowed: a string"),
        (#"{"text":"t","importance":"high"}"#, "importance", "found \"high\", allowed: a number from 0 to 1"),
        (#"{"text":"t","importance":1.5}"#, "importance", "found 1.5"),
        (#"{"text":"t","pinned":"yes"}"#, "pinned", "allowed: true or false"),
        (#"{"text":"t","created_at":"soon"}"#, "created_at", "allowed: ISO 8601"),
        (#"{"text":"t","created_at":1e15}"#, "created_at", "Unix seconds"),
        (#"{"text":"t","ordinal":-1}"#, "ordinal", "a whole number from 0"),
        (#"{"text":"t","id":""}"#, "id", "a string of 1 to 512 bytes"),
        (#"{"text":"t","entities":[{"kind":"x"}]}"#, "entities[0]", "name not empty"),
        (#"{"text":"t","embedding":[1]}"#, "embedding", "without its \"model\""),
        (#"{"text":"t","embeddings":{"m":[1,null]}}"#, "embeddings.m", "finite numbers"),
        (#"{"text":"t","embeddings":{"m":[1e39]}}"#, "embeddings.m", "32-bit float"),
        (#"{"text":"t","embeddings":{"m":[0,0.0]}}"#, "embeddings.m", "all zero"),
        (#"{"text":"t","metadata":[]}"#, "metadata", "allowed: an object"),
        (#"{"text":"t","valid_from":2,"valid_until":1}"#, "valid_until", "before valid_from"),
        (#"{"text":"t","user":""}"#, "user", "a string that isn't empty"),
        (String(repeating: "[", count: 100), nil, "64 levels"),
    ])
    func aBadRecordIsReportedByLineAndKeyAndTheOthersAreRead(record: String, key: String?, message: String)
        throws
    {
        let items = try read("{\"text\":\"before\"}\n\(record)\n{\"text\":\"after\"}\n")
        #expect(items.memories.map(\.text) == ["before", "after"])
        let problem = try #require(items.problems.first)
        #expect(items.problems.count == 1)
        #expect(problem.line == 2 && problem.severity == .skipped && problem.key == key)
        #expect(problem.message.contains(message))
    }

    @Test func theColumnPointsAtTheBadValue() throws {
        let problem = try #require(try read(#"  {"text":"t","importance":7}"#).problems.first)
        #expect(problem.column == 28)
    }

    @Test func unknownKeysAreKeptInTheMetadataAndReportedOnce() throws {
        let items = try read(
            #"{"text":"a","mood":{"x":[1, 2]},"metadata":{"mood":1}}"# + "\n"
                + #"{"text":"b","mood":2,"metadata":{ }}"#)
        #expect(
            items.memories.map(\.metadata) == [#"{"record.mood":{"x":[1, 2]},"mood":1}"#, #"{"mood":2}"#])
        #expect(items.problems.map(\.key) == ["mood"] && items.problems.map(\.severity) == [.warning])
    }

    @Test func theLastOfTwoEqualKeysCountsAndIsReported() throws {
        let items = try read(#"{"text":"a","text":"b"}"#)
        #expect(items.memories.map(\.text) == ["b"])
        #expect(items.problems.map(\.key) == ["text"])
    }

    @Test func byteOrderMarkCRLFBlankLinesAndAMissingLastNewlineAreAccepted() throws {
        let items = try read("\u{FEFF}{\"text\":\"a\"}\r\n\r\n   \n{\"text\":\"b\"}")
        #expect(items.memories.map(\.text) == ["a", "b"])
        #expect(items.problems.isEmpty)
    }

    @Test func invalidUTF8IsReportedAtItsLine() throws {
        let items = try read(
            Data("{\"text\":\"a\"}\n{\"text\":\"".utf8) + [0xFF, 0xC3] + Data("\"}\n{\"text\":\"c\"}".utf8))
        #expect(items.memories.map(\.text) == ["a", "c"])
        #expect(items.problems.map(\.line) == [2])
        #expect(items.problems.first?.message.contains("UTF-8") == true)
    }

    @Test func aFileInUTF16IsNamedAsSuch() throws {
        let data = try #require("{\"text\":\"a\"}".data(using: .utf16))
        let error = #expect(throws: ImportError.self) { try read(data) }
        #expect(error?.message.contains("UTF-16") == true)
    }

    @Test func randomDamageToAFileNeverLosesTheRecordsOfOtherLines() throws {
        let record =
            #"{"id":"a","text":"t","importance":0.5,"entities":[{"name":"n"}],"embeddings":{"m":[1,2]}}"#
        var random = SplitMix(state: 3)
        var data = Data()
        for _ in 0..<2000 {
            var bytes = Array(record.utf8)
            let position = Int(random.next() % UInt64(bytes.count))
            let byte = UInt8(truncatingIfNeeded: random.next())
            bytes[position] = byte == 0x0A ? 0x20 : byte
            data += bytes + [0x0A] + Data("{\"text\":\"whole\"}\n".utf8)
        }
        let items = try read(data)
        #expect(items.memories.count { $0.text == "whole" } == 2000)
        let skipped = items.problems.count { $0.severity == .skipped }
        #expect(items.memories.count + skipped == 4000 && skipped > 500)
    }

    @Test func aLineBeyondTheLimitIsPassedOver() throws {
        var data = Data("{\"text\":\"".utf8)
        data.append(Data(repeating: 0x61, count: 40 << 20))
        data.append(Data("\"}\n{\"text\":\"after\"}".utf8))
        let items = try read(data)
        #expect(items.memories.map(\.text) == ["after"])
        #expect(items.problems.map(\.line) == [1])
        #expect(items.problems.first?.message.contains("\((40 << 20) + 11) bytes") == true)
    }

    @Test func aLineOfTenMegabytesIsRead() throws {
        let text = String(repeating: "long ", count: 2_000_000)
        #expect(try read("{\"text\":\"\(text)\"}").memories.map(\.text) == [text])
    }

    @Test func gzipIsReadAndADamagedOneIsAnErrorAfterWhatCouldBeRead() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "a.jsonl", (0..<20_000).map { "{\"text\":\"memory \($0)\"}" }.joined(separator: "\n"))
        let file = folder.path + "/a.jsonl"
        _ = try ChildProcess.output(of: ["gzip", file])
        let reader = try JSONLReader(file: file + ".gz", nowMilliseconds: 0)
        #expect(try all(reader).memories.count == 20_000)
        #expect(reader.progress.done == reader.progress.total)

        let whole = try Data(contentsOf: URL(fileURLWithPath: file + ".gz"))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: file + ".gz"))
        let error = #expect(throws: ImportError.self) {
            try all(JSONLReader(file: file + ".gz", nowMilliseconds: 0))
        }
        #expect(error?.code == .commandFailed && error?.message.contains("unexpected end of file") == true)
    }

    @Test func aFileThatIsNotThereOrIsAFolderIsAnError() {
        let missing = #expect(throws: ImportError.self) {
            try JSONLReader(file: "/nowhere/x", nowMilliseconds: 0)
        }
        #expect(missing?.message.contains("No such file") == true)
        let folder = #expect(throws: ImportError.self) { try JSONLReader(file: "/tmp", nowMilliseconds: 0) }
        #expect(folder?.message == "is a folder")
    }
}

func read(_ text: String) throws -> [ImportItem] {
    try read(Data(text.utf8))
}

func read(_ data: Data) throws -> [ImportItem] {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).jsonl")
    try data.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try all(JSONLReader(file: file.path, nowMilliseconds: 42))
}

func all(_ reader: any ImportReader) throws -> [ImportItem] {
    var items: [ImportItem] = []
    while let item = try reader.next() { items.append(item) }
    return items
}

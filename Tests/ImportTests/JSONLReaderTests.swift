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
        #expect(memory.id == "a1" && memory.text == "Tea" && memory.caption == "a cup" && memory.author == "Ann")
        #expect(memory.type == "preference" && memory.importance == 0.75 && memory.isPinned && memory.isConstraint)
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

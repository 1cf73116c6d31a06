import Foundation
import Storage

/// Mneme's own JSONL: one memory a line. docs/import.md has the schema.
package struct JSONLSource: ImportSource {
    private let reader: LineReader
    private let nowMilliseconds: Int64

    package init(path: String, nowMilliseconds: Int64) {
        reader = LineReader(path: path)
        self.nowMilliseconds = nowMilliseconds
    }

    package var unitsTotal: Int64? { reader.size }

    package func read(_ body: (ImportItem, Int64) throws -> Void) throws {
        try reader.forEachLine { number, line, done in
            guard let line else { return try body(.problem(line: number, reason: "is longer than 64 MiB"), done) }
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return }
            do {
                let (memory, user) = try MemoryRecord.parse(line, nowMilliseconds: nowMilliseconds)
                try body(.memory(memory, user: user), done)
            } catch let error as MemoryRecord.Problem {
                try body(.problem(line: number, reason: error.reason), done)
            }
        }
    }
}

/// One record of the JSONL schema.
package enum MemoryRecord {
    package struct Problem: Error { package var reason: String }

    static let keys: Set<String> = [
        "id", "text", "caption", "author", "type", "importance", "pinned", "constraint", "created_at", "valid_from", "valid_until",
        "session", "ordinal", "supersedes", "entities", "embeddings", "embedding", "model", "metadata", "source", "user",
    ]

    static func parse(_ line: Data, nowMilliseconds: Int64) throws -> (NewMemory, user: String?) {
        guard let parsed = try? JSONSerialization.jsonObject(with: line) else { throw Problem(reason: "is not JSON") }
        guard let object = parsed as? [String: Any] else { throw Problem(reason: "is not a JSON object") }
        guard let text = object["text"] as? String else {
            throw Problem(reason: "text is \(object["text"] == nil ? "missing" : "not a string"); allowed: a string")
        }
        var memory = NewMemory(text: text, createdAtMilliseconds: try moment(object, "created_at") ?? nowMilliseconds)
        memory.id = try identifier(object, "id")
        memory.caption = try string(object, "caption")
        memory.author = try string(object, "author")
        memory.type = try string(object, "type") ?? "fact"
        memory.importance = try number(object, "importance")
        memory.isPinned = try flag(object, "pinned")
        memory.isConstraint = try flag(object, "constraint")
        memory.validFromMilliseconds = try moment(object, "valid_from")
        memory.validUntilMilliseconds = try moment(object, "valid_until")
        memory.session = try identifier(object, "session")
        memory.ordinal = try number(object, "ordinal").flatMap { Int(exactly: $0) }
        memory.supersedes = try identifier(object, "supersedes")
        memory.source = try string(object, "source") ?? "jsonl"
        if let list = present(object, "entities") {
            guard let entities = list as? [[String: Any]] else { throw Problem(reason: "entities is not an array of objects {name, kind, aspect}") }
            memory.entities = try entities.map { entity in
                guard let name = entity["name"] as? String else { throw Problem(reason: "an entity has no name") }
                return EntityMention(name: name, kind: entity["kind"] as? String ?? "concept", aspect: entity["aspect"] as? String)
            }
        }
        if let models = present(object, "embeddings") {
            guard let models = models as? [String: Any] else { throw Problem(reason: "embeddings is not an object of model and numbers") }
            memory.embeddings = try models.sorted { $0.key < $1.key }.map { StoredEmbedding(model: $0.key, vector: try vector($0.value, $0.key)) }
        }
        if let one = present(object, "embedding") {
            memory.embeddings.append(StoredEmbedding(model: try string(object, "model") ?? "default", vector: try vector(one, "embedding")))
        }
        // What we don't know isn't lost: it is kept beside the caller's own metadata.
        var metadata = object["metadata"] as? [String: Any] ?? [:]
        for (key, value) in object where !keys.contains(key) { metadata[key] = value }
        if !metadata.isEmpty, let bytes = try? JSONSerialization.data(withJSONObject: metadata, options: [.sortedKeys]) {
            memory.metadata = String(decoding: bytes, as: UTF8.self)
        }
        return (memory, try string(object, "user"))
    }

    private static func present(_ object: [String: Any], _ key: String) -> Any? {
        guard let value = object[key], !(value is NSNull) else { return nil }
        return value
    }

    private static func string(_ object: [String: Any], _ key: String) throws -> String? {
        guard let value = present(object, key) else { return nil }
        guard let text = value as? String else { throw Problem(reason: "\(key) is \(value); allowed: a string") }
        return text
    }

    /// Ids may be numbers.
    private static func identifier(_ object: [String: Any], _ key: String) throws -> String? {
        guard let value = present(object, key) else { return nil }
        if let text = value as? String { return text }
        if let number = value as? NSNumber { return number.stringValue }
        throw Problem(reason: "\(key) is \(value); allowed: a string or a number")
    }

    private static func number(_ object: [String: Any], _ key: String) throws -> Double? {
        guard let value = present(object, key) else { return nil }
        guard let number = value as? NSNumber else { throw Problem(reason: "\(key) is \(value); allowed: a number") }
        return number.doubleValue
    }

    private static func flag(_ object: [String: Any], _ key: String) throws -> Bool {
        guard let value = present(object, key) else { return false }
        guard let flag = value as? Bool else { throw Problem(reason: "\(key) is \(value); allowed: true or false") }
        return flag
    }

    private static func moment(_ object: [String: Any], _ key: String) throws -> Int64? {
        guard let value = present(object, key) else { return nil }
        if let text = value as? String, let result = Timestamp.milliseconds(text) { return result }
        if let number = value as? NSNumber, let result = Timestamp.milliseconds(number.doubleValue) { return result }
        throw Problem(reason: "\(key) is \(value); allowed: ISO 8601, or seconds or milliseconds since 1970")
    }

    private static func vector(_ value: Any, _ name: String) throws -> [Float] {
        guard let numbers = value as? [NSNumber] else { throw Problem(reason: "the embedding \(name) is not an array of numbers") }
        return numbers.map(\.floatValue)
    }
}

extension MemoryRecord {
    /// The line that `parse` reads back.
    package static func line(_ view: MemoryView, includeEmbeddings: Bool) -> String {
        let memory = view.memory
        var object: [String: Any] = ["id": view.id, "text": memory.text, "type": memory.type, "created_at": Timestamp.text(memory.createdAtMilliseconds), "source": memory.source]
        object["caption"] = memory.caption
        object["author"] = memory.author
        object["importance"] = memory.importance
        if memory.isPinned { object["pinned"] = true }
        if memory.isConstraint { object["constraint"] = true }
        object["valid_from"] = memory.validFromMilliseconds.map(Timestamp.text)
        object["valid_until"] = memory.validUntilMilliseconds.map(Timestamp.text)
        object["session"] = memory.session
        object["ordinal"] = memory.session == nil ? nil : memory.ordinal
        if !memory.entities.isEmpty {
            object["entities"] = memory.entities.map { entity in
                var result = ["name": entity.name, "kind": entity.kind]
                result["aspect"] = entity.aspect
                return result
            }
        }
        if includeEmbeddings, !memory.embeddings.isEmpty {
            object["embeddings"] = Dictionary(uniqueKeysWithValues: memory.embeddings.map { ($0.model, $0.vector.map(Double.init)) })
        }
        if let metadata = memory.metadata, let value = try? JSONSerialization.jsonObject(with: Data(metadata.utf8)) { object["metadata"] = value }
        // Every value above is a JSON type, so this can't fail; an empty object would be visible at once.
        let bytes = (try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])) ?? Data("{}".utf8)
        return String(decoding: bytes, as: UTF8.self)
    }
}

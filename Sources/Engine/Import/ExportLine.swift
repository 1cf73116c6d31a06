import Features
import Foundation

/// A memory as a line of the import's JSONL: what `JSONLReader` reads back.
package enum ExportLine {
    package static func make(_ view: MemoryView, includeEmbeddings: Bool) -> String {
        let memory = view.memory
        var object: [String: Any] = [
            "id": view.id, "text": memory.text, "type": memory.type,
            "created_at": iso8601(memory.createdAtMilliseconds),
        ]
        object["caption"] = memory.caption
        object["author"] = memory.author
        object["importance"] = memory.importance
        if memory.isPinned { object["pinned"] = true }
        if memory.isConstraint { object["constraint"] = true }
        object["valid_from"] = memory.validFromMilliseconds.map(iso8601)
        object["valid_until"] = memory.validUntilMilliseconds.map(iso8601)
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
            object["embeddings"] = Dictionary(
                uniqueKeysWithValues: memory.embeddings.map { ($0.model, $0.vector.map(Double.init)) })
        }
        if let metadata = memory.metadata,
            let value = try? JSONSerialization.jsonObject(with: Data(metadata.utf8))
        {
            object["metadata"] = value
        }
        // Every value above is a JSON type, so this can't fail; an empty object would be visible at once.
        let bytes =
            (try? JSONSerialization.data(
                withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])) ?? Data("{}".utf8)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `2023-05-08T13:56:00.000Z`
    private static func iso8601(_ milliseconds: Int64) -> String {
        let time = CivilTime(unixMilliseconds: milliseconds, utcOffsetSeconds: 0)
        let ofDay = Int((milliseconds % 86_400_000 + 86_400_000) % 86_400_000)
        func pad(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = "\(pad(time.year, 4))-\(pad(time.month, 2))-\(pad(time.day, 2))"
        return
            "\(date)T\(pad(ofDay / 3_600_000, 2)):\(pad(ofDay / 60000 % 60, 2)):\(pad(ofDay / 1000 % 60, 2)).\(pad(ofDay % 1000, 3))Z"
    }
}

import Foundation
import Storage

/// LoCoMo and kin: `memories.jsonl[.gz]` of turns {conv, id, session, turn, ts, speaker, text, image_caption}. Each conversation is a
/// user of its own, so that nothing is counted across two.
package struct ConversationSource: ImportSource {
    private let reader: LineReader

    /// - Parameter folder: the folder that holds `memories.jsonl` or `memories.jsonl.gz`.
    package init(folder: String) throws {
        guard let path = Self.file("memories", in: folder) else {
            throw EngineError(.invalidInput, "\(folder) holds no memories.jsonl or memories.jsonl.gz")
        }
        reader = LineReader(path: path)
    }

    static func file(_ name: String, in folder: String) -> String? {
        ["\(folder)/\(name).jsonl", "\(folder)/\(name).jsonl.gz"].first { FileManager.default.fileExists(atPath: $0) }
    }

    package static func isOne(_ folder: String) -> Bool { file("memories", in: folder) != nil }

    package var unitsTotal: Int64? { reader.size }

    package func read(_ body: (ImportItem, Int64) throws -> Void) throws {
        var places: [String: Int] = [:]
        try reader.forEachLine { number, line, done in
            guard let line, !line.isEmpty else { return }
            guard let object = try? JSONSerialization.jsonObject(with: line) as? [String: Any], let text = object["text"] as? String,
                let id = object["id"] as? String
            else { return try body(.problem(line: number, reason: "is no turn: it needs the strings id and text"), done) }
            let conversation = (object["conv"] as? String) ?? (object["conv"] as? NSNumber)?.stringValue ?? "default"
            let session = (object["session"] as? NSNumber)?.stringValue ?? object["session"] as? String ?? "1"
            var memory = NewMemory(text: text, createdAtMilliseconds: (object["ts"] as? String).flatMap(Timestamp.milliseconds) ?? 0)
            memory.id = id
            memory.author = object["speaker"] as? String
            memory.caption = object["image_caption"] as? String
            memory.type = "turn"
            memory.session = session
            let place = places["\(conversation)\0\(session)", default: 0]
            places["\(conversation)\0\(session)"] = place + 1
            memory.ordinal = place
            memory.source = "conversations"
            try body(.memory(memory, user: conversation), done)
        }
    }

    package struct Question: Sendable {
        package var conversation: String
        package var question: String
        package var evidence: [String]
        package var category: String
        package var askedAtMilliseconds: Int64?
    }

    /// Questions whose evidence is known; adversarial ones are left out, as BASELINES.md does.
    package static func questions(folder: String) throws -> [Question] {
        guard let path = file("queries", in: folder) else { throw EngineError(.invalidInput, "\(folder) holds no queries.jsonl or queries.jsonl.gz") }
        var result: [Question] = []
        try LineReader(path: path).forEachLine { _, line, _ in
            guard let line, let object = try? JSONSerialization.jsonObject(with: line) as? [String: Any], let text = object["question"] as? String,
                let evidence = object["evidence"] as? [String], !evidence.isEmpty
            else { return }
            let category = object["category_name"] as? String ?? ""
            if category == "adversarial" { return }
            result.append(
                Question(
                    conversation: (object["conv"] as? String) ?? (object["conv"] as? NSNumber)?.stringValue ?? "default", question: text,
                    evidence: evidence, category: category, askedAtMilliseconds: (object["asked_at"] as? String).flatMap(Timestamp.milliseconds)))
        }
        return result
    }
}

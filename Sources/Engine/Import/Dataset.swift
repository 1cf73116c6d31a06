import Foundation

/// A folder of evaluation data in one of the JSONL schemas that Mneme knows, recognised by its files.
package struct Dataset: Sendable {
    package enum Kind: String, Sendable {
        /// LoCoMo and RealTalk: conversations of turns, each a scope of its own.
        case conversations
        /// MADial-Bench: one store of dated events, asked by a dialogue.
        case madial
        /// Memory-Benchmark: facts of several users, by session, with importance and supersession.
        case memorybench
        /// Files of git repositories as memories, commits as accesses.
        case gitAccess
    }

    package let kind: Kind
    /// `locomo`, `realtalk`, …: the folder's name, that of its parent for `dev` and `heldout`.
    package let name: String
    package let folder: String
    /// nil for gitAccess.
    let memoriesFile: String?
    /// nil where the folder has none.
    let queriesFile: String?
    /// gitAccess: `<repo>` for each `<repo>.events.jsonl.gz`.
    let repositories: [String]

    /// - Parameter folder: a part such as `locomo/dev`, or a dataset's folder that has only one part.
    package init(folder: String) throws(ImportError) {
        var folder = folder
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        guard let listed = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw ImportError(
                .notAFolder, place: folder, "can't be listed", advice: "Name a dataset's folder")
        }
        var names = Set(listed)
        let parts = ["dev", "heldout", "train", "test"].filter(names.contains)
        if !parts.isEmpty {
            guard parts.count == 1, let part = parts.first else {
                throw ImportError(
                    .unknownDataset, place: folder, "has several parts: \(parts.joined(separator: ", "))",
                    advice: "Name one of them")
            }
            folder += "/\(part)"
            names = Set((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        }
        self.folder = folder

        let path = folder as NSString
        let leaf = path.lastPathComponent
        let parent = path.deletingLastPathComponent
        name =
            ["dev", "heldout", "train", "test"].contains(leaf) ? (parent as NSString).lastPathComponent : leaf

        func existing(_ name: String) -> String? {
            ["\(folder)/\(name).gz", "\(folder)/\(name)"].first(where: FileManager.default.fileExists)
        }
        queriesFile = existing("queries.jsonl")
        let suffix = ".events.jsonl.gz"
        repositories = names.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }
            .sorted()
        // MADial keeps the memories that its parts share one folder up.
        let shared = "\(parent)/memories.jsonl.gz"
        let memories =
            existing("memories.jsonl")
            ?? (queriesFile != nil && FileManager.default.fileExists(atPath: shared) ? shared : nil)
        memoriesFile = memories

        if let memories {
            let first = try DatasetRows(file: memories).next()
            switch first {
            case .row(let row, _) where row["conv"] != nil && row["text"] != nil: kind = .conversations
            case .row(let row, _) where row["event"] != nil && row["time"] != nil: kind = .madial
            case .row(let row, _) where row["fact"] != nil && row["user"] != nil: kind = .memorybench
            default:
                throw ImportError(
                    .unknownDataset, place: memories, "its first record fits no known schema",
                    advice: "For records of your own use the JSONL schema of docs/import.md")
            }
        } else if !repositories.isEmpty {
            kind = .gitAccess
        } else {
            throw ImportError(
                .unknownDataset, place: folder, "has neither memories.jsonl.gz nor *.events.jsonl.gz",
                advice: "Name a folder such as locomo/dev")
        }
    }

    /// The memories (and, for gitAccess, events), in file order.
    package func reader() throws(ImportError) -> any ImportReader {
        switch kind {
        case .gitAccess: try GitAccessReader(self)
        default: try DatasetReader(self)
        }
    }
}

/// The records of a dataset's file as dictionaries.
final class DatasetRows {
    enum Item {
        case row([String: JSONValue], line: Int)
        case problem(ImportProblem)
    }

    let records: ByteRecords

    init(file: String) throws(ImportError) {
        records = try ByteRecords(file: file)
    }

    func next() throws(ImportError) -> Item? {
        while let record = try records.next() {
            guard case .bytes(let bytes) = record else {
                return .problem(problem("a line of more than 16 MiB"))
            }
            if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { continue }
            var parser = JSONParser(bytes)
            do throws(JSONSyntaxError) {
                guard case .object(let members) = try parser.parse() else {
                    return .problem(problem("found no object"))
                }
                return .row(
                    Dictionary(members.map { ($0.key, $0.value) }) { $1 }, line: records.number)
            } catch {
                return .problem(problem("not JSON: \(error.message)", column: error.offset + 1))
            }
        }
        return nil
    }

    func problem(_ message: String, column: Int? = nil, key: String? = nil) -> ImportProblem {
        ImportProblem(
            .skipped, file: records.place, line: records.number, column: column, key: key, message)
    }
}

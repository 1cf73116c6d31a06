import Foundation
import Storage

/// The `git_access` schema: each file a memory `f<number>` when its first commit comes, each commit an event
/// that touches memories. Each repository is a scope of its own.
final class GitAccessReader: ImportReader {
    private let dataset: Dataset
    private var remaining: ArraySlice<String>
    private var repository: (name: String, paths: [Int: String], rows: DatasetRows)?
    /// Files of the current repository that are memories already: a deleted one can come back.
    private var known: Set<Int> = []
    private var pending: ArraySlice<ImportItem> = []
    private var readCount = 0

    init(_ dataset: Dataset) throws(ImportError) {
        self.dataset = dataset
        remaining = dataset.repositories[...]
    }

    var progress: ImportProgress { ImportProgress(unit: .records, done: readCount, total: nil) }

    func next() throws(ImportError) -> ImportItem? {
        while true {
            if let item = pending.popFirst() { return item }
            if let repository {
                switch try repository.rows.next() {
                case nil: self.repository = nil
                case .problem(let problem): return .problem(problem)
                case .row(let row, _):
                    readCount += 1
                    guard let commit = GitAccessCommit(row) else {
                        return .problem(repository.rows.problem("lacks a key of the git_access schema"))
                    }
                    pending = items(of: commit, in: repository.name, paths: repository.paths)[...]
                }
            } else {
                guard let name = remaining.popFirst() else { return nil }
                let files = try ByteRecords(file: "\(dataset.folder)/\(name).files.tsv.gz")
                var paths: [Int: String] = [:]
                while let record = try files.next() {
                    guard case .bytes(let bytes) = record else { continue }
                    let columns = String(decoding: bytes, as: UTF8.self).split(
                        separator: "\t", omittingEmptySubsequences: false)
                    guard columns.count >= 2, let number = Int(columns[0]) else { continue }  // the heading
                    paths[number] = String(columns[1])
                }
                let rows = try DatasetRows(file: "\(dataset.folder)/\(name).events.jsonl.gz")
                repository = (name, paths, rows)
                known = []
            }
        }
    }

    private func items(of commit: GitAccessCommit, in repository: String, paths: [Int: String])
        -> [ImportItem]
    {
        let scope = ScopeHint(user: repository)
        var items: [ImportItem] = []
        var event = NewEvent(
            key: "git_access:\(repository):\(commit.index)", kind: "commit",
            atMilliseconds: commit.atMilliseconds,
            utcOffsetMinutes: commit.utcOffsetMinutes)
        event.actor = String(commit.author)
        event.query = commit.subject
        for change in commit.changes {
            let path = paths[change.file] ?? "file \(change.file)"
            if known.insert(change.file).inserted {
                var memory = NewMemory(text: path, createdAtMilliseconds: commit.atMilliseconds)
                memory.id = "f\(change.file)"
                memory.type = "file"
                memory.author = String(commit.author)
                memory.entities = Self.entities(path, aspect: nil)
                memory.supersedes = change.previousFile.map { "f\($0)" }
                memory.source = dataset.name
                items.append(.memory(memory, scopeHint: scope))
            }
            event.entities += Self.entities(path, aspect: change.kind).filter { !event.entities.contains($0) }
            event.memories.append("f\(change.file)")
            if let previous = change.previousFile { event.memories.append("f\(previous)") }
        }
        items.append(.event(event, scopeHint: scope))
        return items
    }

    private static func entities(_ path: String, aspect: String?) -> [EntityMention] {
        let file = EntityMention(name: path, kind: "file", aspect: aspect)
        guard let slash = path.lastIndex(of: "/") else { return [file] }
        return [file, EntityMention(name: String(path[..<slash]), kind: "directory")]
    }
}

/// One line of `<repo>.events.jsonl.gz`.
struct GitAccessCommit {
    var index: Int
    var atMilliseconds: Int64
    var utcOffsetMinutes: Int
    var author: Int
    var subject: String
    /// More than 30 files: never a query.
    var isBulk: Bool
    var changes: [(kind: String, file: Int, previousFile: Int?)]

    init?(_ row: [String: JSONValue]) {
        guard let index = row["k"]?.integer, let seconds = row["ts"]?.integer,
            let operations = row["ops"]?.elements
        else { return nil }
        self.index = index
        atMilliseconds = Int64(seconds) * 1000
        utcOffsetMinutes = row["tz"]?.integer ?? 0
        author = row["author"]?.integer ?? -1
        subject = row["msg"]?.string ?? ""
        isBulk = row["bulk"] == .bool(true)
        changes = []
        for operation in operations {
            guard let parts = operation.elements, parts.count >= 2, let file = parts[1].integer else {
                return nil
            }
            switch parts[0].string {
            case "A": changes.append(("added", file, nil))
            case "M": changes.append(("modified", file, nil))
            case "D": changes.append(("deleted", file, nil))
            case "R": changes.append(("renamed", file, parts.count > 2 ? parts[2].integer : nil))
            default: return nil
            }
        }
    }
}

extension Dataset {
    /// The commits of each repository's last fifth that aren't bulk and touch a live file: walk forward, rank
    /// all files live just before the commit.
    func gitAccessQueries() throws(ImportError) -> [EvaluationQuery] {
        var queries: [EvaluationQuery] = []
        for repository in repositories {
            let rows = try DatasetRows(file: "\(folder)/\(repository).events.jsonl.gz")
            var commits: [GitAccessCommit] = []
            while let item = try rows.next() {
                if case .row(let row, _) = item, let commit = GitAccessCommit(row) { commits.append(commit) }
            }
            for commit in commits where !commit.isBulk && commit.index * 5 >= commits.count * 4 {
                let touched = commit.changes.compactMap { change -> Int? in
                    switch change.kind {
                    case "added": nil
                    case "renamed": change.previousFile
                    default: change.file
                    }
                }
                guard !touched.isEmpty else { continue }
                queries.append(
                    EvaluationQuery(
                        conversation: repository, id: "\(repository)-\(commit.index)",
                        question: commit.subject,
                        category: "access", evidence: touched.map { "f\($0)" },
                        askedAtMilliseconds: commit.atMilliseconds))
            }
        }
        return queries
    }
}

import Foundation

/// Who touched what, and when: one repository, one store, one person's files.
struct AccessStream {
    struct Event {
        var atMilliseconds: Int64
        var utcOffsetSeconds: Int
        var actor: Int
        var changes: [Change]
        /// Too many at once to say anything about any of them: it counts, but isn't asked about.
        var isBulk: Bool
    }

    enum Change: Equatable {
        case touched(Int)
        case deleted(Int)
        /// The new item carries the old one's history on.
        case renamed(Int, from: Int)
    }

    var name: String
    var events: [Event]

    /// The repositories of a `git_access` folder.
    static func gitAccess(_ dataset: Dataset) throws(ImportError) -> [AccessStream] {
        var streams: [AccessStream] = []
        for repository in dataset.repositories {
            let rows = try DatasetRows(file: "\(dataset.folder)/\(repository).events.jsonl.gz")
            var events: [Event] = []
            while let item = try rows.next() {
                guard case .row(let row, _) = item else { continue }
                guard let commit = GitAccessCommit(row) else {
                    throw ImportError(
                        .unknownDataset, place: "\(repository).events.jsonl.gz", "event \(events.count + 1) lacks a key",
                        advice: "Each line needs k, ts and ops (git_access/README.md)")
                }
                events.append(Event(commit))
            }
            streams.append(AccessStream(name: repository, events: events))
        }
        return streams
    }
}

extension AccessStream.Event {
    init(_ commit: GitAccessCommit) {
        self.init(
            atMilliseconds: commit.atMilliseconds, utcOffsetSeconds: commit.utcOffsetMinutes * 60, actor: commit.author,
            changes: commit.changes.map { change in
                switch (change.kind, change.previousFile) {
                case ("deleted", _): .deleted(change.file)
                case ("renamed", let old?): .renamed(change.file, from: old)
                default: .touched(change.file)
                }
            }, isBulk: commit.isBulk)
    }
}

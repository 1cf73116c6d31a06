import Foundation
import Storage

/// The history of a git repository: each commit a memory and an event, files and folders its entities.
///
/// Commits come oldest first. A subfolder of a repository gives the commits that touch it. Merges are left
/// out: what they bring in has its own commits.
///
/// Commits of one author that follow each other in this order within four hours form a session
/// `work:<author>:<local date>:<first commit>`, with ordinals from 0; a commit on its own has none. A session
/// never reaches across `since`.
package final class GitRepositoryReader: ImportReader {
    package enum WithoutHistory: Sendable {
        case fail
        /// Read the folder's Markdown and text files instead.
        case readDocumentation
    }

    /// The commit that HEAD names, 40 hex digits: what to give as `since` next time. nil without history.
    package let head: String?
    private let path: String
    private let total: Int
    private var log: GitLog?
    private var documentation: MarkdownFolderReader?
    private var pending: [ImportItem] = []
    private var waiting: GitCommit?
    /// The session that `waiting` belongs to by what came before it.
    private var session: (name: String, nextOrdinal: Int)?
    private var readCount = 0

    /// Longest pause inside a session, milliseconds.
    package static let sessionGapMilliseconds: Int64 = 4 * 3_600_000
    /// A commit that touches more files names only the first ones; its metadata has the count.
    package static let maximumFiles = 200

    /// - Parameters:
    ///   - path: the repository, its `.git`, a bare repository or a folder inside a repository.
    ///   - since: read only what isn't reachable from this commit. Where it no longer exists the whole
    ///     history is read, and a problem says so.
    package init(
        path: String, since: String? = nil, withoutHistory: WithoutHistory = .readDocumentation
    ) throws(ImportError) {
        self.path = path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            throw ImportError(
                .notAFolder, place: path, "isn't a folder", advice: "Name the folder of a git repository")
        }
        let git = Git(path: path)
        let isRepository = try git.answer("rev-parse", "--git-dir") != nil
        let complaint = git.complaint
        if !isRepository, !complaint.contains("not a git repository") {
            throw ImportError(
                .notARepository, place: path, "git refuses it: \(complaint)",
                advice: "Run git log in that folder; for an ownership error follow git's own advice")
        }

        var head: String?
        var count = 0
        var isSubfolder = false
        var arguments: [String] = []
        if isRepository, let commit = try git.answer("rev-parse", "--verify", "--quiet", "HEAD^{commit}") {
            let prefix = try git.answer("rev-parse", "--show-prefix") ?? ""
            isSubfolder = !prefix.isEmpty
            let scope = prefix.isEmpty ? [] : ["--", "."]
            var range = commit
            if let since {
                let isWritten = !since.isEmpty && !since.hasPrefix("-")
                let known =
                    isWritten
                    ? try git.answer("rev-parse", "--verify", "--quiet", "\(since)^{commit}") : nil
                if let known {
                    range = "\(known)..\(commit)"
                } else {
                    pending.append(
                        .problem(
                            ImportProblem(
                                .warning, file: path, key: "since",
                                "found \(jsonQuoted(since)), which isn't a commit here; the whole history is read"
                            )))
                }
            }
            if try git.answer("rev-parse", "--is-shallow-repository") == "true" {
                pending.append(
                    .problem(
                        ImportProblem(
                            .warning, file: path,
                            "the clone is shallow: its oldest commits seem to add every file. Run git fetch --unshallow"
                        )))
            }
            let counted = try git.answer(["rev-list", "--count", "--no-merges", range] + scope)
            count = counted.flatMap { Int($0) } ?? 0
            if count > 0 || since != nil || prefix.isEmpty { head = commit }
            arguments = [range] + scope
        }
        self.head = head
        total = count

        if head != nil {
            if count > 0 { log = try GitLog(git: git, arguments: arguments) }
        } else {
            let what =
                !isRepository
                ? "isn't a git repository" : isSubfolder ? "has no commits that touch it" : "has no commits"
            guard case .readDocumentation = withoutHistory else {
                throw ImportError(
                    isRepository ? .noHistory : .notARepository, place: path, what,
                    advice: "Commit something, or import the folder as Markdown")
            }
            pending.append(
                .problem(ImportProblem(.warning, file: path, "\(what); its documentation is read instead")))
            documentation = try MarkdownFolderReader(
                folder: path, extensions: MarkdownFolderReader.documentationExtensions)
        }
    }

    package var progress: ImportProgress {
        documentation?.progress ?? ImportProgress(unit: .commits, done: readCount, total: total)
    }

    package func next() throws(ImportError) -> ImportItem? {
        while true {
            if !pending.isEmpty { return pending.removeFirst() }
            if let documentation { return try documentation.next() }
            guard let log else { return nil }
            let commit = try log.next()
            if let current = waiting { emit(current, before: commit) }
            waiting = commit
            if commit == nil {
                self.log = nil
                if pending.isEmpty { return nil }
            }
        }
    }

    /// Puts a commit's memory and event on the way; whether it is in a session shows only in the next one.
    private func emit(_ commit: GitCommit, before next: GitCommit?) {
        readCount += 1
        let goesOn = next.map { next in
            let pause = next.authored.milliseconds - commit.authored.milliseconds
            return next.author == commit.author && 0...Self.sessionGapMilliseconds ~= pause
        }
        if goesOn == true, session == nil {
            session = ("work:\(commit.author):\(commit.authored.localDate):\(commit.sha.prefix(7))", 0)
        }
        var memory = commit.memory
        if let current = session {
            memory.session = current.name
            memory.ordinal = current.nextOrdinal
            session = goesOn == true ? (current.name, current.nextOrdinal + 1) : nil
        }
        pending.append(.memory(memory, scopeHint: nil))
        pending.append(.event(commit.event, scopeHint: nil))
        if commit.isRepaired {
            pending.append(
                .problem(
                    ImportProblem(
                        .warning, file: path, key: "git:\(commit.sha.prefix(12))",
                        "found bytes that aren't UTF-8; replaced by U+FFFD")))
        }
    }
}

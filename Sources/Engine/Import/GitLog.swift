import Storage

/// git in one folder, untouched by the variables of a git that may have started us (a hook's GIT_DIR).
final class Git {
    let path: String
    /// What git last said on its standard error.
    private(set) var complaint = ""

    init(path: String) {
        self.path = path
    }

    static let environment: [String: String?] = [
        "GIT_DIR": nil, "GIT_WORK_TREE": nil, "GIT_INDEX_FILE": nil, "GIT_PREFIX": nil,
        "GIT_OBJECT_DIRECTORY": nil, "GIT_COMMON_DIR": nil, "GIT_NAMESPACE": nil,
        "GIT_CONFIG_PARAMETERS": nil, "GIT_TRACE": nil,
        "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",  // a partial clone must not start to download
    ]

    func argv(_ arguments: [String]) -> [String] {
        [
            "git", "--no-pager", "-C", path, "-c", "core.quotepath=off", "-c", "log.showSignature=false",
            "-c", "i18n.logOutputEncoding=UTF-8", "-c", "core.fsmonitor=false",
        ] + arguments
    }

    /// The trimmed output, nil if git says no.
    func answer(_ arguments: String...) throws(ImportError) -> String? { try answer(arguments) }

    func answer(_ arguments: [String]) throws(ImportError) -> String? {
        let result = try ChildProcess.output(of: argv(arguments), environment: Self.environment)
        complaint = result.complaint
        var text = result.text
        while text.last?.isNewline == true { text.removeLast() }
        return result.status == 0 ? text : nil
    }
}

struct GitCommit {
    struct Change {
        /// added, modified, deleted, renamed, copied or retyped.
        var kind: String
        var path: String
        var previousPath: String?
    }

    var sha: String
    var author: String
    var authored: Timestamp
    var committed: Timestamp
    var message: String
    var changes: [Change]
    /// All changes, also those beyond `maximumFiles`.
    var changeCount: Int
    var isRepaired: Bool

    var memory: NewMemory {
        var memory = NewMemory(text: text, createdAtMilliseconds: authored.milliseconds)
        memory.id = "git:\(sha.prefix(12))"
        memory.author = author.isEmpty ? nil : author
        memory.type = "commit"
        memory.entities = entities
        memory.source = "git:\(sha)"
        memory.metadata =
            "{\"commit\":\"\(sha)\",\"committed_at\":\(committed.milliseconds),"
            + "\"utc_offset_minutes\":\(authored.utcOffsetMinutes ?? 0),\"files\":\(changeCount)}"
        return memory
    }

    var event: NewEvent {
        var event = NewEvent(
            key: "git:\(sha)", kind: "commit", atMilliseconds: authored.milliseconds,
            utcOffsetMinutes: authored.utcOffsetMinutes ?? 0)
        event.actor = author.isEmpty ? nil : author
        event.query = text.split(separator: "\n", maxSplits: 1).first.map(String.init)
        event.entities = entities
        event.memories = ["git:\(sha.prefix(12))"]
        return event
    }

    /// The message; for a commit without one, what it touches.
    private var text: String {
        guard message.isEmpty else { return message }
        let files = changes.prefix(5).map { "\($0.kind) \($0.path)" }.joined(separator: ", ")
        return files.isEmpty ? "Commit without a message" : "Commit without a message: \(files)"
    }

    /// Each file with its kind of change, then the folder of each.
    private var entities: [EntityMention] {
        var mentions: [EntityMention] = []
        var folders: [String] = []
        var seen: Set<String> = []
        for change in changes {
            mentions.append(EntityMention(name: change.path, kind: "file", aspect: change.kind))
            if let previous = change.previousPath, change.kind == "renamed" {
                mentions.append(EntityMention(name: previous, kind: "file", aspect: "renamed away"))
            }
            for path in [change.path, change.previousPath].compactMap({ $0 }) {
                guard let slash = path.lastIndex(of: "/") else { continue }
                let folder = String(path[..<slash])
                if seen.insert(folder).inserted { folders.append(folder) }
            }
        }
        return mentions + folders.map { EntityMention(name: $0, kind: "directory") }
    }
}

/// `git log` as a stream of commits, oldest first.
///
/// With `-z` every field ends in NUL, and none can contain one: after the five header fields and an empty
/// one come pairs of status and path (triples for renames), until a field in status position starts with
/// the byte 1 that opens the next header.
final class GitLog {
    private let records: ByteRecords
    private let path: String
    private var openedHeader: String?
    private var isFirst = true

    init(git: Git, arguments: [String]) throws(ImportError) {
        path = git.path
        let command = [
            "log", "--reverse", "--date-order", "--no-merges", "--no-color", "--no-ext-diff", "--no-textconv",
            "--name-status", "-z", "-M", "-l400", "--date=raw",
            "--format=%x01%H%x00%an%x00%ad%x00%cd%x00%B%x00",
        ]
        let child = try ChildProcess(git.argv(command + arguments), environment: Git.environment)
        records = ByteRecords(output: child, place: git.path, delimiter: 0)
    }

    func next() throws(ImportError) -> GitCommit? {
        var isRepaired = false
        let opening: String?
        if isFirst {
            opening = try field(&isRepaired)
            isFirst = false
        } else {
            opening = openedHeader
        }
        openedHeader = nil
        guard let opening else { return nil }
        guard opening.hasPrefix("\u{1}"), let author = try field(&isRepaired),
            let authored = try field(&isRepaired), let committed = try field(&isRepaired),
            let message = try field(&isRepaired)
        else { throw malformed("found \(jsonQuoted(opening.prefix(60))) where a commit was expected") }
        guard let authoredAt = Self.time(authored), let committedAt = Self.time(committed) else {
            throw malformed("found the time \(jsonQuoted(authored)) in commit \(opening.dropFirst())")
        }

        var changes: [GitCommit.Change] = []
        var changeCount = 0
        while let status = try field(&isRepaired) {
            if status.hasPrefix("\u{1}") {
                openedHeader = status
                break
            }
            let letter = status.first { $0 != "\n" }
            guard let letter else { continue }  // the empty field after a header
            guard let first = try field(&isRepaired) else { throw malformed("the list of files ends early") }
            changeCount += 1
            var change = GitCommit.Change(kind: Self.kind(letter), path: first, previousPath: nil)
            if letter == "R" || letter == "C" {
                guard let second = try field(&isRepaired) else { throw malformed("a rename has one name") }
                change.path = second
                change.previousPath = first
            }
            if changes.count < GitRepositoryReader.maximumFiles { changes.append(change) }
        }
        return GitCommit(
            sha: String(opening.dropFirst()), author: author, authored: authoredAt, committed: committedAt,
            message: message.trimmingWhitespace(), changes: changes, changeCount: changeCount,
            isRepaired: isRepaired)
    }

    private func field(_ isRepaired: inout Bool) throws(ImportError) -> String? {
        switch try records.next() {
        case nil: return nil
        case .tooLong: return "(a message of more than 16 MiB)"
        case .bytes(let bytes):
            if let text = String(validating: bytes, as: UTF8.self) { return text }
            isRepaired = true
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private func malformed(_ what: String) -> ImportError {
        ImportError(
            .badAnswer, place: path, "git log answered in an unexpected form: \(what)",
            advice: "Report it with the output of git --version")
    }

    /// `1683554160 +0200`, as `--date=raw` writes it.
    private static func time(_ raw: String) -> Timestamp? {
        let parts = raw.split(separator: " ")
        guard let first = parts.first, let seconds = Int64(first), seconds.magnitude < 100_000_000_000 else {
            return nil
        }
        var offset = 0
        if parts.count > 1, let digits = Int(parts[1].drop { $0 == "+" || $0 == "-" }) {
            offset = (digits / 100 * 60 + digits % 100) * (parts[1].hasPrefix("-") ? -1 : 1)
        }
        // A broken client can write offsets of days; git keeps them, a clock has none.
        if offset.magnitude > 18 * 60 { offset = 0 }
        return Timestamp(milliseconds: seconds * 1000, utcOffsetMinutes: offset)
    }

    private static func kind(_ letter: Character) -> String {
        switch letter {
        case "A": "added"
        case "D": "deleted"
        case "R": "renamed"
        case "C": "copied"
        case "T": "retyped"
        default: "modified"
        }
    }
}

extension String {
    /// Without blanks and line ends around it.
    func trimmingWhitespace() -> String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}

import Foundation
import Storage

/// A git repository: each commit is a memory with its real time and author, files and folders are entities, and each commit
/// is an event that touched them.
///
/// Commits by one author less than four hours apart form a session, so that what stands beside a commit can lend it
/// credit. A repository without history yields its Markdown files instead.
package struct GitSource: ImportSource {
    private let folder: String
    private let count: Int

    static let sessionGapSeconds: Int64 = 4 * 3600

    package init(folder: String) throws {
        self.folder = folder
        guard try Self.run(folder, ["rev-parse", "--git-dir"]).status == 0 else {
            throw EngineError(.invalidInput, "\(folder) is not a git repository: give the folder of a checkout or a bare repository")
        }
        let counted = try Self.run(folder, ["rev-list", "--count", "HEAD"])
        count = counted.status == 0 ? Int(counted.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0 : 0
    }

    package var hasHistory: Bool { count > 0 }
    package var unitsTotal: Int64? { Int64(count) }

    package func read(_ body: (ImportItem, Int64) throws -> Void) throws {
        // Record separator 0x1E, fields 0x1F, the touched files follow with NUL between them.
        let format = "%x1e%H%x1f%at%x1f%ai%x1f%an%x1f%B%x1f"
        let log = try Self.run(folder, ["-c", "core.quotepath=off", "log", "--reverse", "--no-color", "--format=\(format)", "--name-status", "--no-renames", "-z"])
        guard log.status == 0 else { throw EngineError(.invalidInput, "git log failed in \(folder) with status \(log.status)") }
        var done: Int64 = 0
        var lastByAuthor: [String: (seconds: Int64, session: String, ordinal: Int)] = [:]
        for record in log.output.split(separator: "\u{1E}") {
            let fields = record.split(separator: "\u{1F}", maxSplits: 5, omittingEmptySubsequences: false)
            done += 1
            guard fields.count == 6, let seconds = Int64(fields[1]) else {
                try body(.problem(line: nil, reason: "a commit of \(folder) can't be read"), done)
                continue
            }
            let (sha, author) = (String(fields[0]), String(fields[3]))
            let message = fields[4].trimmingCharacters(in: .whitespacesAndNewlines)
            let files = Self.files(fields[5])
            var entry = lastByAuthor[author] ?? (seconds - 2 * Self.sessionGapSeconds, "", -1)
            if seconds - entry.seconds > Self.sessionGapSeconds || entry.session.isEmpty { entry = (seconds, "work:\(author):\(sha.prefix(12))", -1) }
            entry.seconds = seconds
            entry.ordinal += 1
            lastByAuthor[author] = entry

            var memory = NewMemory(text: message.isEmpty ? "(no message) \(files.prefix(5).map(\.path).joined(separator: " "))" : message, createdAtMilliseconds: seconds * 1000)
            memory.id = "git:\(sha.prefix(12))"
            memory.author = author
            memory.type = "commit"
            memory.session = entry.session
            memory.ordinal = entry.ordinal
            memory.source = "git:\(folder)"
            memory.entities = Self.entities(files)
            try body(.memory(memory, user: nil), done)
            var event = NewEvent(key: "git:\(sha)", kind: "commit", atMilliseconds: seconds * 1000, utcOffsetMinutes: Self.offset(String(fields[2])))
            event.actor = author
            event.query = message.split(separator: "\n").first.map(String.init)
            event.entities = memory.entities
            event.memories = ["git:\(sha.prefix(12))"]
            try body(.event(event), done)
        }
    }

    private static let changes: [Substring: String] = ["A": "added", "M": "modified", "D": "deleted", "T": "type changed"]

    /// At most 200 files a commit: a mass rename says nothing about any of them.
    private static func files(_ text: Substring) -> [(path: String, change: String)] {
        let parts = text.split(separator: "\0").map { $0.trimmingCharacters(in: .newlines) }.filter { !$0.isEmpty }
        return stride(from: 0, to: parts.count - 1, by: 2).prefix(200).map { (parts[$0 + 1], changes[Substring(parts[$0])] ?? parts[$0]) }
    }

    private static func entities(_ files: [(path: String, change: String)]) -> [EntityMention] {
        var result = files.map { EntityMention(name: $0.path, kind: "file", aspect: $0.change) }
        var folders: Set<String> = []
        for file in files {
            let folder = file.path.split(separator: "/").dropLast().joined(separator: "/")
            if !folder.isEmpty, folders.insert(folder).inserted { result.append(EntityMention(name: folder + "/", kind: "directory")) }
        }
        return result
    }

    /// Minutes from "2026-01-02 03:04:05 +0200".
    private static func offset(_ iso: String) -> Int {
        guard let zone = iso.split(separator: " ").last, zone.count == 5, let value = Int(zone.dropFirst()) else { return 0 }
        let minutes = value / 100 * 60 + value % 100
        return zone.hasPrefix("-") ? -minutes : minutes
    }

    private static func run(_ folder: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git", "-C", folder] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch { throw EngineError(.invalidInput, "cannot run git: \(error.localizedDescription)") }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}

import Foundation
import Storage
import Testing

@testable import Engine

@Suite struct `Reading a git repository` {
    @Test func everyCommitBecomesAMemoryAndAnEventWithItsRealTime() throws {
        let repository = try TemporaryRepository()
        try repository.commit("First\n\nWith a body.", at: "1700000000 +0200", files: ["src/ä b.txt": "x"])
        try repository.commit("Second", at: "1700003600 -0330", files: ["src/ä b.txt": "y", "top": "z"])
        let items = try all(GitRepositoryReader(path: repository.path))
        #expect(items.count == 4)
        let memory = try #require(items.memories.first)
        #expect(memory.text == "First\n\nWith a body.")
        #expect(memory.createdAtMilliseconds == 1_700_000_000_000)
        #expect(memory.author == "Ann" && memory.type == "commit")
        #expect(
            memory.entities == [
                EntityMention(name: "src/ä b.txt", kind: "file", aspect: "added"),
                EntityMention(name: "src", kind: "directory"),
            ])
        #expect(items.events.map(\.utcOffsetMinutes) == [120, -210])
    }
}

extension [ImportItem] {
    var memories: [NewMemory] { compactMap { if case .memory(let memory, _) = $0 { memory } else { nil } } }
    var scopes: [ScopeHint?] { compactMap { if case .memory(_, let scope) = $0 { .some(scope) } else { nil } } }
    var events: [NewEvent] { compactMap { if case .event(let event, _) = $0 { event } else { nil } } }
    var problems: [ImportProblem] { compactMap { if case .problem(let problem) = $0 { problem } else { nil } } }
}

final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("mneme-\(UUID())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ file: String, _ text: String) throws {
        let target = path + "/" + file
        try FileManager.default.createDirectory(
            atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: target))
    }
}

final class TemporaryRepository {
    let folder = try! TemporaryFolder()  // a test without a temporary folder can only stop
    var path: String { folder.path }

    init() throws { try git("init", "-q", "-b", "main") }

    func git(_ arguments: String..., environment: [String: String?] = [:]) throws {
        let result = try ChildProcess.output(
            of: ["git", "-C", path, "-c", "user.name=Ann", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
                + arguments,
            environment: Git.environment.merging(environment) { $1 })
        #expect(result.status == 0, "git \(arguments): \(result.complaint)")
    }

    func commit(_ message: String, at time: String, author: String = "Ann", files: [String: String] = [:]) throws {
        for (file, text) in files { try folder.write(file, text) }
        try git("add", "-A")
        try git(
            "commit", "-q", "--allow-empty", "--allow-empty-message", "--cleanup=verbatim", "-m", message,
            environment: ["GIT_AUTHOR_DATE": time, "GIT_COMMITTER_DATE": time, "GIT_AUTHOR_NAME": author])
    }
}

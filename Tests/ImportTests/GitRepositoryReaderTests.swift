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
        #expect(items.events.map(\.query) == ["First", "Second"])
        #expect(items.events.map(\.actor) == ["Ann", "Ann"])
        #expect(items.events.map(\.memories) == items.memories.map { [$0.id ?? ""] })
        #expect(items.events.last?.entities.map(\.aspect) == ["modified", "added", nil])
    }

    @Test func commitsOfOneAuthorWithinFourHoursFormASessionAndALoneOneHasNone() throws {
        let repository = try TemporaryRepository()
        let start = 1_700_000_000
        for (hours, author) in [
            (0, "Ann"), (3, "Ann"), (7, "Ann"), (12, "Ann"), (13, "Bob"), (14, "Ann"), (15, "Ann"),
        ] {
            try repository.commit("at \(hours)", at: "\(start + hours * 3600) +0000", author: author)
        }
        let memories = try all(GitRepositoryReader(path: repository.path)).memories
        #expect(memories.map(\.ordinal) == [0, 1, 2, nil, nil, 0, 1])
        #expect(Set(memories[0...2].map(\.session)).count == 1)
        #expect(memories[0].session?.hasPrefix("work:Ann:2023-11-14:") == true)
        #expect(memories[3].session == nil && memories[4].session == nil)
        #expect(memories[5].session != memories[0].session && memories[5].session == memories[6].session)
    }

    @Test func namesAndMessagesWithEveryAwkwardByteAreRead() throws {
        let repository = try TemporaryRepository()
        let names = ["tab\there", "line\nbreak", "quote\"", "\u{1}one", "ünï/cödé", "A", "-dash", "sp ace"]
        try repository.commit(
            "subject\n\n\u{1}not a header\nA\tB", at: "1700000000 +0000",
            files: Dictionary(uniqueKeysWithValues: names.map { ($0, $0) }))
        try repository.commit("", at: "1700000001 +0000", files: ["last": "x"])
        let memories = try all(GitRepositoryReader(path: repository.path)).memories
        #expect(memories.count == 2)
        #expect(memories[0].text == "subject\n\n\u{1}not a header\nA\tB")
        #expect(Set(memories[0].entities.filter { $0.kind == "file" }.map(\.name)) == Set(names))
        #expect(memories[1].text == "Commit without a message: added last")
    }

    @Test func aRenameNamesBothFiles() throws {
        let repository = try TemporaryRepository()
        try repository.commit("add", at: "1700000000 +0000", files: ["a/old": "the same content\n"])
        try repository.git("mv", "a/old", "new")
        try repository.commit("move", at: "1700000001 +0000")
        let memory = try #require(try all(GitRepositoryReader(path: repository.path)).memories.last)
        #expect(
            memory.entities == [
                EntityMention(name: "new", kind: "file", aspect: "renamed"),
                EntityMention(name: "a/old", kind: "file", aspect: "renamed away"),
                EntityMention(name: "a", kind: "directory"),
            ])
    }

    @Test func afterAKnownCommitOnlyNewOnesAreRead() throws {
        let repository = try TemporaryRepository()
        try repository.commit("one", at: "1700000000 +0000")
        let first = try GitRepositoryReader(path: repository.path)
        #expect(try all(first).memories.count == 1)
        let head = try #require(first.head)
        #expect(try all(GitRepositoryReader(path: repository.path, since: head)).isEmpty)
        try repository.commit("two", at: "1700000001 +0000")
        let second = try GitRepositoryReader(path: repository.path, since: head)
        #expect(second.progress == ImportProgress(unit: .commits, done: 0, total: 1))
        #expect(try all(second).memories.map(\.text) == ["two"])
        #expect(second.progress == ImportProgress(unit: .commits, done: 1, total: 1))
        let lost = try all(GitRepositoryReader(path: repository.path, since: "0123456789"))
        #expect(lost.memories.count == 2 && lost.problems.first?.key == "since")
        #expect(
            try all(GitRepositoryReader(path: repository.path, since: "--output=/tmp/x")).memories.count == 2)
    }

    @Test func aSubfolderGivesTheCommitsThatTouchIt() throws {
        let repository = try TemporaryRepository()
        try repository.commit("outside", at: "1700000000 +0000", files: ["a": "x"])
        try repository.commit("inside", at: "1700000001 +0000", files: ["sub/b": "x"])
        #expect(
            try all(GitRepositoryReader(path: repository.path + "/sub")).memories.map(\.text) == ["inside"])
    }

    @Test func mergesAreLeftOutAndTheirCommitsAreRead() throws {
        let repository = try TemporaryRepository()
        try repository.commit("base", at: "1700000000 +0000")
        try repository.git("checkout", "-q", "-b", "side")
        try repository.commit("side", at: "1700000001 +0000")
        try repository.git("checkout", "-q", "main")
        try repository.commit("main", at: "1700000002 +0000")
        try repository.git("merge", "-q", "--no-ff", "-m", "the merge", "side")
        #expect(
            try all(GitRepositoryReader(path: repository.path)).memories.map(\.text) == [
                "base", "side", "main",
            ])
    }

    @Test func withoutHistoryTheDocumentationIsRead() throws {
        let repository = try TemporaryRepository()
        try repository.folder.write("README.md", "# Title\n\nHello.")
        let items = try all(GitRepositoryReader(path: repository.path))
        #expect(items.memories.map(\.text) == ["Title\n\nHello."])
        #expect(items.problems.first?.message.contains("has no commits") == true)
        let error = #expect(throws: ImportError.self) {
            try GitRepositoryReader(path: repository.path, withoutHistory: .fail)
        }
        #expect(error?.code == .noHistory)
    }

    @Test func aFolderThatIsNoRepositoryOrDoesNotExistIsAClearError() throws {
        let folder = try TemporaryFolder()
        let plain = #expect(throws: ImportError.self) {
            try GitRepositoryReader(path: folder.path, withoutHistory: .fail)
        }
        #expect(plain?.code == .notARepository)
        let missing = #expect(throws: ImportError.self) { try GitRepositoryReader(path: "/nowhere") }
        #expect(missing?.code == .notAFolder)
    }

    @Test func aRepositoryDamagedInItsMiddleEndsInAnErrorNotInSilence() throws {
        let repository = try TemporaryRepository()
        for index in 0..<3 {
            try repository.commit("c\(index)", at: "170000000\(index) +0000", files: ["f": "\(index)"])
        }
        let tree = try ChildProcess.output(of: ["git", "-C", repository.path, "rev-parse", "HEAD~1^{tree}"])
            .text
            .trimmingWhitespace()
        try FileManager.default.removeItem(
            atPath: "\(repository.path)/.git/objects/\(tree.prefix(2))/\(tree.dropFirst(2))")
        let error = #expect(throws: ImportError.self) { try all(GitRepositoryReader(path: repository.path)) }
        #expect(error?.code == .commandFailed)
    }
}

extension [ImportItem] {
    var memories: [NewMemory] { compactMap { if case .memory(let memory, _) = $0 { memory } else { nil } } }
    var scopes: [ScopeHint?] {
        compactMap { if case .memory(_, let scope) = $0 { .some(scope) } else { nil } }
    }
    var events: [NewEvent] { compactMap { if case .event(let event, _) = $0 { event } else { nil } } }
    var problems: [ImportProblem] {
        compactMap { if case .problem(let problem) = $0 { problem } else { nil } }
    }
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
            of: [
                "git", "-C", path, "-c", "user.name=Ann", "-c", "user.email=a@example.org", "-c",
                "commit.gpgsign=false",
            ]
                + arguments,
            environment: Git.environment.merging(environment) { $1 })
        #expect(result.status == 0, "git \(arguments): \(result.complaint)")
    }

    func commit(_ message: String, at time: String, author: String = "Ann", files: [String: String] = [:])
        throws
    {
        for (file, text) in files { try folder.write(file, text) }
        try git("add", "-A")
        try git(
            "commit", "-q", "--allow-empty", "--allow-empty-message", "--cleanup=verbatim", "-m", message,
            environment: ["GIT_AUTHOR_DATE": time, "GIT_COMMITTER_DATE": time, "GIT_AUTHOR_NAME": author])
    }
}

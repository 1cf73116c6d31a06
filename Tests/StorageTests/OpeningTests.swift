import Foundation
import GRDB
import Testing

@testable import Storage

@Suite struct OpeningTests {
    @Test func aNewFileIsMigratedAndOpensAgain() throws {
        let t = try TemporaryStore()
        try t.store.add("hello")
        let again = try Store(path: t.path)
        #expect(try again.statistics(scope: Scope()).documents == 1)
        #expect(try again.integrityCheck().isEmpty)
        let mode = try again.pool.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
        #expect(mode == "wal")
    }

    @Test func aDatabaseOfAnotherProgramIsLeftUntouched() throws {
        let t = try TemporaryStore()
        let path = t.folder + "/other.db"
        let other = try DatabaseQueue(path: path)
        try other.write { try $0.execute(sql: "CREATE TABLE cake (slices)") }
        try other.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let error = #expect(throws: StorageError.self) { try Store(path: path) }
        #expect(error?.code == .foreignDatabase)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func aFileThatIsNoDatabaseIsLeftUntouched() throws {
        let t = try TemporaryStore()
        let path = t.folder + "/letter.txt"
        let text = String(repeating: "Dear reader, ", count: 500)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let error = #expect(throws: StorageError.self) { try Store(path: path) }
        #expect(error?.code == .notADatabase)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }

    @Test func aDatabaseOfANewerMnemeIsRefused() throws {
        let t = try TemporaryStore()
        try t.store.pool.write {
            try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 the future')")
        }
        let error = #expect(throws: StorageError.self) { try Store(path: t.path) }
        #expect(error?.code == .newerDatabase)
    }

    @Test func aFolderThatCanNotBeMadeIsNamed() throws {
        let error = #expect(throws: StorageError.self) { try Store(path: "/proc/nowhere/mneme.db") }
        #expect(error?.message.contains("/proc/nowhere/mneme.db") == true)
    }

    @Test func severalMayCreateTheSameFileAtOnce() throws {
        let folder = NSTemporaryDirectory() + "mneme-storage-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let failures = Failures()
        DispatchQueue.concurrentPerform(iterations: 6) { index in
            do {
                let store = try Store(path: folder + "/mneme.db")
                for round in 0..<20 { try store.add("writer \(index), round \(round)") }
            } catch { failures.add("\(error)") }
        }
        #expect(failures.all == [])
        let store = try Store(path: folder + "/mneme.db")
        #expect(try store.statistics(scope: Scope()).documents == 120)
        #expect(try store.integrityCheck() == [])
    }

    @Test(arguments: [
        ("/a.db", [:], "/a.db"), ("~/a.db", ["HOME": "/h"], "/h/a.db"),
        (nil, ["MNEME_DB": "/b.db", "XDG_DATA_HOME": "/x", "HOME": "/h"], "/b.db"),
        (nil, ["XDG_DATA_HOME": "/x", "HOME": "/h"], "/x/mneme/mneme.db"),
        (nil, ["XDG_DATA_HOME": "relative", "HOME": "/h"], "/h/.local/share/mneme/mneme.db"),
        ("", ["MNEME_DB": "", "HOME": "/h"], "/h/.local/share/mneme/mneme.db"),
    ] as [(String?, [String: String], String)])
    func thePathIsTakenFromOptionThenEnvironmentThenXDG(
        option: String?, environment: [String: String], expected: String
    ) throws {
        #expect(try DatabasePath.resolve(option: option, environment: environment) == expected)
    }

    @Test func withoutAHomeThePathIsAnError() {
        #expect(throws: StorageError.self) { try DatabasePath.resolve(option: nil, environment: [:]) }
    }
}

/// What went wrong on several threads.
final class Failures: @unchecked Sendable {
    // @unchecked: `messages` is used under `lock` only.
    private let lock = NSLock()
    private var messages: [String] = []
    func add(_ message: String) { lock.withLock { messages.append(message) } }
    var all: [String] { lock.withLock { messages } }
}

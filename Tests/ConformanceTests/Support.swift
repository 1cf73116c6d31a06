import Conformance
import Foundation
import Synchronization

/// The plugins of Tests/PluginFixtures, each built once by the system's compiler.
enum Fixtures {
    struct BuildFailure: Error { let output: String }

    static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    static let root = tests.deletingLastPathComponent()
    private static let built = Mutex<[String: String]>([:])
    /// Removed when the test process ends.
    static let folder: String = {
        let path = FileManager.default.temporaryDirectory.path + "/mneme-conformance-\(getpid())"
        try? FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        atexit { try? FileManager.default.removeItem(atPath: Fixtures.folder) }
        return path
    }()

    /// Those whose names begin so, without files that need flags of their own.
    static func names(_ prefix: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: tests.appending(path: "PluginFixtures").path)) ?? []
        return files.filter { $0.hasPrefix(prefix) && ($0.hasSuffix(".c") || $0.hasSuffix(".cpp")) }
            .map { String($0[..<($0.firstIndex(of: ".") ?? $0.endIndex)]) }.sorted()
    }

    static func library(_ name: String, flags: [String] = [], as output: String? = nil) throws -> String {
        let path = output ?? "\(folder)/\(([name] + flags).joined(separator: "-").filter { $0 != "/" && $0 != " " }).so"
        return try built.withLock { built in
            if let known = built[path] { return known }
            let source = tests.appending(path: "PluginFixtures/\(name)").path
            let isPlusPlus = FileManager.default.fileExists(atPath: source + ".cpp")
            let compiler = isPlusPlus ? ["g++", "-std=c++17"] : ["cc", "-std=gnu11", "-fvisibility=hidden"]
            try run(
                compiler + [
                    "-O2", "-fPIC", "-shared", "-w", "-I", root.appending(path: "Sources/PluginABI/include").path,
                    source + (isPlusPlus ? ".cpp" : ".c"), "-o", path, "-lm",
                ] + flags)
            built[path] = path
            return path
        }
    }

    static func run(_ command: [String], in folder: String? = nil) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let said = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BuildFailure(output: String(decoding: said, as: UTF8.self)) }
    }
}

/// All checks of one library.
func checkup(_ library: String, _ change: (inout CheckupRequest) -> Void = { _ in }) throws -> Checkup {
    let folder = "\(Fixtures.folder)/work-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var request = CheckupRequest(library: library, workFolder: folder)
    request.offeredColumns = ["a@1", "b@1"]
    request.offeredEventColumns = ["e@1"]
    request.offeredHopColumns = ["g@1", "h@1"]
    // Generous: other programs run here too.
    request.callSeconds = 10
    request.deadlineMilliseconds = 2000
    change(&request)
    return try Checkup.run(request)
}

extension Checkup {
    var failed: [String] { results.filter { $0.finding.outcome == .failed }.map(\.name) }
    func finding(_ name: String) -> Finding? { results.first { $0.name == name }?.finding }
    /// For the messages of tests.
    var failures: String {
        results.filter { $0.finding.outcome == .failed }.map { "\($0.name): \($0.finding.detail)" }.joined(separator: "\n")
    }
}

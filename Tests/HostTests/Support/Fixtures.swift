import Foundation
import Synchronization

/// The plugins of Tests/PluginFixtures, built by the system's C compiler when a test first asks for one.
enum Fixtures {
    struct BuildFailure: Error { let output: String }

    /// Path of the built library.
    static func library(_ name: String, flags: [String] = []) throws -> String {
        try built.withLock { built in
            let key = ([name] + flags).joined(separator: " ")
            if let path = built[key] { return path }
            let path = "\(folder)/\(name)\(flags.isEmpty ? "" : "-\(built.count)").so"
            try build(name, flags, into: path)
            built[key] = path
            return path
        }
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: library(name))))
    }

    private static let built = Mutex<[String: String]>([:])
    static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let root = tests.deletingLastPathComponent()

    /// Removed when the test process ends.
    private static let folder: String = {
        let path = FileManager.default.temporaryDirectory.path + "/mneme-fixtures-\(getpid())"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: Fixtures.folder) }
        return path
    }()

    private static func build(_ name: String, _ flags: [String], into path: String) throws {
        let source = tests.appending(path: "PluginFixtures").path
        let isPlusPlus = FileManager.default.fileExists(atPath: "\(source)/\(name).cpp")
        let compiler = isPlusPlus ? ["g++", "-std=c++17"] : ["cc", "-std=gnu11", "-fvisibility=hidden"]
        let output = try run(
            compiler + [
                "-O2", "-fPIC", "-shared", "-I",
                root.appending(path: "Sources/PluginABI/include").path,
                "\(source)/\(name).\(isPlusPlus ? "cpp" : "c")", "-o", path, "-lm",
            ] + flags)
        guard output.status == 0 else { throw BuildFailure(output: output.text) }
    }

    static func run(_ command: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}

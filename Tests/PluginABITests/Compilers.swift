import Foundation
import Testing

/// A compiler of this machine, if it is there.
struct Compiler: CustomTestStringConvertible, Sendable {
    let name: String
    let flags: [String]

    var testDescription: String { ([name] + flags).joined(separator: " ") }

    private static let warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]

    static let c = ["clang", "gcc"].map { Compiler(name: $0, flags: ["-xc", "-std=c11"] + warnings) }
    static let cxx = ["clang++", "g++"].map { Compiler(name: $0, flags: ["-xc++", "-std=c++17"] + warnings) }
    static let rust = Compiler(
        name: "rustc", flags: ["--edition", "2021", "--crate-type", "lib", "--emit=metadata", "-D", "warnings"])

    /// The first place in PATH, then rustup's folder, that holds it.
    var path: String? {
        let environment = ProcessInfo.processInfo.environment
        var folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        folders.append((environment["HOME"] ?? "/root") + "/.cargo/bin")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Compiles `source` and returns what the compiler said, or nil if it was content.
    func complaint(about source: String, arguments: [String] = [], suffix: String) throws -> String? {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("mneme-abi-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("layout.\(suffix)")
        try source.write(to: file, atomically: true, encoding: .utf8)

        let process = Process()
        // Force unwrap: tests that reach this are enabled only where `path` was found.
        process.executableURL = URL(fileURLWithPath: path!)
        process.arguments = flags + arguments + ["-o", folder.appendingPathComponent("out").path, file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let said = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? nil : String(decoding: said, as: UTF8.self)
    }
}

/// `Sources/PluginABI`, found from this file.
let contractFolder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Sources/PluginABI").path

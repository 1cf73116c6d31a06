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
        name: "rustc",
        flags: ["--edition", "2021", "--crate-type", "lib", "--emit=metadata", "-D", "warnings"])

    /// The first place in PATH, then rustup's folder, that holds it.
    var path: String? {
        let environment = ProcessInfo.processInfo.environment
        var folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        folders.append((environment["HOME"] ?? "/root") + "/.cargo/bin")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Compiles `source` and returns what the compiler said, or nil if it was content.
    func complaint(about source: String, arguments: [String] = [], suffix: String) throws -> String? {
        let folder = try TemporaryFolder()
        let file = "\(folder.path)/source.\(suffix)"
        try source.write(toFile: file, atomically: true, encoding: .utf8)
        // Force unwrap: tests that reach this are enabled only where `path` was found.
        let (status, said) = try launch(path!, flags + arguments + ["-o", "\(folder.path)/out", file])
        return status == 0 ? nil : said
    }

    /// Compiles and links a C `source`.
    func build(_ source: String, _ arguments: [String], to output: String) throws {
        try source.write(toFile: output + ".c", atomically: true, encoding: .utf8)
        // Force unwrap: as above.
        let (status, said) = try launch(path!, flags + [output + ".c", "-o", output] + arguments)
        if status != 0 { throw Complaint(said: said) }
    }
}

/// A compiler or a program that failed, in its own words.
struct Complaint: Error, CustomStringConvertible {
    let said: String
    var description: String { said }
}

/// What a program printed; throws if it failed.
func run(_ program: String, _ arguments: [String]) throws -> String {
    let (status, said) = try launch(program, arguments)
    if status != 0 { throw Complaint(said: said) }
    return said
}

private func launch(_ program: String, _ arguments: [String]) throws -> (status: Int32, said: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: said, as: UTF8.self))
}

/// A folder that goes away with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/mneme-abi-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// `Sources/PluginABI`, found from this file.
let contractFolder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Sources/PluginABI").path

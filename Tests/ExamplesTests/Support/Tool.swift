import Foundation
import Testing

/// A program of this machine, if it is there.
struct Tool: Sendable {
    let name: String

    static let make = Tool(name: "make")
    static let c = Tool(name: "cc")
    static let cpp = Tool(name: "g++")
    static let rust = Tool(name: "rustc")
    static let swift = Tool(name: "swift")

    /// PATH, then rustup's folder, which a login shell has and a daemon's doesn't.
    static let folders: [String] = {
        let environment = ProcessInfo.processInfo.environment
        return (environment["PATH"] ?? "").split(separator: ":").map(String.init)
            + [(environment["HOME"] ?? "/root") + "/.cargo/bin"]
    }()

    var path: String? {
        Self.folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Skips, with the reason, where `make` or the compiler is missing.
    static func needs(_ tool: Tool) -> ConditionTrait {
        .enabled(
            if: make.path != nil && tool.path != nil, "make and \(tool.name) are needed; looked in \(folders)"
        )
    }
}

/// What a failed build said.
struct BuildFailure: Error, CustomStringConvertible { let description: String }

/// Runs the one command that the docs promise.
func make(in folder: String) throws {
    let process = Process()
    // Force unwrap: tests that reach this are enabled only where `make` was found.
    process.executableURL = URL(fileURLWithPath: Tool.make.path!)
    process.arguments = ["-C", folder]
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = Tool.folders.joined(separator: ":")
    process.environment = environment
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
        throw BuildFailure(description: String(decoding: said, as: UTF8.self))
    }
}

import Foundation
import Testing

/// DESIGN §3 as data: who may use whom. `describe` lists what Package.swift declares; the import and include
/// lines are read too, because SwiftPM lets an undeclared one compile.
private let allowedArrows: [String: Set<String>] = [
    "PluginABI": [],
    "Kernels": [],
    "CSimdjson": [],
    "Platform": [],
    // A module map over libffi: only the process that may crash calls functions it knows by description.
    "CFFI": [],
    "Features": [],
    "Heuristic": [],
    "Evaluation": [],
    "Report": [],
    "StateSpace": ["Kernels"],
    "Training": ["StateSpace", "Gate", "Kernels"],
    "Gate": ["Kernels"],
    "Synthetic": ["Features", "Evaluation"],
    // Shared by tests: how far one answer is from another.
    "Differences": [],
    "PluginSDK": ["PluginABI"],
    "HeuristicScorer": ["PluginSDK", "Heuristic", "HeuristicManifest"],
    "HeuristicManifest": ["PluginABI"],
    "MambaScorer": ["PluginSDK", "StateSpace", "Heuristic", "MambaManifest"],
    "MambaManifest": ["PluginABI"],
    "S4DPathScorer": ["PluginSDK", "Heuristic", "S4DPathsManifest", "StateSpace"],
    "S4DPathsManifest": ["PluginABI"],
    // Shared by tests: a host of exact-size structs against guard pages.
    "PluginHarness": ["PluginABI"],
    // What the fuzzer and the replay of its corpus feed.
    "FuzzTargets": ["Host", "Platform", "PluginABI", "Wire", "StateSpace", "Gate"],
    "Storage": ["Kernels"],
    // What host and worker must agree on (regions, packing, the create order): written once instead of twice.
    "Wire": ["PluginABI", "Platform"],
    "Host": ["PluginABI", "Heuristic", "Gate", "Platform", "Wire"],
    "mneme-worker": ["PluginABI", "Platform", "Wire", "CFFI"],
    "Engine": [
        "Host", "Storage", "Features", "Evaluation", "StateSpace", "Training", "Gate", "Heuristic", "Synthetic",
    ],
    "Conformance": ["Host", "Wire", "Platform", "PluginABI"],
    "Server": ["Engine", "CSimdjson"],
    "mneme": ["Engine", "Server", "Conformance", "Report"],
]

/// Packages from outside, and the one room that may import each.
private let allowedPackages: [String: Set<String>] = [
    "GRDB": ["Storage"], "GRDBSQLite": ["Storage"], "SQLite3": [],
    "ArgumentParser": ["mneme"], "Logging": ["Server", "mneme"],
]

@Suite struct ArrowsTests {
    @Test func declaredDependenciesFollowTheDesign() throws {
        for target in try describedTargets() where target.type != "test" {
            let allowed = try #require(
                allowedArrows[target.name],
                "\(target.name) is a room that DESIGN §3 doesn't know: add it there first")
            let declared = Set(target.target_dependencies ?? [])
            #expect(
                declared.isSubset(of: allowed),
                "\(target.name) declares \(declared.subtracting(allowed).sorted()); allowed: \(allowed.sorted())"
            )
        }
    }

    @Test func importAndIncludeLinesFollowTheDesign() throws {
        let rooms = Set(allowedArrows.keys)
        let targets = try describedTargets()
        for target in targets where target.type != "test" {
            let allowed = (allowedArrows[target.name] ?? []).union([target.name])
            for file in try sourceFiles(of: target, among: targets) {
                for module in try importedModules(of: file) {
                    if rooms.contains(module) {
                        #expect(
                            allowed.contains(module), "\(file.path) imports \(module); \(target.name) may not"
                        )
                    }
                    if let users = allowedPackages[module] {
                        #expect(
                            users.contains(target.name),
                            "\(file.path) imports \(module); only \(users.sorted()) may")
                    }
                }
            }
        }
    }

    @Test func nothingOutsidePluginsDependsOnAnythingInside() throws {
        let targets = try describedTargets()
        let plugins = Set(targets.filter { $0.path.hasPrefix("Plugins/") }.map(\.name))
        for target in targets where !target.path.hasPrefix("Plugins/") && target.type != "test" {
            #expect(
                plugins.isDisjoint(with: target.target_dependencies ?? []),
                "\(target.name) depends on a plugin")
        }
    }

    @Test func noSQLOutsideStorage() throws {
        for target in try describedTargets() where target.type != "test" && target.name != "Storage" {
            for file in try sourceFiles(below: root.appendingPathComponent(target.path)) {
                let text = try String(contentsOf: file, encoding: .utf8)
                for statement in ["SELECT ", "INSERT INTO ", "CREATE TABLE ", "DELETE FROM "] {
                    #expect(!text.contains(statement), "\(file.path) contains \(statement)")
                }
            }
        }
    }
}

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

private struct DescribedTarget: Decodable {
    var name: String
    var type: String
    var path: String
    var target_dependencies: [String]?
}

/// With a scratch path of its own: the default one is locked while `swift test` runs.
private func describedTargets() throws -> [DescribedTarget] {
    struct Description: Decodable { var targets: [DescribedTarget] }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
        "swift", "package", "--package-path", root.path, "--scratch-path", root.path + "/.build-describe",
        "describe", "--type", "json",
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    // Warnings may precede the object.
    let start = try #require(data.firstIndex(of: UInt8(ascii: "{")), "swift package describe printed no JSON")
    return try JSONDecoder().decode(Description.self, from: data[start...]).targets
}

private func sourceFiles(below folder: URL) throws -> [URL] {
    let endings: Set<String> = ["swift", "c", "h", "cpp", "rs"]
    let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (all?.compactMap { $0 as? URL } ?? []).filter { endings.contains($0.pathExtension) }
}

/// A target's own files: those of a target that lies inside its folder are that target's.
private func sourceFiles(of target: DescribedTarget, among targets: [DescribedTarget]) throws -> [URL] {
    let inner = targets.map(\.path).filter { $0 != target.path && $0.hasPrefix(target.path + "/") }
    return try sourceFiles(below: root.appendingPathComponent(target.path)).filter { file in
        !inner.contains { file.path.hasPrefix(root.appendingPathComponent($0).path + "/") }
    }
}

private func importedModules(of file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        if let place = words.firstIndex(of: "import"), place <= 2, words.count > place + 1 {
            return String(words[place + 1].split(separator: ".")[0])
        }
        if line.hasPrefix("#include"),
            let quoted = line.split(whereSeparator: { "\"<>".contains($0) }).dropFirst().first
        {
            return ["mneme_plugin.h": "PluginABI"][String(quoted)]
        }
        return nil
    }
}

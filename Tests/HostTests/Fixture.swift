import Foundation
import Testing

@testable import Host

/// A real library built from Tests/PluginFixtures, in a folder of its own.
struct Fixture {
    let folder: String
    var library: String { folder + "/libfixture.so" }

    init(_ flags: [String] = [], source: String = "scorer.c", compiler: String = "cc") throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("mneme-fixture-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [compiler, "-shared", "-fPIC", "-I\(root)/Sources/PluginABI/include"] + flags
            + ["-o", library, "\(root)/Tests/PluginFixtures/\(source)"]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "the fixture doesn't compile")
    }

    /// A host whose one scorer is this library.
    func host(tier: String = "inline", extra: String = "") throws -> ScorerHost {
        let text = #"{"version": 1, "paths": {"objects": "\#(folder)/objects"}, "scorers": [{"id": "fixture", "library": "\#(library)", "tier": "\#(tier)"\#(extra)}]}"#
        let loader = ConfigurationLoader(offeredColumns: offered, baseFolder: folder, defaultObjectsFolder: folder + "/objects")
        return ScorerHost(try loader.load(text: text, name: "plugins.json"))
    }

    /// What a user reads in `degraded`.
    func degraded(tier: String = "inline", extra: String = "") throws -> String {
        try host(tier: tier, extra: extra).score(request).degraded.joined(separator: "\n")
    }

    var offered: [String] { FloorScorer.columns }

    /// Three rows; column `text.context@1` is 1, 2, 3, the others 0.
    var request: HostRequest {
        var request = HostRequest(rows: 3, ids: [1, 2, 3]) { names in
            ((0..<3).flatMap { row in names.map { $0 == "text.context@1" ? Float(row + 1) : $0 == "query.terms@1" ? 1 : 0 } },
             Array(repeating: 1, count: names.count))
        }
        request.wantsParts = true
        return request
    }
}

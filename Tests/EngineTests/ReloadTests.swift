import Foundation
import Host
import Testing

@testable import Engine

/// Configurations of a store: what served is kept, and can serve again. Over our own library, which tests build.
@Suite(.serialized) struct ReloadTests {
    let folder: String
    var configurationPath: String { folder + "/plugins.json" }
    var databasePath: String { folder + "/store.db" }

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/mneme-reload-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// The products lie beside the test's own executable.
    private static let library: [UInt8] = {
        let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let folder = URL(fileURLWithPath: executable ?? "").deletingLastPathComponent().path
        return (FileManager.default.contents(atPath: folder + "/libHeuristicScorer.so")).map(Array.init) ?? []
    }()

    private func write(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name), options: .atomic)
    }

    private func write(mode: String) throws {
        try write(
            Array(
                """
                { "version": 1, "paths": { "objects": "objects" }, "trust": { "unpinned": "allow" },
                  "scorers": [{ "id": "heuristic", "library": "./scorer.so", "tier": "inline", "options": { "mode": "\(mode)" } }],
                  "combiner": { "kind": "first" } }
                """.utf8), "plugins.json")
    }

    private func engine() throws -> Engine {
        let text = try String(contentsOfFile: configurationPath, encoding: .utf8)
        return try Engine(databasePath: databasePath, configuration: (text, configurationPath))
    }

    private func archive() throws -> ConfigurationArchive {
        try ConfigurationArchive(databasePath: databasePath, configurationPath: configurationPath)
    }

    @Test func whatServedIsInTheHistoryWithItsFilesAndAnUnchangedRestartAddsNothing() throws {
        try write(Self.library, "scorer.so")
        try write(mode: "bounded")
        let engine = try engine()
        #expect(try archive().history(limit: 9).map(\.revision) == [1])
        try write(mode: "effective")
        let report = try engine.reload(cause: "test")
        #expect(report.outcome == "applied", "\(report.summary)")
        let history = try archive().history(limit: 9)
        #expect(history.map(\.revision) == [2, 1])
        #expect(history[0].files[folder + "/scorer.so"] == SHA256.hexadecimal(of: Self.library))
        _ = try self.engine()
        #expect(try archive().history(limit: 9).count == 2)
    }

    @Test func aRefusedReloadIsNotInTheHistory() throws {
        try write(Self.library, "scorer.so")
        try write(mode: "bounded")
        let engine = try engine()
        try write(mode: "sideways")
        let report = try engine.reload(cause: "test")
        #expect(report.outcome == "refused" && report.summary.contains("sideways"))
        #expect(try archive().history(limit: 9).count == 1)
    }

    @Test func aRevertBringsTheBytesBackThatHaveBeenOverwritten() throws {
        try write(Self.library, "scorer.so")
        try write(mode: "bounded")
        let engine = try engine()
        let first = try #require(try archive().history(limit: 1).first)
        // Other bytes, same code: a library may carry anything behind its last section.
        try write(Self.library + [0], "scorer.so")
        #expect(try engine.reload(cause: "test").outcome == "applied")

        let done = try archive().revert(to: nil)
        #expect(done.revision == 1 && done.repointed == [folder + "/scorer.so"])
        #expect(try engine.reload(cause: "test").outcome == "applied")
        let plugin = try #require(engine.plugins().first)
        #expect(plugin.sha256 == first.files[folder + "/scorer.so"] && plugin.state == "live")
    }

    @Test func aRevertWithoutChangedFilesRestoresTheTextToTheByte() throws {
        try write(Self.library, "scorer.so")
        try write(mode: "bounded")
        let engine = try engine()
        let before = try String(contentsOfFile: configurationPath, encoding: .utf8)
        try write(mode: "effective")
        _ = try engine.reload(cause: "test")
        #expect(try archive().revert(to: 1).repointed.isEmpty)
        #expect(try String(contentsOfFile: configurationPath, encoding: .utf8) == before)
    }

    @Test func objectsThatNoKeptRevisionNeedsGoOnceTheyAreOld() throws {
        try write(Self.library, "scorer.so")
        try write(
            Array(
                """
                { "version": 1, "paths": { "objects": "objects", "keepRevisions": 1 }, "trust": { "unpinned": "allow" },
                  "scorers": [{ "id": "heuristic", "library": "./scorer.so", "tier": "inline" }] }
                """.utf8), "plugins.json")
        let engine = try engine()
        let first = folder + "/objects/" + SHA256.hexadecimal(of: Self.library)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: first)
        try write(Self.library + [0], "scorer.so")
        #expect(try engine.reload(cause: "test").outcome == "applied")
        #expect(!FileManager.default.fileExists(atPath: first))
        #expect(FileManager.default.fileExists(atPath: folder + "/objects/" + SHA256.hexadecimal(of: Self.library + [0])))
    }

    @Test func anUnknownRevisionIsNamedWithThoseThatExist() throws {
        try write(Self.library, "scorer.so")
        try write(mode: "bounded")
        _ = try engine()
        #expect(throws: EngineError.self) { try archive().revert(to: 7) }
        #expect(throws: EngineError.self) { try archive().revert(to: nil) }
    }
}

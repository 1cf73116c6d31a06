import Foundation
import Testing

@testable import Engine
@testable import Host

/// The files of `models/`, as an operator's plugins.json would name them.
@Suite(.serialized) struct ShippedModelsTests {
    private static let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("models").path

    @Test(arguments: ["15k", "50k", "120k"]) func everySizeFindsWhatTheLoadGatePlants(size: String) throws {
        let folder = try Self.folder()
        let gate = WeightsGate(folder: folder)
        try FileManager.default.copyItem(atPath: "\(Self.models)/mamba-\(size).safetensors", toPath: gate.weights)
        let plugin = try #require(try gate.engine().host.configuration.plugins.first)
        let report = try #require(plugin.gate, "\(plugin.state)")
        #expect(report.passed.contains { $0.name == "planted-world" } && report.passed.contains { $0.name == "nothing-relevant" })
        #expect(report.failures.isEmpty)
    }

    @Test func theGateServesWithAllItsScorers() throws {
        let folder = try Self.folder()
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let products = URL(fileURLWithPath: executable).deletingLastPathComponent().path
        let text = """
            { "version": 1, "paths": { "objects": "objects", "plugins": ["\(products)"] }, "trust": { "unpinned": "allow" },
              "turn": { "scoringBudgetMilliseconds": 5000 }, "loadGate": { "timeoutMilliseconds": 60000 },
              "scorers": [
                { "id": "heuristic", "library": "libHeuristicScorer.so", "tier": "inline", "deadlineMilliseconds": 5000 },
                { "id": "mamba", "library": "libMambaScorer.so", "tier": "inline", "grants": ["history"], "deadlineMilliseconds": 5000,
                  "assets": { "weights": { "path": "\(Self.models)/mamba-50k.safetensors" } } },
                { "id": "s4d-paths", "library": "libS4DPathScorer.so", "tier": "inline", "grants": ["paths"], "deadlineMilliseconds": 5000,
                  "assets": { "weights": { "path": "\(Self.models)/s4d-paths-small.safetensors" } },
                  "golden": { "path": "\(Self.models)/s4d-paths-small.golden.json" } }],
              "combiner": { "kind": "gate", "weights": { "path": "\(Self.models)/gate.json" } },
              "fallback": ["heuristic", "@floor"] }
            """
        try text.write(toFile: folder + "/plugins.json", atomically: true, encoding: .utf8)
        let engine = try Engine(databasePath: folder + "/store.db", configuration: (text, folder + "/plugins.json"))
        #expect(engine.host.configuration.plugins.map(\.id) == ["heuristic", "mamba", "s4d-paths"])
        for plugin in engine.host.configuration.plugins {
            guard case .serving = plugin.state else {
                Issue.record("\(plugin.id): \(plugin.state)")
                continue
            }
        }
    }

    @Test func everyFileIsNamedInTheListOfHashes() throws {
        let list = try String(contentsOfFile: "\(Self.models)/SHA256SUMS", encoding: .utf8)
        let named = Set(list.split(separator: "\n").compactMap { $0.split(separator: " ").last.map(String.init) })
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.models).filter {
            $0.hasSuffix(".safetensors") || $0.hasSuffix(".json")
        }
        #expect(Set(files) == named)
    }

    private static func folder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/mneme-shipped-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }
}

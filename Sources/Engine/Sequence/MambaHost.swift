import Features
import Foundation
import Host

/// A host with `libMambaScorer.so` and one weights file, as an evaluation runs it: real library, real sessions, no store.
enum MambaHost {
    /// - Parameters:
    ///   - tier: inline, watched or process.
    ///   - usesLoadGate: false where no golden record can say which way up it ranks: records name columns, and next-item
    ///     weights read ids and events alone.
    static func start(
        weights: String, tier: String, pluginFolders: [String], events: any EventSource, usesLoadGate: Bool = true
    ) throws -> ScorerHost {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mneme-eval-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("plugins.json").path
        try Data(configuration(weights, tier, pluginFolders).utf8).write(to: URL(fileURLWithPath: file))
        var environment = HostEnvironment(offeredColumns: ColumnCatalog.names)
        environment.offeredEventColumns = EventCatalog.names
        environment.events = events
        environment.usesLoadGate = usesLoadGate
        // Weights without records of their own were trained on planted worlds, and are judged by them.
        if !FileManager.default.fileExists(atPath: weights + ".golden.json") { environment.plantedWorlds = Engine.plantedWorlds }
        environment.columnSpan = { ColumnSpans.span(of: $0) }
        let host: ScorerHost
        switch Result(catching: { () throws(PluginsFileError) in try ScorerHost.start(plugins: file, environment) }) {
        case .success(let started): host = started
        case .failure(let error): throw EngineError(.invalidInput, "\(error)")
        }
        if let plugin = host.configuration.plugins.first, case .refused(let error) = plugin.state {
            throw EngineError(.invalidInput, "the scorer didn't go live: \(error)")
        }
        return host
    }

    private static func configuration(_ weights: String, _ tier: String, _ folders: [String]) -> String {
        let lists = folders.map { "\"\($0)\"" }.joined(separator: ", ")
        let golden = weights + ".golden.json"
        let check = FileManager.default.fileExists(atPath: golden) ? ", \"golden\": { \"path\": \"\(golden)\" }" : ""
        return """
            { "version": 1, "trust": { "unpinned": "allow" }, "paths": { "plugins": [\(lists)] },
              "turn": { "scoringBudgetMilliseconds": 1000 }, "sessions": { "checkpointEveryEvents": 1000000 },
              "scorers": [{ "id": "mamba", "library": "libMambaScorer.so", "tier": "\(tier)", "grants": ["history"],
                "deadlineMilliseconds": 1000, "assets": { "weights": { "path": "\(weights)" } }\(check) }] }
            """
    }
}

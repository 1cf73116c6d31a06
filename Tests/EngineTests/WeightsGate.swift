import Foundation
import StateSpace

@testable import Engine

/// A folder with weights and a plugins.json that serves them through the real libMambaScorer.so, in a process of its own.
struct WeightsGate {
    let folder: String
    var weights: String { folder + "/weights.safetensors" }

    func write(_ file: ScorerFile) throws { try file.writer().write(to: weights) }

    /// - Parameters:
    ///   - gate: more of `loadGate`, from its comma on.
    ///   - rest: more of the scorer's entry.
    func engine(gate: String = "", rest: String = "") throws -> Engine {
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let products = URL(fileURLWithPath: executable).deletingLastPathComponent().path
        let text = """
            { "version": 1, "paths": { "objects": "objects", "plugins": ["\(products)"] }, "trust": { "unpinned": "allow" },
              "turn": { "scoringBudgetMilliseconds": 5000 }, "loadGate": { "timeoutMilliseconds": 60000\(gate) },
              "scorers": [{ "id": "mamba", "library": "libMambaScorer.so", "grants": ["history"],
                "deadlineMilliseconds": 5000, "assets": { "weights": { "path": "\(weights)" } }\(rest) }] }
            """
        try text.write(toFile: folder + "/plugins.json", atomically: true, encoding: .utf8)
        return try Engine(databasePath: folder + "/store.db", configuration: (text, folder + "/plugins.json"))
    }
}

import HeuristicManifest
import PluginSDK

struct HeuristicScorer: Scorer {
    static let options = ["weight"]
    private let importance: Int
    private let weight: Float

    init(_ setup: Setup) throws(ScorerError) {
        importance = try setup.columns.require("memory.importance@1")
        weight = Float(try setup.options.number("weight"))
    }

    func score(_ batch: borrowing Batch, into scores: inout Scores) throws(ScorerError) -> Progress {
        let rows = batch.rows
        for row in 0..<batch.count {
            if row % 512 == 0, batch.isCancelled { return .stopped(at: row) }
            let r = rows[row]
            var s: Float = 0
            for c in 0..<r.count { s += r[c] * weight }
            scores[row] = s
        }
        return .done
    }
}

private let library = Library(HeuristicScorer.self, id: HEURISTIC_ID, version: HEURISTIC_VERSION)
@c(mneme_plugin) public func mnemePlugin() -> PluginTable { library.table }

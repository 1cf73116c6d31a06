import Heuristic
import HeuristicManifest
import PluginSDK

/// `libHeuristicScorer.so`: the formula of the room `Heuristic` behind the ABI.
struct HeuristicScorer: Scorer {
    /// The manifest's, in its order.
    static let options = [
        "mode", "recencyBound", "useBound", "importanceBound", "graphBound", "vectorWeight",
    ]

    private let heuristic: Heuristic

    init(_ setup: Setup) throws(ScorerError) {
        var parameters = HeuristicParameters()
        parameters.mode = try setup.options.choice("mode")
        parameters.recencyBound = Float(try setup.options.number("recencyBound"))
        parameters.useBound = Float(try setup.options.number("useBound"))
        parameters.importanceBound = Float(try setup.options.number("importanceBound"))
        parameters.graphBound = Float(try setup.options.number("graphBound"))
        parameters.vectorWeight = Float(try setup.options.number("vectorWeight"))
        heuristic = Heuristic(parameters: parameters, columns: setup.columns.names)
    }

    var info: ModelInfo {
        var info = ModelInfo()
        info.partCount = UInt32(Heuristic.partNames.count)
        info.nanosecondsPerRow = 5
        return info
    }

    func score(_ batch: borrowing Batch, into scores: inout Scores) throws(ScorerError) -> Progress {
        let count = batch.count
        let explains = scores.partCount == Heuristic.partNames.count
        var done = 0
        while done < count {
            if batch.isCancelled { return .stopped(at: done) }
            let chunk = done..<min(done + Self.rowsBetweenPolls, count)
            batch.rows.withElements { elements, rowStride in
                elements.withUnsafeBufferPointer { values in
                    // There is at least one row here, so the elements have a start.
                    guard let start = values.baseAddress.map({ $0 + chunk.lowerBound * rowStride }) else {
                        return
                    }
                    var out = scores.all()
                    out.withUnsafeMutableBufferPointer { out in
                        guard let first = out.baseAddress else { return }
                        heuristic.score(
                            start, rows: chunk.count, strideBytes: rowStride * MemoryLayout<Float>.stride,
                            into: first + chunk.lowerBound)
                    }
                    if explains { explain(start, rowStride, chunk, &scores) }
                }
            }
            done = chunk.upperBound
        }
        return .done
    }

    private static let rowsBetweenPolls = 1024

    private func explain(
        _ start: UnsafePointer<Float>, _ rowStride: Int, _ rows: Range<Int>, _ scores: inout Scores
    ) {
        for (place, row) in rows.enumerated() {
            var parts = scores.parts(row)
            parts.withUnsafeMutableBufferPointer { parts in
                guard let first = parts.baseAddress else { return }
                heuristic.parts(start + place * rowStride, into: first)
            }
        }
    }
}

private let library = Library(HeuristicScorer.self, id: HEURISTIC_ID, version: HEURISTIC_VERSION)
@c(mneme_plugin) public func mnemePlugin() -> PluginTable { library.table }

import Heuristic
import PluginSDK
import S4DPathsManifest
import StateSpace

/// `libS4DPathScorer.so`: the room StateSpace's path model behind the ABI. What it is (width, depth, columns, tables)
/// stands in the weights file.
struct S4DPathScorer: Scorer {
    private let model: PathModel
    private let reader: PathReader
    private let heuristic: Heuristic?
    private let desks: DeskPool

    /// Paths between two looks at the cancel word: 256 of four hops take the small model about a millisecond.
    private static let pathsBetweenPolls = 256
    /// The longest path that the host sends; kernels reach as far, so that no call has to make one.
    private static let longestPath = 32

    init(_ setup: Setup) throws(ScorerError) {
        try Self.use(level: setup.dispatchLevel)
        model = try Self.read(try setup.asset("weights"))
        reader = try PathReader(model.configuration, setup)
        let isResidual = model.configuration.residual == .heuristic
        heuristic = isResidual ? Heuristic(parameters: HeuristicParameters(), columns: setup.columns.names) : nil
        desks = DeskPool(model.configuration)
        model.prepare(hops: Self.longestPath)
    }

    private static func read(_ asset: Asset) throws(ScorerError) -> PathModel {
        let bytes = asset.bytes
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(SafetensorsError) in try PathModel(try SafetensorsFile(borrowing: bytes)) }
        }
        switch result {
        case .success(let model): return model
        case .failure(let error): throw .asset("weights: \(error)")
        }
    }

    /// The host's dispatch level; 0 = the best. The kernels are this library's own copy, so nobody else is switched.
    private static func use(level: Int) throws(ScorerError) {
        guard level != 0 else { return }
        let name = level == 1 ? "baseline" : "x86-64-v\(level)"
        guard let known = DispatchLevel.all.first(where: { $0.name == name }) else {
            throw .unsupported(
                "dispatch level \(level); this processor has \(DispatchLevel.all.map(\.name).joined(separator: ", "))")
        }
        known.use()
    }

    var info: ModelInfo {
        var info = ModelInfo()
        info.inputs = .paths
        let shape = model.configuration.s4d
        // A row of four paths of three hops, some ten multiply-adds a nanosecond.
        info.nanosecondsPerRow = UInt32(shape.layers * shape.channels * shape.channels * 3)
        return info
    }

    func score(_ batch: borrowing Batch, into scores: inout Scores) throws(ScorerError) -> Progress {
        let desk = desks.take()
        defer { desks.give(desk) }
        var done = 0
        while done < batch.count {
            if batch.isCancelled { return .stopped(at: done) }
            var end = done
            repeat { end += 1 } while end < batch.count && paths(batch, done..<end + 1) <= Self.pathsBetweenPolls
            score(batch, done..<end, desk, &scores)
            done = end
        }
        return .done
    }

    private func paths(_ batch: borrowing Batch, _ rows: Range<Int>) -> Int {
        batch.paths(rows.upperBound - 1).upperBound - batch.paths(rows.lowerBound).lowerBound
    }

    private func score(_ batch: borrowing Batch, _ rows: Range<Int>, _ desk: Desk, _ scores: inout Scores) {
        desk.inputs.removeAll()
        for row in rows { reader.append(batch, row, heuristic: heuristicScore(batch, row), to: &desk.inputs) }
        model.score(desk.inputs, with: desk.activations)
        let firstPath = batch.paths(rows.lowerBound).lowerBound
        for (place, value) in desk.activations.paths.enumerated() { scores.setPath(firstPath + place, to: value) }
        for (place, row) in rows.enumerated() {
            let value = desk.activations.rows[place]
            guard value.isFinite else {
                scores.abstain(row)
                continue
            }
            scores[row] = value
            scores.setConfidence(row, to: PathModel.confidence(value))
        }
    }

    private func heuristicScore(_ batch: borrowing Batch, _ row: Int) -> Float {
        guard let heuristic, batch.rows.columns > 0 else { return 0 }
        return batch.rows.withRow(row) { columns in
            columns.withUnsafeBufferPointer { columns in columns.baseAddress.map(heuristic.score) ?? 0 }
        }
    }
}

private let library = Library(S4DPathScorer.self, id: S4D_PATHS_ID, version: S4D_PATHS_VERSION)
@c(mneme_plugin) public func mnemePlugin() -> PluginTable { library.table }

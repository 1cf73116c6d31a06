import Features
import Gate
import StateSpace
import Synchronization
import Synthetic

/// The scorers of a joint list, each with its own part of the truth: the formula over columns, the sequence scorer with
/// its trunk over events, the path scorer over hops.
struct JointScorers: Sendable {
    private let sequence: ModelRanker
    private let paths: PathModel

    /// Ids of plugins.json, and what the heads' manifests say of their numbers.
    static let scorers: [GateShape.Scorer] = [
        .init(id: "heuristic", scale: .rankOnly), .init(id: "mamba", scale: .logit), .init(id: "s4d-paths", scale: .logit),
    ]

    /// - Throws: what is wrong with which file.
    init(mamba: String, paths: String) throws {
        let sequences = try PlantedRankers(weights: [mamba]).models
        let model = try PlantedPathTraining.translating { try PathModel(SafetensorsFile(path: paths)) }
        let columns = model.configuration.columns + model.configuration.hopTables.map(\.column)
        if let stranger = columns.first(where: { PathCatalog.index[$0] == nil }) {
            throw EngineError(.invalidInput, "\(paths) reads the hop column \(stranger), which planted paths don't have")
        }
        guard let sequence = sequences.first else { throw EngineError(.invalidInput, "\(mamba) is no sequence scorer") }
        self.init(sequence, model)
    }

    init(_ sequence: ModelRanker, _ paths: PathModel) { (self.sequence, self.paths) = (sequence, paths) }

    /// Every list of a world as its scorers answered it, in order of time.
    func hear(_ world: JointWorld) -> [HeardList] {
        let path = PlantedPathBoard.scorer(paths)
        return zip(world.histories, world.lists).flatMap { history, lists in
            zip(lists, sequence.scores(history)).map { list, sequence in
                HeardList(list, world: world.seed, sequence: sequence, paths: list.isWithoutPaths ? nil : path(list.paths))
            }
        }
    }

    /// Worlds `seeds`, in their order.
    func hear(
        _ settings: JointSettings, seeds: Range<UInt64>, threads: Int, progress: @escaping @Sendable (_ done: Int) -> Void = { _ in }
    ) throws -> [HeardList] {
        let first = seeds.lowerBound
        let counted = Atomic(0)
        return try Parallel.map(0..<seeds.count, threads: threads) { place in
            defer { progress(counted.add(1, ordering: .relaxed).newValue) }
            return hear(try JointWorld(settings, seed: first + UInt64(place)))
        }.flatMap { $0 }
    }
}

/// What scorers said of a joint list, and what it was worth.
struct HeardList: Sendable {
    var world: UInt64
    /// By the scorer's place in `JointScorers.scorers`: raw scores per row, NaN where it abstained; nil = it didn't answer.
    var scores: [[Float]?]
    /// Row columns that weigh, [standard column][row].
    var columns: [[Float]]
    /// The truth's logits.
    var clean: [Float]
    var relevant: Set<Int>

    init(_ list: JointList, world: UInt64, sequence: [Float], paths: [Float]?) {
        self.world = world
        scores = [list.interactions.base, sequence, paths]
        let width = PlantedColumns.all.count
        columns = Self.columnPlaces.map { place in
            (0..<list.rows).map { list.interactions.columns[$0 * width + place] }
        }
        clean = list.clean
        relevant = list.relevant
    }

    /// Those of `GateShape.standardColumns` that planted worlds have.
    static let columnNames = GateShape.standardColumns.filter(PlantedColumns.all.contains)
    private static let columnPlaces = columnNames.map { PlantedColumns.all.firstIndex(of: $0) ?? 0 }

    /// One bit per scorer.
    var answered: UInt32 {
        scores.enumerated().reduce(0) { $1.element == nil ? $0 : $0 | 1 << UInt32($1.offset) }
    }

    func rows(_ shape: GateShape) -> GateRows {
        var rows = GateRows(shape, count: clean.count)
        for (place, scorer) in JointScorers.scorers.enumerated() {
            if let values = scores[place], let index = shape.index(of: scorer.id) { rows.set(scorer: index, values) }
        }
        var block = [Float](repeating: .nan, count: clean.count * shape.columns.count)
        for (index, column) in shape.columns.enumerated() {
            guard let place = Self.columnNames.firstIndex(of: column.name) else { continue }
            for row in clean.indices { block[row * shape.columns.count + index] = columns[place][row] }
        }
        rows.set(columns: block)
        return rows
    }
}

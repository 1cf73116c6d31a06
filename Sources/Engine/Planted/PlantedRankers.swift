import StateSpace

/// Who stands beside a model of planted worlds.
struct PlantedRankers {
    /// Weights files, by name.
    let models: [ModelRanker]
    let others: [any PlantedRanker]

    /// - Throws: what is wrong with which file.
    init(weights: [String]) throws {
        models = try weights.map { path in
            do {
                let file = try ScorerFile(SafetensorsFile(path: path))
                if let stranger = file.description.rowColumns.first(where: { !PlantedColumns.all.contains($0) }) {
                    throw EngineError(
                        .invalidInput, "\(path) reads the column \(stranger), which planted worlds don't have; they have "
                            + PlantedColumns.all.joined(separator: ", "))
                }
                let known = PlantedColumns.events
                if let stranger = file.description.eventColumns.first(where: { !known.contains($0) }) {
                    throw EngineError(.invalidInput, "\(path) reads the event column \(stranger); planted worlds have \(known.joined(separator: ", "))")
                }
                return ModelRanker(Self.name(path), file)
            } catch let error as SafetensorsError {
                throw EngineError(.invalidInput, "\(path): \(error)")
            }
        }
        others = [
            OracleRanker(), FormulaRanker.effective, FormulaRanker.bounded, FormulaRanker.focused, Self.untrained(seed: 1),
        ]
    }

    var all: [any PlantedRanker] { others + models }

    private static func name(_ path: String) -> String {
        let last = path.split(separator: "/").last.map(String.init) ?? path
        return last.hasSuffix(".safetensors") ? String(last.dropLast(12)) : last
    }

    /// The medium size with its first weights.
    static func untrained(seed: UInt64) -> ModelRanker {
        let training = PlantedTraining(.medium)
        let shape = training.shape
        let task = ScorerParameters(shape)
        let values = FloatBuffer(task.layout.count)
        var random = StateSpace.SplitMix64(seed: seed)
        task.initialize(values.start, shape: shape, using: &random)
        let description = ScorerDescription(
            eventColumns: PlantedColumns.events, rowColumns: training.rowColumns, stateID: 1, hasNull: true)
        let file = ScorerFile(
            description: description, shape: shape,
            scales: ScorerScales(events: .identity(shape.eventColumns), rows: .identity(shape.rowColumns)), values: values.array)
        return ModelRanker("untrained", file)
    }
}

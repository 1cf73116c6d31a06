import Glibc
import StateSpace
import Training

/// Turns stretches of worlds into what a sequence scorer is trained on.
struct PlantedScaling: Sendable {
    let description: ScorerDescription
    let shape: ScorerShape
    let scales: ScorerScales
    /// Places of the model's columns in `PlantedColumns.all`.
    let order: [Int]

    /// - Parameter columns: what the model reads, of `PlantedColumns.all`.
    init(_ description: ScorerDescription, _ shape: ScorerShape, from sample: [PlantedHistory]) {
        self.description = description
        self.shape = shape
        order = description.rowColumns.map { PlantedColumns.all.firstIndex(of: $0) ?? 0 }
        var events = ColumnMoments(shape.eventColumns)
        var rows = ColumnMoments(shape.rowColumns)
        for history in sample {
            for event in history.events { events.add(event.prefix(shape.eventColumns)) }
            for list in history.lists {
                for row in 0..<list.rows { rows.add(order.map { list.columns[row * PlantedColumns.all.count + $0] }) }
            }
        }
        scales = ScorerScales(events: events.affine, rows: rows.affine)
    }

    init(_ file: ScorerFile) {
        description = file.description
        shape = file.shape
        scales = file.scales
        order = file.description.rowColumns.map { PlantedColumns.all.firstIndex(of: $0) ?? 0 }
    }

    func file(_ values: [Float]) -> ScorerFile {
        ScorerFile(description: description, shape: shape, scales: scales, values: values)
    }

    func scaled(_ histories: [PlantedHistory]) -> [ScorerHistory] {
        let reader = SequenceScorer(shape, scales: scales, gapRule: description.gapRule)
        return histories.map { scaled($0, reader) }
    }

    private func scaled(_ history: PlantedHistory, _ reader: SequenceScorer) -> ScorerHistory {
        let inputs = shape.eventInputs
        let count = shape.hasTrunk ? history.events.count : 0
        let x = FloatBuffer(max(1, count * inputs))
        var gaps: [Float] = []
        for place in 0..<count {
            reader.encode(columns: history.events[place], ids: history.ids[place], to: x.start + place * inputs)
            let before = history.atMilliseconds[max(0, place - 1)]
            let seconds = Double(max(0, history.atMilliseconds[place] - before)) / 1000
            gaps.append(description.gapRule(Float(seconds / description.referenceSeconds)))
        }
        return ScorerHistory(
            events: x.array, gaps: gaps.isEmpty ? [0] : gaps, eventCount: count,
            turns: history.lists.map { turn($0) })
    }

    private func turn(_ list: PlantedHistory.List) -> ScorerHistory.Turn {
        let all = PlantedColumns.all.count
        let columns = (0..<list.rows).flatMap { row in order.map { list.columns[row * all + $0] } }
        let (labels, none) = Self.shares(list.noisy)
        return ScorerHistory.Turn(
            event: shape.hasTrunk ? list.event : 0, columns: scales.rows.applied(columns), signs: list.ids.map(IDCode.signs), labels: labels,
            nullLabel: none, base: shape.isResidual ? list.base : nil)
    }

    /// Softmax of logits and of a 0 for «none»: what was chosen how often. Hard labels would say nothing of how much
    /// better one row is than another, and a rate of decay couldn't be read off (learning.md, canary 2).
    static func shares(_ logits: [Float]) -> (rows: [Float], none: Float) {
        let top = max(0, logits.max() ?? 0)
        let weights = logits.map { exp($0 - top) }
        let none = exp(-top)
        let sum = weights.reduce(none, +)
        return (weights.map { $0 / sum }, none / sum)
    }
}

import Gate

/// One turn as a gate is trained on it: what every scorer said of the rows, their columns, and which were wanted.
package struct GateList: Sendable {
    package var rows: GateRows
    /// [R], graded, at least 0; all 0 = nothing was relevant.
    package var labels: [Float]

    package init(rows: GateRows, labels: [Float]) {
        precondition(rows.count == labels.count, "one label per row")
        self.rows = rows
        self.labels = labels
    }

    /// - Parameters:
    ///   - scores: by scorer id, one value per row as the scorer's head gave it; nil = it abstained. A scorer of the shape that
    ///     isn't named didn't answer; one that the shape doesn't know is left out.
    ///   - columns: by identity, one value per row; those that aren't named are unknown.
    package init(_ shape: GateShape, scores: [String: [Float?]], columns: [String: [Float]] = [:], labels: [Float]) {
        var rows = GateRows(shape, count: labels.count)
        for (index, scorer) in shape.scorers.enumerated() {
            if let values = scores[scorer.id] { rows.set(scorer: index, values.map { $0 ?? .nan }) }
        }
        let width = shape.columns.count
        var block = [Float](repeating: .nan, count: labels.count * width)
        for (index, column) in shape.columns.enumerated() {
            guard let values = columns[column.name] else { continue }
            precondition(values.count == labels.count, "one value per row")
            for (row, value) in values.enumerated() { block[row * width + index] = value }
        }
        rows.set(columns: block)
        self.init(rows: rows, labels: labels)
    }

    package var hasRelevant: Bool { labels.contains { $0 > 0 } }
}

extension GateShape.Column {
    /// Mean and standard deviation of the training rows; a column that never varies keeps scale 1 and says nothing.
    package init(name: String, fittedTo values: [Float]) {
        let known = values.filter(\.isFinite).map(Double.init)
        let mean = known.reduce(0, +) / Double(max(known.count, 1))
        let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(known.count, 1))
        self.init(name: name, mean: Float(mean), scale: variance > 1e-12 ? Float(variance.squareRoot()) : 1)
    }
}

import Heuristic

/// The scorer that is compiled in and always answers. It advises last.
package struct FloorScorer: Sendable {
    package let version: String
    /// Columns it wants, in this order; all of them are offered.
    package let columns: [String]
    package let partNames: [String]
    /// One finite value per row.
    package let score: @Sendable (ColumnBlock) -> [Float]
    /// A row's increments, in the order of `partNames`.
    package let parts: @Sendable (ColumnBlock, _ row: Int) -> [Float]

    package init(
        version: String, columns: [String], partNames: [String],
        score: @escaping @Sendable (ColumnBlock) -> [Float],
        parts: @escaping @Sendable (ColumnBlock, Int) -> [Float]
    ) {
        self.version = version
        self.columns = columns
        self.partNames = partNames
        self.score = score
        self.parts = parts
    }

    /// The default formula; where its columns aren't offered, all rows are equal.
    package static func heuristic(offered: [String]) -> FloorScorer {
        let heuristic = Heuristic()
        let columns = HeuristicColumns.names(mode: heuristic.parameters.mode)
        guard Set(columns).isSubset(of: offered) else {
            return FloorScorer(
                version: "order", columns: [], partNames: [],
                score: { [Float](repeating: 0, count: $0.rowCount) }, parts: { _, _ in [] })
        }
        return FloorScorer(
            version: heuristic.parameters.mode.rawValue, columns: columns, partNames: heuristic.partNames,
            score: { block in
                [Float](unsafeUninitializedCapacity: block.rowCount) { scores, count in
                    block.values.withUnsafeBufferPointer { values in
                        guard let rows = values.baseAddress, let start = scores.baseAddress else { return }
                        heuristic.score(
                            rows: rows, count: block.rowCount, stride: block.columnCount, into: start)
                        count = block.rowCount
                    }
                }
            },
            parts: { block, row in
                block.values.withUnsafeBufferPointer { values in
                    let start = row * block.columnCount
                    return heuristic.parts(
                        row: UnsafeBufferPointer(rebasing: values[start..<start + block.columnCount]))
                }
            })
    }
}

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
        let columns = HeuristicColumn.names
        guard Set(columns).isSubset(of: offered) else {
            return FloorScorer(
                version: "order", columns: [], partNames: [],
                score: { [Float](repeating: 0, count: $0.rowCount) }, parts: { _, _ in [] })
        }
        let heuristic = Heuristic(parameters: HeuristicParameters(), columns: columns)
        return FloorScorer(
            version: HeuristicParameters.Mode.bounded.rawValue, columns: columns,
            partNames: Heuristic.partNames,
            score: { block in
                [Float](unsafeUninitializedCapacity: block.rowCount) { scores, count in
                    block.values.withUnsafeBytes { values in
                        guard let rows = values.baseAddress, let start = scores.baseAddress else { return }
                        heuristic.score(
                            rows, rows: block.rowCount, strideBytes: block.columnCount * 4, into: start)
                        count = block.rowCount
                    }
                }
            },
            parts: { block, row in
                var parts = [Float](repeating: 0, count: Heuristic.partNames.count)
                block.values.withUnsafeBufferPointer { values in
                    parts.withUnsafeMutableBufferPointer { parts in
                        guard let rows = values.baseAddress, let start = parts.baseAddress else { return }
                        heuristic.parts(rows + row * block.columnCount, into: start)
                    }
                }
                return parts
            })
    }
}

/// Columns as they cross the ABI: row-major, contiguous, finite float32; row r, column c at
/// `r · columnCount + c`.
package struct ColumnMatrix: Sendable, Equatable {
    /// Identities, in the order asked.
    package let columns: [String]
    package let rowCount: Int
    package internal(set) var values: [Float]
    /// Per column 1 if this request could know it, else 0 and every row holds the documented value.
    package internal(set) var present: [UInt8]

    package var columnCount: Int { columns.count }

    package init(columns: [String], rowCount: Int) {
        self.columns = columns
        self.rowCount = rowCount
        values = [Float](repeating: 0, count: columns.count * rowCount)
        present = [UInt8](repeating: 0, count: columns.count)
    }

    package subscript(row: Int, column: Int) -> Float {
        get { values[row * columnCount + column] }
        set { values[row * columnCount + column] = newValue }
    }

    /// One column's values, or nil if it wasn't asked for.
    package func column(_ identity: String) -> [Float]? {
        guard let column = columns.firstIndex(of: identity) else { return nil }
        return (0..<rowCount).map { self[$0, column] }
    }

    /// Puts a given value in place of the computed one (a caller's own columns win); not if it isn't finite.
    package mutating func set(column: Int, row: Int, given value: Float) {
        guard value.isFinite else { return }
        self[row, column] = value
        present[column] = 1
    }
}

extension PoolFeatures {
    /// Computes the columns asked for and no others.
    ///
    /// - Parameter requested: Identities such as `text.context@1`; repeats are allowed.
    /// - Throws: `UnknownColumns` with every unknown name at once.
    package func fill(requested: [String]) throws(UnknownColumns) -> ColumnMatrix {
        let unknown = requested.filter { ColumnCatalog[$0] == nil }
        guard unknown.isEmpty else {
            throw UnknownColumns(unknown: unknown, known: ColumnCatalog.all.map(\.identity))
        }
        var matrix = ColumnMatrix(columns: requested, rowCount: rowCount)
        for (column, definition) in requested.compactMap({ ColumnCatalog[$0] }).enumerated() {
            let isPresent = definition.isPresent(self)
            matrix.present[column] = isPresent ? 1 : 0
            let values = isPresent ? definition.values(self) : constant(definition.absent)
            for row in 0..<rowCount {
                // Inputs may carry what they like; what crosses the ABI is finite.
                matrix[row, column] = values[row].isFinite ? values[row] : definition.absent
            }
        }
        return matrix
    }
}

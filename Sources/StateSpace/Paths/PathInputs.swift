/// Candidates with their paths, as a path scorer reads them. Reused: `removeAll` keeps the memory.
package struct PathInputs: Sendable {
    /// rows + 1: row r has the paths `rowOffsets[r] ..< rowOffsets[r+1]`.
    package private(set) var rowOffsets: [Int] = [0]
    /// Hops of each path.
    package private(set) var lengths: [Int] = []
    /// [R, columns].
    package private(set) var columns: [Float] = []
    /// [R, hop tables].
    package private(set) var hopIndices: [Int32] = []
    /// [rows, query tables].
    package private(set) var queryIndices: [Int32] = []
    /// [rows]: the heuristic's scores; read only by a model that adds them.
    package private(set) var heuristic: [Float] = []

    package init() {}

    package var rowCount: Int { rowOffsets.count - 1 }
    package var pathCount: Int { lengths.count }

    package mutating func removeAll() {
        rowOffsets.removeSubrange(1...)
        lengths.removeAll(keepingCapacity: true)
        columns.removeAll(keepingCapacity: true)
        hopIndices.removeAll(keepingCapacity: true)
        queryIndices.removeAll(keepingCapacity: true)
        heuristic.removeAll(keepingCapacity: true)
    }

    /// A hop of the path that `endPath` will end.
    package mutating func append(columns values: some Collection<Float>, indices: some Collection<Int32>) {
        columns.append(contentsOf: values)
        hopIndices.append(contentsOf: indices)
    }

    package mutating func append(column value: Float) { columns.append(value) }
    package mutating func append(hopIndex index: Int32) { hopIndices.append(index) }

    package mutating func endPath(hops: Int) { lengths.append(hops) }

    package mutating func append(queryIndex index: Int32) { queryIndices.append(index) }

    /// The row whose query indices were appended.
    package mutating func endRow(heuristic value: Float) {
        heuristic.append(value)
        rowOffsets.append(lengths.count)
    }

    /// The row whose paths were ended since the last row.
    package mutating func endRow(query: some Collection<Int32>, heuristic value: Float = 0) {
        queryIndices.append(contentsOf: query)
        endRow(heuristic: value)
    }
}

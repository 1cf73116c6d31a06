import Heuristic

/// The formula compiled into the host: answers when no library can.
package enum FloorScorer {
    package static let id = "@floor"
    package static let columns = HeuristicColumn.names
    package static let partNames = Heuristic.partNames
    private static let heuristic = Heuristic(parameters: HeuristicParameters(), columns: HeuristicColumn.names)

    /// - Parameter values: rows × `columns`, row-major.
    package static func score(_ values: [Float], rows: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: rows) { out, count in
            values.withUnsafeBytes { bytes in
                guard rows > 0, let base = bytes.baseAddress, let first = out.baseAddress else { return }
                heuristic.score(base, rows: rows, strideBytes: columns.count * MemoryLayout<Float>.stride, into: first)
            }
            count = rows
        }
    }

    /// rows × `partNames`, row-major.
    package static func parts(_ values: [Float], rows: Int) -> [Float] {
        var result = [Float](repeating: 0, count: rows * partNames.count)
        values.withUnsafeBufferPointer { values in
            result.withUnsafeMutableBufferPointer { out in
                guard let base = values.baseAddress, let first = out.baseAddress else { return }
                for row in 0..<rows { heuristic.parts(base + row * columns.count, into: first + row * partNames.count) }
            }
        }
        return result
    }
}

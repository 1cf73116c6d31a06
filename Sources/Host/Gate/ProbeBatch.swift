import PluginABI

/// A batch made to find out what a scorer does: small, seeded, inside each column's documented range.
package struct ProbeBatch: Sendable {
    package var columns: [String]
    /// Row-major, rows × columns.
    package var values: [Float]
    /// Per column: 0 = this request can't know it.
    package var present: [UInt8]
    package var ids: [UInt64]
    package var texts: [String]?
    package var query: String?
    package var vectors: VectorBlock?
    package var queryVector: [Float]?
    /// How its rows were reached; nil = no paths are sent.
    package var paths: PathBlock?
    package var nowMilliseconds: Int64 = 1_700_000_000_000
    package var schema: UInt64
    package var heads: UInt32
    /// Bytes between the rows' features, beyond what the features take.
    package var paddingBytes = 0
    /// The answer is no longer wanted: the cancel word is set before the call.
    package var isCancelled = false
    /// Of the scorer; asked for where it is above 0.
    package var partCount = 0

    package var rowCount: Int { ids.count }

    package func value(_ row: Int, _ column: Int) -> Float { values[row * columns.count + column] }

    package mutating func set(_ row: Int, _ column: Int, _ value: Float) { values[row * columns.count + column] = value }

    /// Row i of the result is row `order[i]` of this one: a permutation, a part, or any choice of rows.
    package func taking(_ order: [Int]) -> ProbeBatch {
        var taken = self
        taken.ids = order.map { ids[$0] }
        taken.values = order.flatMap { values[$0 * columns.count..<($0 + 1) * columns.count] }
        taken.texts = texts.map { texts in order.map { texts[$0] } }
        taken.vectors = vectors.map { block in
            let width = block.dimension
            return VectorBlock(
                dimension: width, values: order.flatMap { block.values[$0 * width..<($0 + 1) * width] },
                present: order.map { block.present[$0] })
        }
        taken.paths = paths?.taking(rows: order)
        return taken
    }

    /// A row as a person reads it: the columns that say most about it.
    package func describe(_ row: Int) -> String {
        let shown = columns.enumerated().prefix(6).map { "\($1) \(value(row, $0))" }.joined(separator: ", ")
        return "row \(row) (\(shown)\(columns.count > 6 ? ", …" : ""))"
    }
}

/// What a scorer said about a probe.
package struct ProbeAnswer: Sendable, Equatable {
    package var status: Int32
    package var rowsDone: Int
    /// heads × rows.
    package var values: [Float]
    package var statuses: [UInt8]
    package var confidences: [Float]
    /// rows × parts.
    package var parts: [Float]
    /// One per path.
    package var pathValues: [Float] = []
    package var headCount: Int
    package var changedFloatMode: Bool
    /// 1 + index of the input array that was changed; 0 = none. Seen with guarded rows only.
    package var changedInput: Int
    package var elapsedNanoseconds: Int64

    package var rowCount: Int { statuses.count }
    package var partCount: Int { rowCount == 0 ? 0 : parts.count / rowCount }

    package func value(_ row: Int, head: Int = 0) -> Float { values[head * rowCount + row] }

    package func abstains(_ row: Int) -> Bool { statuses[row] == UInt8(MNEME_ROW_ABSTAIN) }

    /// Its place among the others: what abstains stands behind everything.
    package func standing(_ row: Int) -> Float { abstains(row) ? -.infinity : value(row) }

    /// Status and bits of every head.
    package func isSame(_ row: Int, as other: ProbeAnswer, _ otherRow: Int) -> Bool {
        guard statuses[row] == other.statuses[otherRow] else { return false }
        if abstains(row) { return true }
        return (0..<headCount).allSatisfy {
            value(row, head: $0).bitPattern == other.value(otherRow, head: $0).bitPattern
        }
    }

    /// For messages.
    package func text(_ row: Int) -> String { abstains(row) ? "ABSTAIN" : "\(value(row))" }
}

/// A few turns of one session.
package struct ProbeEvents: Sendable {
    package var firstSequence: UInt64
    package var timesMilliseconds: [Int64]
    /// Per event, things it is about or that were used, with MNEME_ROLE_*.
    package var things: [[(id: UInt64, role: UInt8)]]
    package var schema: UInt64
    /// rows × columns.
    package var columnCount = 0
    package var features: [Float] = []
}

import Features
import Host
import Storage

/// The order in which candidates are offered to scorers: F1 with vectors, likeliest first, so that a scorer that
/// runs out of time has done the rows that matter.
enum Fusion {
    private static let floor = FloorScorer.heuristic(offered: ColumnCatalog.names)

    /// Indices into `facts`, best first; ties: newer first.
    static func order(_ facts: [CandidateFacts], turn: TurnFacts, rows: [CandidateRow]) -> [Int] {
        guard let matrix = try? ColumnMatrix(names: floor.columns, candidates: facts, turn: turn) else {
            // The floor's columns are the catalogue's own (a test holds that); without them any order serves.
            return Array(facts.indices)
        }
        let scores = floor.score(
            ColumnBlock(
                rowCount: facts.count, columnCount: floor.columns.count, values: matrix.values,
                present: matrix.present))
        return facts.indices.sorted {
            if scores[$0] != scores[$1] { return scores[$0] > scores[$1] }
            if rows[$0].createdAtMilliseconds != rows[$1].createdAtMilliseconds {
                return rows[$0].createdAtMilliseconds > rows[$1].createdAtMilliseconds
            }
            return rows[$0].rowid > rows[$1].rowid
        }
    }
}

import Foundation
import StateSpace

/// Rows with the score that a model gives them before its first event, as plugins.json's `golden` takes them.
enum ScorerGolden {
    /// - Parameter rows: flat, F numbers each; the first two of each turn are enough.
    static func write(_ file: ScorerFile, rows: [[Float]], to path: String) throws {
        let scorer = file.model()
        let scratch = ScorerScratch(scorer)
        let width = file.shape.rowColumns
        guard width > 0, !file.shape.isResidual, file.shape.list == nil else { return }
        let records = rows.flatMap { turn in
            [0, turn.count / width - 1].map { Array(turn[$0 * width..<($0 + 1) * width]) }
        }.map { row -> String in
            let score = score(row, scorer, scratch)
            let columns = zip(file.description.rowColumns, row).map { "\"\($0)\": \($1)" }.joined(separator: ", ")
            return "  { \"row\": { \(columns) }, \"score\": \(score), \"tolerance\": \(max(1e-3, abs(score) * 1e-4)) }"
        }
        try Data("[\n\(records.joined(separator: ",\n"))\n]\n".utf8).write(
            to: URL(fileURLWithPath: path + ".golden.json"), options: .atomic)
    }

    private static func score(_ row: [Float], _ scorer: SequenceScorer, _ scratch: ScorerScratch) -> Float {
        scorer.beginTurn(scorer.makeState(), bare: nil, scratch)
        var out = [Float](repeating: 0, count: scorer.shape.heads)
        row.withUnsafeBufferPointer { row in
            out.withUnsafeMutableBufferPointer { out in
                // Force unwraps: a row has columns, a model has heads.
                scorer.score(
                    ScorerRows(columns: row.baseAddress!, stride: row.count, ids: nil), range: 0..<1,
                    order: Array(0..<row.count), scratch, to: out.baseAddress!)
            }
        }
        return out[0]
    }
}

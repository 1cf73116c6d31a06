/// Rows × columns, row-major, all finite: what a scorer is sent.
package struct ColumnMatrix: Sendable {
    package var names: [String]
    package var rows: Int
    package var values: [Float]
    /// Per column: 0 = nothing is known of it in this request, the rows hold its absent value.
    package var present: [UInt8]

    /// - Throws: `UnknownColumns` if the catalogue lacks a name and no candidate brings it.
    package init(names: [String], candidates: [CandidateFacts], turn: TurnFacts) throws(UnknownColumns) {
        self.names = names
        rows = candidates.count
        let width = names.count
        values = [Float](repeating: 0, count: rows * width)
        present = [UInt8](repeating: 0, count: width)
        let anyGiven = candidates.contains { !$0.given.isEmpty }
        var unknown: [String] = []
        for (place, name) in names.enumerated() {
            let column = ColumnCatalog.index[name].map { ColumnCatalog.columns[$0] }
            if column == nil, !candidates.contains(where: { $0.given[name] != nil }) {
                unknown.append(name)
                continue
            }
            // In place: a copy of a candidate's facts costs more than most columns.
            candidates.withUnsafeBufferPointer { candidates in
                for row in 0..<rows {
                    var value = column?.value(candidates[row], turn)
                    if anyGiven, let given = candidates[row].given[name] { value = given }
                    if let value, value.isFinite {
                        values[row * width + place] = value
                        present[place] = 1
                    } else {
                        values[row * width + place] = column?.absent ?? 0
                    }
                }
            }
        }
        if !unknown.isEmpty { throw UnknownColumns(unknown: unknown) }
    }
}

package struct UnknownColumns: Error, CustomStringConvertible {
    package let unknown: [String]
    package var description: String {
        "unknown columns: \(unknown.joined(separator: ", ")); known: \(ColumnCatalog.names.joined(separator: ", "))"
    }
}

extension ColumnCatalog {
    /// The table of docs/columns.md.
    package static var markdown: String {
        var lines = ["| column | value | unit | range | absent | source |", "|---|---|---|---|---|---|"]
        for column in columns {
            lines.append(
                "| `\(column.name)` | \(column.formula) | \(column.unit) | \(column.range) | \(column.absent) | \(column.source) |"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Every column there is. What a plugin may ask for, what `docs/columns.md` prints and what is computed
/// are this one table (`references/abi-decisions.md` 12).
package enum ColumnCatalog {
    package static let all: [ColumnDefinition] =
        TextColumns.definitions + FormColumns.definitions + UseColumns.definitions
        + MemoryColumns.definitions + PriorColumns.definitions

    /// The 17 columns of the reference system, in its order.
    package static let memoryV1: [String] = MemoryColumns.seventeen

    /// By identity: `memory.log_age_days@1`.
    package static subscript(identity: String) -> ColumnDefinition? { byIdentity[identity] }

    private static let byIdentity: [String: ColumnDefinition] = Dictionary(
        uniqueKeysWithValues: all.map { ($0.identity, $0) })

    /// The table for `docs/columns.md`.
    package static func markdown() -> String {
        var lines = [
            "| column | formula | unit | range | when absent | source |", "|---|---|---|---|---|---|",
        ]
        for column in all {
            let unit = column.unit.isEmpty ? "–" : column.unit
            lines.append(
                "| `\(column.identity)` | \(column.formula) | \(unit) | \(column.range) "
                    + "| \(decimal(column.absent)) | \(column.source) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Whole numbers without a fraction.
    private static func decimal(_ value: Float) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }
}

/// A column was asked for that nobody defines.
package struct UnknownColumns: Error, Equatable, CustomStringConvertible {
    package let unknown: [String]
    package let known: [String]

    package var description: String {
        "unknown columns: \(unknown.joined(separator: ", ")); known: \(known.joined(separator: ", "))"
    }
}

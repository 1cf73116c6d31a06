import Features
import Host

extension Engine {
    /// What a scorer may ask for.
    package static var columnNames: [String] { ColumnCatalog.names }
    package static var eventColumnNames: [String] { EventCatalog.names }
    package static var hopColumnNames: [String] { PathCatalog.names }

    /// The documented range of a column; nil = there is no such column.
    package static func columnSpan(_ name: String) -> ColumnSpan? { ColumnSpans.span(of: name) }
}

/// The documented range of every column, as numbers: what the load gate's probes stay inside.
enum ColumnSpans {
    static func span(of name: String) -> ColumnSpan? { all[name] }

    private static let all: [String: ColumnSpan] = Dictionary(
        uniqueKeysWithValues: ColumnCatalog.columns.map { ($0.name, span(range: $0.range, unit: $0.unit, absent: $0.absent)) }
            + PathCatalog.columns.map { ($0.name, span(range: $0.range, unit: $0.unit, absent: $0.absent)) })

    private static func span(range: String, unit: String, absent: Float) -> ColumnSpan {
        var span: ColumnSpan
        switch range {
        case "0/1": span = ColumnSpan(least: 0, most: 1, isWhole: true)
        case "0–1": span = ColumnSpan(least: 0, most: 1)
        case "½–1": span = ColumnSpan(least: 0.5, most: 1)
        case "−1–1": span = ColumnSpan(least: -1, most: 1)
        case "−8–8": span = ColumnSpan(least: -8, most: 8)
        case "0–8": span = ColumnSpan(least: 0, most: 8, isWhole: unit == "count")
        // Sums of logarithms of what is at most 1.
        case "≤ 0": span = ColumnSpan(least: -30, most: 0)
        case "0–65535": span = ColumnSpan(least: 0, most: 65_535, isWhole: true)
        case "≥ 0": span = ColumnSpan(least: 0, most: usualMost(unit), isWhole: unit == "count")
        // Open on both sides: cosines and sums of nats.
        default: span = ColumnSpan(least: -1, most: 20)
        }
        span.absent = absent
        return span
    }

    /// Where most values of an open range end.
    private static func usualMost(_ unit: String) -> Float {
        switch unit {
        case "days": 4000
        case "count": 100
        case "nats": 30
        // Logarithms of days, hours and counts.
        default: 12
        }
    }
}

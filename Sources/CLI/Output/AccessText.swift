import Engine
import Server

/// A table per part: one line per ranker, every metric with half its interval.
struct AccessText {
    var width: Int
    var style: Style

    func text(_ table: AccessEvaluation.Table) -> String {
        var text = ""
        var parts: [String] = []
        for row in table.rows where !parts.contains(row.part) { parts.append(row.part) }
        for part in parts {
            let rows = table.rows.filter { $0.part == part }
            let names = rows.first?.metrics.map(\.name) ?? []
            var grid = TextTable([("ranker", .left)] + names.map { ($0, .right) })
            for row in rows {
                grid.add(
                    [row.ranker]
                        + row.metrics.map {
                            "\(Figures.decimal($0.mean, 3)) ±\(Figures.decimal(($0.high - $0.low) / 2, 3))"
                        })
            }
            text += style.bold("\(Plain.line(part)), \(rows.first?.queries ?? 0) queries") + "\n"
            text += grid.text(width: width, style: style) + "\n"
        }
        text += "\(table.scorer): one turn of \(Figures.decimal(table.meanCandidates, 0)) candidates "
        text += "\(Figures.decimal(table.medianMicroseconds, 0)) µs p50, \(Figures.decimal(table.slowestMicroseconds, 0)) µs "
        text += "slowest, its event included, columns not\n"
        for reason in table.degraded { text += style.yellow("degraded: \(Plain.line(reason))") + "\n" }
        return text
    }
}

extension AccessEvaluation.Table {
    var json: JSONValue {
        .object([
            ("scorer", .string(scorer)), ("turn_us_p50", .number(medianMicroseconds)),
            ("turn_us_max", .number(slowestMicroseconds)), ("mean_candidates", .number(meanCandidates)),
            ("rows", .array(rows.map(\.json))), ("degraded", .array(degraded.map { .string($0) })),
        ])
    }
}

extension AccessEvaluation.Row {
    fileprivate var json: JSONValue {
        .object([
            ("ranker", .string(ranker)), ("part", .string(part)), ("queries", .integer(Int64(queries))),
            (
                "metrics",
                .object(
                    metrics.map {
                        ($0.name, .object([("mean", .number($0.mean)), ("low", .number($0.low)), ("high", .number($0.high))]))
                    })
            ),
        ])
    }
}

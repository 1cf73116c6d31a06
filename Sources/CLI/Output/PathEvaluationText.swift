import Engine
import Server

/// Ranker × metrics, each with its interval under it in the same column.
struct PathEvaluationText {
    var width: Int
    var style: Style

    func text(_ table: PathEvaluation.Table, method: String) -> String {
        var grid = TextTable(
            [("ranker", .left)] + PathEvaluation.metrics.map { ($0.name, .right) } + [("ms/question", .right)])
        for row in table.rows {
            grid.add(
                [row.ranker] + row.metrics.map { Figures.decimal($0.mean, 4) }
                    + [row.millisecondsPerQuery.map { Figures.decimal($0, 2) } ?? ""])
            grid.add([""] + row.metrics.map { "\(Figures.decimal($0.low, 3))–\(Figures.decimal($0.high, 3))" } + [""])
        }
        let facts =
            "\(table.dataset): \(Figures.count(table.questions)) questions, \(Figures.count(table.candidates)) candidates, "
            + "\(Figures.count(table.paths)) paths; the answer has a path in \(Figures.decimal(100 * table.reachable, 1)) % · \(method)"
        var text = grid.text(width: width, style: style) + "\n"
        for line in Plain.line(facts).wrapped(to: width) { text += style.dim(line) + "\n" }
        for reason in table.rows.flatMap(\.degraded) {
            for part in Plain.line("degraded: \(reason)").wrapped(to: width) { text += style.yellow(part) + "\n" }
        }
        return text
    }
}

extension PathEvaluation.Table {
    func json(method: String) -> JSONValue {
        .object([
            ("dataset", .string(dataset)), ("questions", .integer(Int64(questions))),
            ("candidates", .integer(Int64(candidates))), ("paths", .integer(Int64(paths))),
            ("reachable", .number(reachable)), ("interval_method", .string(method)),
            ("rows", .array(rows.map(\.json))),
        ])
    }
}

extension PathEvaluation.Row {
    fileprivate var json: JSONValue {
        .object([
            ("ranker", .string(ranker)),
            (
                "metrics",
                .array(
                    metrics.map {
                        .object([
                            ("name", .string($0.name)), ("mean", .number($0.mean)), ("low", .number($0.low)),
                            ("high", .number($0.high)),
                        ])
                    })
            ),
            ("ms_per_query", millisecondsPerQuery.map(JSONValue.number) ?? .null), ("scorers", JSONValue(scorers)),
            ("degraded", JSONValue(degraded)),
        ])
    }
}

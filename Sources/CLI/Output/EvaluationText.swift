import Server

/// Ranker × metrics, each with its interval under it in the same column.
struct EvaluationText {
    var width: Int
    var style: Style

    func text(_ table: EvaluationTable) -> String {
        let names = table.rows.first?.metrics.map(\.name) ?? []
        var grid = TextTable(
            [("ranker", .left)] + names.map { ($0, .right) } + [
                ("pool recall", .right), ("ms/query", .right),
            ])
        for row in table.rows {
            grid.add(
                [row.ranker] + row.metrics.map { Figures.decimal($0.mean, 3) }
                    + [Figures.decimal(row.poolRecall, 3), Figures.decimal(row.millisecondsPerQuery, 2)])
            grid.add(
                [""] + row.metrics.map { "\(Figures.decimal($0.low, 3))–\(Figures.decimal($0.high, 3))" } + [
                    "", "",
                ])
        }
        let facts =
            "\(table.dataset): \(Figures.count(table.conversations)) conversations, "
            + "\(Figures.count(table.memories)) memories, \(Figures.count(table.questions)) questions · "
            + table.intervalMethod
        var text = grid.text(width: width, style: style) + "\n"
        for line in Plain.line(facts).wrapped(to: width) { text += style.dim(line) + "\n" }
        for row in table.rows {
            for reason in row.degraded {
                let line = "degraded: \(row.ranker): \(reason)"
                for part in Plain.line(line).wrapped(to: width) { text += style.yellow(part) + "\n" }
            }
        }
        return text
    }
}

extension EvaluationTable {
    var json: JSONValue {
        .object([
            ("dataset", .string(dataset)), ("conversations", .integer(Int64(conversations))),
            ("memories", .integer(Int64(memories))), ("questions", .integer(Int64(questions))),
            ("interval_method", .string(intervalMethod)), ("rows", .array(rows.map(\.json))),
        ])
    }
}

extension EvaluationRow {
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
            ("pool_recall", .number(poolRecall)), ("ms_per_query", .number(millisecondsPerQuery)),
            ("scorers", JSONValue(scorers)), ("degraded", JSONValue(degraded)),
        ])
    }
}

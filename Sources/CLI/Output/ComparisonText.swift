import Engine
import Server

/// A block per metric: ranker, mean, difference from the best baseline; then cold start.
struct ComparisonText {
    var width: Int
    var style: Style

    func text(_ table: ComparisonTable) -> String {
        var text = style.bold(Plain.line("\(table.dataset) (\(table.kind))")) + "\n"
        text += dim("\(table.task); \(ComparisonFigures.facts(table))")
        for (place, metric) in (table.rows.first?.figures.map(\.metric) ?? []).enumerated() {
            var grid = TextTable(ComparisonFigures.columns.enumerated().map { ($1 == "ranker" ? metric : $1, $0 == 0 ? .left : .right) })
            for row in table.rows { grid.add(ComparisonFigures.cells(row, metric: place)) }
            text += "\n" + grid.text(width: width, style: style)
        }
        if let strata = table.strata { text += strataText(strata) }
        for row in table.rows {
            for reason in row.degraded {
                for part in Plain.line("degraded: \(row.ranker): \(reason)").wrapped(to: width) { text += style.yellow(part) + "\n" }
            }
        }
        return text
    }

    private func strataText(_ strata: ComparisonTable.Strata) -> String {
        var text = ""
        for (metric, figures) in [("HR@10", \ComparisonTable.StratumRow.hitRate10), ("DCG@10", \.dcg10)] {
            var columns: [(title: String, alignment: TextTable.Alignment)] = [(metric, .left)]
            columns += strata.names.indices.map { (ComparisonFigures.strataTitle(strata, $0), .right) }
            var grid = TextTable(columns + [("better from", .right)])
            for row in strata.rows {
                grid.add([row.ranker] + row[keyPath: figures].map(ComparisonFigures.cell) + [row.crossover ?? ""])
            }
            text += "\n" + grid.text(width: width, style: style)
        }
        return text + dim(ComparisonFigures.strataNote)
    }

    private func dim(_ line: String) -> String {
        Plain.line(line).wrapped(to: width).map { style.dim($0) + "\n" }.joined()
    }
}

extension ComparisonTable {
    var json: JSONValue {
        .object([
            ("dataset", .string(dataset)), ("kind", .string(kind)), ("task", .string(task)), ("queries", .integer(Int64(queries))),
            ("unit", .string(unit)), ("units", .integer(Int64(units))), ("interval_method", .string(intervalMethod)),
            ("rows", .array(rows.map(\.json))), ("strata", strata.map(\.json) ?? .null),
        ])
    }
}

extension ComparisonTable.Row {
    fileprivate var json: JSONValue {
        .object([
            ("ranker", .string(ranker)), ("is_baseline", .bool(isBaseline)), ("metrics", .array(figures.map(\.json))),
            ("ms_per_query", millisecondsPerQuery.map(JSONValue.number) ?? .null), ("scorers", JSONValue(scorers)),
            ("degraded", JSONValue(degraded)),
        ])
    }
}

extension ComparisonTable.Figure {
    fileprivate var json: JSONValue {
        .object([
            ("name", .string(metric)), ("mean", .number(mean)), ("low", .number(low)), ("high", .number(high)),
            (
                "difference",
                difference.map {
                    .object([
                        ("baseline", .string($0.baseline)), ("mean", .number($0.mean)), ("low", .number($0.low)),
                        ("high", .number($0.high)), ("p", .number($0.p)), ("smallest_detectable", .number($0.smallestDetectable)),
                    ])
                } ?? .null
            ),
        ])
    }
}

extension ComparisonTable.Strata {
    fileprivate var json: JSONValue {
        .object([
            ("names", JSONValue(names)), ("queries", .array(queries.map { .integer(Int64($0)) })),
            (
                "rows",
                .array(
                    rows.map { row in
                        .object([
                            ("ranker", .string(row.ranker)), ("hr10", .array(row.hitRate10.map { $0?.json ?? .null })),
                            ("dcg10", .array(row.dcg10.map { $0?.json ?? .null })), ("crossover", JSONValue(row.crossover)),
                        ])
                    })
            ),
        ])
    }
}

import Engine
import Server

/// Ranker × metrics with intervals, uplifts, strata of cold start.
struct PlantedText {
    var width: Int
    var style: Style

    func text(_ table: PlantedEvaluation.Table) -> String {
        let metrics = PlantedEvaluation.Metric.allCases.map(\.rawValue)
        var grid = TextTable(
            [("ranker", .left)] + metrics.map { ($0, .right) }
                + [("over the seeds' formula", .right), ("over F1 + is_focal", .right), ("ΔMRR@5, p", .right), ("nothing, AUC", .right)])
        for row in table.rows {
            let difference = "\(Figures.signed(Float(row.difference.mean), 3)), \(Figures.decimal(row.p, 4))"
            grid.add(
                [row.ranker] + row.metrics.map { Figures.decimal($0.mean, 3) }
                    + [uplift(row.overEffective), uplift(row.overFocused), difference, Figures.decimal(row.nothingAUC, 3)])
            grid.add(
                [""] + row.metrics.map { "\(Figures.decimal($0.low, 3))–\(Figures.decimal($0.high, 3))" }
                    + ["", "", "\(Figures.decimal(row.difference.low, 3))–\(Figures.decimal(row.difference.high, 3))", ""])
        }
        var strata = TextTable(
            [("MRR@5 by sessions so far", .left)] + table.strata.map { ($0.name, .right) } + [("HR@5 MRR@5 DCG@5 with one relevant", .right)])
        for row in table.rows {
            strata.add(
                [row.ranker] + row.strata.map { Figures.decimal($0.mean, 3) }
                    + [row.single.map { Figures.decimal($0, 3) }.joined(separator: " ")])
            strata.add([""] + row.strata.map { "\(Figures.decimal($0.low, 3))–\(Figures.decimal($0.high, 3))" } + [""])
        }
        strata.add(["lists"] + table.strata.map { Figures.count($0.lists) } + [""])
        return grid.text(width: max(width, 150), style: style) + "\n" + strata.text(width: max(width, 120), style: style)
            + style.dim(
                "\(table.worlds) worlds, \(Figures.count(table.lists)) lists, \(Figures.count(table.emptyLists)) more with nothing relevant")
            + "\n"
    }

    private func uplift(_ values: [Double]) -> String {
        values.map { Figures.signed(Float(100 * $0), 0) }.joined(separator: " ") + " %"
    }
}

extension PlantedEvaluation.Table {
    var json: JSONValue {
        .object([
            ("worlds", .integer(Int64(worlds))), ("lists", .integer(Int64(lists))), ("empty_lists", .integer(Int64(emptyLists))),
            ("strata", .array(strata.map { .object([("sessions", .string($0.name)), ("lists", .integer(Int64($0.lists)))]) })),
            ("rows", .array(rows.map(\.json))),
        ])
    }
}

extension PlantedEvaluation.Row {
    fileprivate var json: JSONValue {
        func value(_ value: PlantedEvaluation.Value) -> JSONValue {
            value.mean.isNaN
                ? .null : .object([("mean", .number(value.mean)), ("low", .number(value.low)), ("high", .number(value.high))])
        }
        func plain(_ values: [Double]) -> JSONValue { .array(values.map { .number($0) }) }
        return .object([
            ("ranker", .string(ranker)),
            ("metrics", .object(zip(PlantedEvaluation.Metric.allCases, metrics).map { ($0.rawValue, value($1)) })),
            ("over_effective", plain(overEffective)), ("over_focused", plain(overFocused)),
            ("mrr5_over_focused", value(difference)), ("p", .number(p)), ("mrr5_by_sessions", .array(strata.map(value))),
            ("single", plain(single)), ("nothing_auc", nothingAUC.isNaN ? .null : .number(nothingAUC)),
        ])
    }
}

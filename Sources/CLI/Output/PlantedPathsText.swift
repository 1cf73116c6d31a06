import Engine
import Server

/// Pattern × ranker, for each set of columns and metric.
struct PlantedPathsText {
    var width: Int
    var style: Style

    func text(_ table: PlantedPathEvaluation.Table, method: String) -> String {
        let oracle = table.rows.filter { $0.columns.isEmpty }
        var text = ""
        var seen: [String] = []
        for columns in table.rows.map(\.columns) where !columns.isEmpty && !seen.contains(columns) {
            seen.append(columns)
            let rows = oracle + table.rows.filter { $0.columns == columns }
            text += grid("top-1, columns: \(columns)", rows) { $0.top1 }
            text += grid("MRR, columns: \(columns)", rows) { $0.mrr }
            text += facts(rows)
        }
        let note = "\(table.worlds) held-out worlds, \(Figures.count(table.lists)) lists · \(method)"
        for line in Plain.line(note).wrapped(to: width) { text += style.dim(line) + "\n" }
        return text
    }

    private func grid(
        _ title: String, _ rows: [PlantedPathEvaluation.Row], _ value: (PlantedPathEvaluation.Cell) -> PlantedPathEvaluation.Interval
    ) -> String {
        var grid = TextTable([(title, .left)] + rows.map { ($0.ranker, .right) })
        for place in rows.first?.cells.indices ?? 0..<0 {
            let values = rows.map { value($0.cells[place]) }
            grid.add([rows[0].cells[place].pattern] + values.map { Figures.decimal($0.mean, 3) })
            grid.add([""] + values.map { "\(Figures.decimal($0.low, 3))–\(Figures.decimal($0.high, 3))" })
        }
        return grid.text(width: width, style: style) + "\n"
    }

    private func facts(_ rows: [PlantedPathEvaluation.Row]) -> String {
        rows.compactMap { row in
            guard let parameters = row.parameters else { return nil }
            let twins = row.cells.compactMap(\.twinTop1)
            let time = row.seconds.map { ", \(Figures.duration(seconds: $0))" } ?? ""
            let nothing = row.nothingAUC.map { ", nothing relevant AUC \(Figures.decimal($0, 3))" } ?? ""
            return style.dim(
                "\(row.ranker): \(Figures.count(parameters)) parameters\(time)\(nothing), twins top-1 at most "
                    + Figures.decimal(twins.max() ?? 0, 3)) + "\n"
        }.joined() + "\n"
    }
}

extension PlantedPathEvaluation.Table {
    func json(method: String) -> JSONValue {
        .object([
            ("worlds", .integer(Int64(worlds))), ("lists", .integer(Int64(lists))), ("seed", .integer(Int64(bitPattern: seed))),
            ("interval_method", .string(method)), ("rows", .array(rows.map(\.json))),
        ])
    }
}

extension PlantedPathEvaluation.Row {
    fileprivate var json: JSONValue {
        .object([
            ("ranker", .string(ranker)), ("columns", .string(columns)),
            ("parameters", parameters.map { .integer(Int64($0)) } ?? .null), ("seconds", seconds.map(JSONValue.number) ?? .null),
            ("nothing_auc", nothingAUC.map(JSONValue.number) ?? .null), ("patterns", .array(cells.map(\.json))),
        ])
    }
}

extension PlantedPathEvaluation.Cell {
    fileprivate var json: JSONValue {
        func interval(_ value: PlantedPathEvaluation.Interval) -> JSONValue {
            .object([("mean", .number(value.mean)), ("low", .number(value.low)), ("high", .number(value.high))])
        }
        return .object([
            ("pattern", .string(pattern)), ("top1", interval(top1)), ("mrr", interval(mrr)), ("clean_top1", .number(cleanTop1)),
            ("twin_top1", twinTop1.map(JSONValue.number) ?? .null),
        ])
    }
}

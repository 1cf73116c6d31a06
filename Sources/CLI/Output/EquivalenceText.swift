import Engine
import Server

/// One line per model, check and level.
struct EquivalenceText {
    var width: Int
    var style: Style

    func text(_ rows: [EquivalenceEvaluation.Row]) -> String {
        var grid = TextTable([
            ("model", .left), ("check", .left), ("steps", .right), ("level", .left), ("error", .right),
            ("limit", .right),
        ])
        for row in rows {
            grid.add([
                row.model, row.check, "\(row.length)", row.level, GoldenText.scientific(row.error),
                GoldenText.scientific(row.limit),
            ])
        }
        let beyond = rows.filter { !$0.isWithin }
        var text = grid.text(width: width, style: style)
        for row in beyond {
            text += style.red("beyond its limit: \(row.model), \(row.check) on \(row.level)") + "\n"
        }
        let sum = "\(rows.count - beyond.count) of \(rows.count) within their limits"
        return text + (beyond.isEmpty ? style.green(sum) : style.red(sum)) + "\n"
    }
}

extension EquivalenceEvaluation.Row {
    var json: JSONValue {
        .object([
            ("model", .string(model)), ("check", .string(check)), ("length", .integer(Int64(length))),
            ("level", .string(level)),
            // JSON has no infinity: null = not finite.
            ("error", error.isFinite ? .number(error) : .null), ("limit", .number(limit)),
            ("is_within", .bool(isWithin)),
        ])
    }
}

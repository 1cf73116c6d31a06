import Engine
import Server

/// One line per file and level: the worst tensor of the outputs and of the gradients, each with its limit.
struct GoldenText {
    var width: Int
    var style: Style

    func text(_ table: GoldenEvaluation.Table) -> String {
        var grid = TextTable([
            ("file", .left), ("level", .left), ("outputs", .right), ("limit", .right), ("gradients", .right),
            ("limit", .right), ("worst tensors", .left),
        ])
        for row in table.rows {
            let worst = [row.outputs, row.gradients].compactMap { $0?.tensor }.joined(separator: ", ")
            grid.add([
                // Every file ends alike.
                row.file.replacing(".safetensors", with: ""), row.level, error(row.outputs),
                limit(row.outputs),
                error(row.gradients), limit(row.gradients), worst,
            ])
        }
        var text = grid.text(width: width, style: style)
        for (file, kind) in table.notRun {
            text +=
                style.yellow("not run: \(Plain.line(file)): kind \(Plain.line(kind.isEmpty ? "-" : kind))")
                + "\n"
        }
        let beyond = table.rows.filter { !$0.isWithin }
        for row in beyond {
            let reason = row.failure.map { ": " + Plain.line($0) } ?? ""
            text += style.red("beyond its limit: \(Plain.line(row.file)) on \(row.level)\(reason)") + "\n"
        }
        let sum =
            "\(table.rows.count - beyond.count) of \(table.rows.count) runs within their limits, \(table.notRun.count) files not run"
        return text + (beyond.isEmpty ? style.green(sum) : style.red(sum)) + "\n"
    }

    private func error(_ comparison: GoldenTally.Comparison?) -> String {
        comparison.map { Self.scientific($0.error) } ?? "-"
    }

    private func limit(_ comparison: GoldenTally.Comparison?) -> String {
        comparison.map { Self.scientific($0.limit) } ?? "-"
    }

    /// Two digits: "3.4e-07".
    static func scientific(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : "inf" }
        guard value > 0 else { return "0" }
        var exponent = 0
        var digits = value
        while digits < 1 { (digits, exponent) = (digits * 10, exponent - 1) }
        while digits >= 10 { (digits, exponent) = (digits / 10, exponent + 1) }
        // 9.96 rounds up into the next power.
        if (digits * 10).rounded() >= 100 { (digits, exponent) = (1, exponent + 1) }
        let power = String(abs(exponent)).leftPadded(to: 2, with: "0")
        return Figures.decimal(digits, 1) + "e" + (exponent < 0 ? "-" : "+") + power
    }
}

extension GoldenEvaluation.Table {
    var json: JSONValue {
        .object([
            ("is_within", .bool(isWithin)), ("rows", .array(rows.map(\.json))),
            (
                "not_run",
                .array(notRun.map { .object([("file", .string($0.file)), ("kind", .string($0.kind))]) })
            ),
        ])
    }
}

extension GoldenEvaluation.Row {
    fileprivate var json: JSONValue {
        func part(_ comparison: GoldenTally.Comparison?) -> JSONValue {
            guard let comparison else { return .null }
            // JSON has no infinity: null = not finite.
            let error: JSONValue = comparison.error.isFinite ? .number(comparison.error) : .null
            return .object([
                ("tensor", .string(comparison.tensor)), ("error", error),
                ("limit", .number(comparison.limit)),
            ])
        }
        return .object([
            ("file", .string(file)), ("kind", .string(kind)), ("level", .string(level)),
            ("outputs", part(outputs)), ("gradients", part(gradients)),
            ("failure", failure.map(JSONValue.string) ?? .null), ("is_within", .bool(isWithin)),
        ])
    }
}

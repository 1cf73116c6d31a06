import Conformance
import Server

extension Checkup {
    /// A table of checks, then what failed and what to do.
    func text(_ context: CommandContext) -> String {
        let style = context.style
        let name = [id ?? library, version].compactMap(\.self).joined(separator: " ")
        var text = style.bold(Plain.line(name)) + "  " + Plain.line(library) + "\n"
        let width = results.map(\.name.columnCount).max() ?? 0
        var group: Check.Group?
        for result in results {
            if context.isQuiet && result.finding.outcome != .failed { continue }
            if result.group != group { text += style.dim("\(result.group.rawValue)\n") }
            group = result.group
            text += line(result, width, context)
        }
        let failed = results.filter { $0.finding.outcome == .failed }.count
        let left = results.filter { $0.finding.outcome == .notChecked }.count
        let milliseconds = results.reduce(0) { $0 + $1.milliseconds }
        let sum = "\(results.count - failed - left) passed, \(failed) failed, \(left) not checked · seed \(seed) · \(Figures.duration(seconds: milliseconds / 1000))"
        return text + (failed > 0 ? style.red(sum) : style.green(sum)) + "\n"
    }

    private func line(_ result: CheckResult, _ width: Int, _ context: CommandContext) -> String {
        let style = context.style
        let mark =
            switch result.finding.outcome {
            case .passed: style.green("ok    ")
            case .failed: style.red("FAILED")
            case .notChecked: style.dim("-     ")
            }
        let indent = width + 12
        var lines = Plain.line(result.finding.detail).wrapped(to: max(20, context.width - indent))
        if let remedy = result.finding.remedy { lines += "do: \(Plain.line(remedy))".wrapped(to: max(20, context.width - indent)) }
        var text = "  " + mark + "  " + result.name.rightPadded(to: width) + "  " + (lines.first ?? "") + "\n"
        for line in lines.dropFirst() { text += String(repeating: " ", count: indent) + line + "\n" }
        return text
    }

    var json: JSONValue {
        .object([
            ("library", .string(library)), ("id", JSONValue(id)), ("version", JSONValue(version)),
            ("is_passed", .bool(isPassed)), ("seed", .integer(Int64(clamping: seed))), ("checks", .array(results.map(\.json))),
        ])
    }
}

extension CheckResult {
    fileprivate var json: JSONValue {
        .object([
            ("name", .string(name)), ("group", .string(group.rawValue)), ("level", .string("\(level)")),
            ("outcome", .string(finding.outcome.rawValue)), ("detail", .string(finding.detail)),
            ("do", JSONValue(finding.remedy)), ("ms", .number(milliseconds)),
        ])
    }
}

/// What `--list` prints.
struct CheckList {
    func write(in context: CommandContext) {
        if context.isJSON {
            for check in Checkup.checks {
                context.write(
                    .object([
                        ("name", .string(check.name)), ("group", .string(check.group.rawValue)),
                        ("level", .string("\(check.level)")), ("catches", .string(check.catches)),
                    ]))
            }
            return
        }
        var table = TextTable([("check", .left), ("group", .left), ("level", .left), ("catches", .left)])
        for check in Checkup.checks { table.add([check.name, check.group.rawValue, "\(check.level)", check.catches]) }
        context.console.write(table.text(width: context.width, style: context.style))
    }
}

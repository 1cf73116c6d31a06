import ArgumentParser
import Server

/// Looks whether everything is in order.
struct Doctor: MnemeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look whether store, configuration and libraries are in order.",
        discussion: "Changes nothing. Exit code 1 if it found a problem; warnings don't count.")

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        let findings = context.runtime.doctor(context.store, scope: context.scope)
        let isHealthy = !findings.contains { $0.level == .problem }
        if context.isJSON {
            context.write(
                .object([("is_healthy", .bool(isHealthy)), ("findings", .array(findings.map(\.json)))]))
        } else {
            let told = context.isQuiet ? findings.filter { $0.level != .ok } : findings
            context.console.write(Self.text(told, context))
        }
        return isHealthy ? .ok : .notFound
    }

    private static func text(_ findings: [DoctorFinding], _ context: CommandContext) -> String {
        let style = context.style
        let subjectWidth = findings.map(\.subject.columnCount).max() ?? 0
        let indent = 9 + subjectWidth + 2
        var text = ""
        for finding in findings {
            let level = finding.level.rawValue.rightPadded(to: 9)
            switch finding.level {
            case .ok: text += style.green(level)
            case .warning: text += style.yellow(level)
            case .problem: text += style.red(level)
            }
            var lines = Plain.line(finding.detail).wrapped(to: max(20, context.width - indent))
            if let remedy = finding.remedy {
                lines += "do: \(Plain.line(remedy))".wrapped(to: max(20, context.width - indent))
            }
            text += finding.subject.rightPadded(to: subjectWidth) + "  " + (lines.first ?? "") + "\n"
            for line in lines.dropFirst() { text += String(repeating: " ", count: indent) + line + "\n" }
        }
        return text
    }
}

extension DoctorFinding {
    fileprivate var json: JSONValue {
        .object([
            ("subject", .string(subject)), ("level", .string(level.rawValue)), ("detail", .string(detail)),
            ("do", JSONValue(remedy)),
        ])
    }
}

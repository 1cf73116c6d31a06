import Engine
import Foundation
import Server

/// Everything that can go wrong in a run, in one form: what, where, what was found, what is allowed, what to do.
struct CommandFailure: Error, Sendable, Equatable {
    var status: RunStatus
    var what: String
    /// An option, a file, a line of a file.
    var place: String?
    var found: String?
    var allowed: String?
    var remedy: String?

    init(
        _ status: RunStatus, _ what: String, place: String? = nil, found: String? = nil,
        allowed: String? = nil,
        remedy: String? = nil
    ) {
        self.status = status
        self.what = what
        self.place = place
        self.found = found
        self.allowed = allowed
        self.remedy = remedy
    }

    /// What a call threw. Engine's messages say what to do themselves.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as EngineError: self.init(RunStatus(error.code), error.message)
        default:
            self.init(
                .internalFault, String(describing: error),
                remedy: "this is a fault of mneme: please report it with the command that shows it")
        }
    }

    /// What argument-parser says: `Error: …`, perhaps `Help: …`, then `Usage: …` and where to read more.
    init(parserMessage: String, arguments: [String]) {
        var what: [String] = []
        var usage: String?
        var remedy = "mneme --help"
        for line in parserMessage.split(separator: "\n").map(String.init) {
            if line.hasPrefix("Usage: ") {
                usage = String(line.dropFirst("Usage: ".count))
            } else if let quoted = line.split(separator: "'").dropFirst().first, line.contains("See '") {
                remedy = String(quoted)
            } else if usage == nil, !line.hasPrefix("Help: ") {
                what.append(
                    Plain.line(line.hasPrefix("Error: ") ? String(line.dropFirst("Error: ".count)) : line))
            }
        }
        if usage == "mneme <subcommand>", let meant = arguments.first.flatMap(Subcommands.nearest) {
            remedy = "mneme " + ([meant] + arguments.dropFirst()).map(\.shellQuoted).joined(separator: " ")
        }
        self.init(
            .usage, what.joined(separator: " "), place: "arguments",
            found: (["mneme"] + arguments).map(\.shellQuoted).joined(separator: " "),
            allowed: usage.map { Subcommands.named(inUsage: $0) ?? $0 }, remedy: remedy)
    }

    /// `error: what (where)` and up to three indented lines.
    func text(_ style: Style) -> String {
        var lines = [style.red("error: ") + Plain.text(what) + (place.map { " (\(Plain.text($0)))" } ?? "")]
        for (label, value) in [("found", found), ("allowed", allowed), ("do", remedy)] {
            if let value { lines.append("  \(label): \(Plain.text(value))") }
        }
        return lines.joined(separator: "\n")
    }

    var json: JSONValue {
        .object([
            (
                "error",
                .object([
                    ("code", .string(status.name)),
                    ("exit_code", .integer(Int64(status.rawValue))),
                    ("message", .string(what)),
                    ("where", JSONValue(place)),
                    ("found", JSONValue(found)),
                    ("allowed", JSONValue(allowed)),
                    ("do", JSONValue(remedy)),
                ])
            )
        ])
    }
}

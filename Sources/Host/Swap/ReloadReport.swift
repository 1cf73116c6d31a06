/// What one attempt to exchange the configuration came to.
package struct ReloadReport: Sendable {
    package enum Outcome: String, Sendable {
        /// The new configuration serves.
        case applied
        /// Nothing that decides a turn had changed.
        case unchanged
        /// The one before serves on, untouched.
        case refused
    }

    package struct Step: Sendable {
        package let name: String
        package let milliseconds: Double
    }

    package var outcome: Outcome
    /// What asked for it: a changed file, SIGHUP, a request.
    package var cause: String
    /// Identity of what serves now.
    package var configuration: String
    package var previous: String
    /// Ids and versions that were made anew, served on, and went.
    package var made: [String] = []
    package var kept: [String] = []
    package var retired: [String] = []
    /// Why it was refused; the step and the reason of each.
    package var problems: [String] = []
    package var warnings: [String] = []
    package var steps: [Step] = []
    /// Sessions whose state went over before the exchange, and those that follow at their first use.
    package var sessionsMoved = 0
    package var sessionsLeft = 0
    package var milliseconds = 0.0

    init(_ outcome: Outcome, cause: String, configuration: String, previous: String) {
        self.outcome = outcome
        self.cause = cause
        self.configuration = configuration
        self.previous = previous
    }

    /// One line for people.
    package var summary: String {
        func list(_ name: String, _ items: [String]) -> String { items.isEmpty ? "" : "; \(name) \(items.joined(separator: ", "))" }
        switch outcome {
        case .unchanged: return "nothing changed: \(configuration.prefix(12)) serves on"
        case .refused: return "refused, \(configuration.prefix(12)) serves on: \(problems.joined(separator: "; "))"
        case .applied:
            let sessions = sessionsMoved + sessionsLeft == 0 ? "" : "; \(sessionsMoved) sessions moved, \(sessionsLeft) follow at first use"
            return "\(configuration.prefix(12)) serves instead of \(previous.prefix(12))" + list("new", made) + list("kept", kept)
                + list("gone", retired) + sessions
        }
    }
}

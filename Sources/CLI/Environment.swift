import Foundation

/// The environment variables that mean something to us, as a value.
struct Environment: Sendable {
    var variables: [String: String]

    static func ofThisProcess() -> Environment { Environment(variables: ProcessInfo.processInfo.environment) }

    /// A set but empty variable counts as unset (XDG and no-color.org agree on it).
    func value(_ name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// https://no-color.org, and terminals that say that they can't.
    var allowsColor: Bool { value("NO_COLOR") == nil && value("TERM") != "dumb" }

    var homeFolder: String { value("HOME") ?? NSHomeDirectory() }
}

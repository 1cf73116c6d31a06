import Engine
import Foundation
import Server

/// What a command may touch, resolved from options and environment once.
struct CommandContext {
    let runtime: any Runtime
    let console: any Console
    let environment: Environment
    let store: StoreOptions
    let scope: Scope
    /// The moment given with `--now`; nil = the clock.
    let givenNow: Instant?
    let isJSON: Bool
    let isQuiet: Bool
    /// For standard output.
    let style: Style
    /// Columns of text on standard output.
    let width: Int

    init(common: CommonOptions, program: Program) throws {
        runtime = program.runtime
        console = program.console
        environment = program.environment
        store = try StoreOptions(common: common, environment: program.environment)
        scope = Scope(
            user: try nonEmpty(common.user, option: "--user"),
            agent: try nonEmpty(common.agent, option: "--agent"))
        givenNow = try common.now.map { try Instant(argument: $0, option: "--now") }
        isJSON = common.json
        isQuiet = common.quiet
        style = Style(
            isColored: !common.json && !common.noColor && program.environment.allowsColor
                && program.console.outputTerminal.isTerminal)
        width = program.console.outputTerminal.width(environment: program.environment)
    }

    /// Unix milliseconds of this run.
    var nowMilliseconds: Int64 {
        givenNow?.milliseconds ?? Int64((Date().timeIntervalSince1970 * 1000).rounded(.down))
    }

    func openService() throws -> any MemoryService { try runtime.openService(store) }

    /// One line of text for people, or nothing with `--quiet`.
    func say(_ line: String) {
        if !isQuiet { console.write(line + "\n") }
    }

    func write(_ value: JSONValue) { console.write(value.line + "\n") }

    /// Something that cost quality, on standard error; as JSON with `--json`.
    func warn(_ text: String) {
        if isJSON {
            console.writeError(JSONValue.object([("warning", .string(text))]).line + "\n")
        } else {
            let style = Style(isColored: self.style.isColored && console.errorTerminal.isTerminal)
            console.writeError(style.yellow("warning: ") + Plain.text(text) + "\n")
        }
    }

    /// The bytes of a file, or of standard input for "-".
    func readInput(_ path: String) throws -> Data {
        if path == "-" { return console.readStandardInput() }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandFailure(
                .missingInput, "no such file", place: path, remedy: "check the path; - reads standard input")
        }
        guard !isFolder.boolValue, let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(
                .missingInput, "can't read the file", place: path,
                found: isFolder.boolValue ? "a folder" : "no permission to read", allowed: "a readable file",
                remedy: "check the path and its permissions")
        }
        return data
    }
}

/// An option that must say something.
func nonEmpty(_ value: String, option: String) throws -> String {
    guard !value.isEmpty else {
        throw CommandFailure(
            .usage, "an empty value", place: option, found: "\"\"", allowed: "a name",
            remedy: "leave \(option) out for \"default\"")
    }
    return value
}

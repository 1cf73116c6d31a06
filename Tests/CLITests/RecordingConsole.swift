import Foundation
import Synchronization

@testable import mneme

/// Streams that end in strings.
final class RecordingConsole: Console {
    private let written = Mutex((output: "", error: ""))
    let input: String
    let outputTerminal: Terminal
    let errorTerminal: Terminal

    init(input: String = "", terminal: Terminal = .none, errorTerminal: Terminal = .none) {
        self.input = input
        outputTerminal = terminal
        self.errorTerminal = errorTerminal
    }

    func write(_ text: String) { written.withLock { $0.output += text } }
    func writeError(_ text: String) { written.withLock { $0.error += text } }
    func readStandardInput() -> Data { Data(input.utf8) }
    var output: String { written.withLock { $0.output } }
    var error: String { written.withLock { $0.error } }
}

/// One run of the program, and all that came out of it.
struct Run {
    let status: Int32
    let output: String
    let error: String
    let seen: FakeRuntime.State

    /// At a fixed moment, 80 columns wide, without a home of its own.
    @discardableResult
    init(
        _ arguments: String..., input: String = "", name: String = "/usr/bin/mneme",
        terminal: Terminal = .none, variables: [String: String] = [:],
        prepare: (inout FakeRuntime.State) -> Void = { _ in }
    ) {
        self.init(
            arguments: arguments, input: input, name: name, terminal: terminal, variables: variables,
            prepare: prepare)
    }

    init(
        arguments: [String], input: String = "", name: String = "/usr/bin/mneme",
        terminal: Terminal = .none, variables: [String: String] = [:],
        prepare: (inout FakeRuntime.State) -> Void = { _ in }
    ) {
        let runtime = FakeRuntime()
        runtime.set(prepare)
        let console = RecordingConsole(input: input, terminal: terminal, errorTerminal: terminal)
        let environment = ["COLUMNS": "80", "HOME": "/home/u"].merging(variables) { $1 }
        let program = Program(
            runtime: runtime, console: console, environment: Environment(variables: environment))
        status = program.run(name: name, arguments: arguments)
        output = console.output
        error = console.error
        seen = runtime.seen
    }

    /// The output as one JSON object.
    var object: [String: Any] { Self.object(output) }
    var errorObject: [String: Any] { Self.object(error)["error"] as? [String: Any] ?? [:] }

    static func object(_ text: String) -> [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
    }
}

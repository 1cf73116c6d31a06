import ArgumentParser
import Server

/// One run of the program: arguments in, exit status out. Holds everything that a run can touch, so that a
/// test is a run with other values.
struct Program {
    var runtime: any Runtime
    var console: any Console
    var environment: Environment

    /// Daemons can name an executable and no arguments, so the name is a mode too; and their two flags stand
    /// first, where no subcommand of ours begins.
    static func isSidecarCall(name: String, arguments: [String]) -> Bool {
        if name.split(separator: "/").last == "signet-predictor" { return true }
        guard let first = arguments.first else { return false }
        return ["--native-dim", "--checkpoint"].contains { first == $0 || first.hasPrefix($0 + "=") }
    }

    /// Never throws: whatever goes wrong is reported on standard error and becomes an exit status.
    func run(name: String, arguments: [String]) -> Int32 {
        if Self.isSidecarCall(name: name, arguments: arguments) {
            return runtime.serveSidecar(arguments: arguments)
        }
        let command: any ParsableCommand
        do {
            command = try Mneme.parseAsRoot(arguments)
        } catch {
            return reportOfParser(error, arguments: arguments)
        }
        guard let ours = command as? any MnemeCommand else { return runParserCommand(command, arguments) }
        do {
            let context = try CommandContext(common: ours.common, program: self)
            return try ours.run(in: context).rawValue
        } catch {
            return report(CommandFailure(error), asJSON: ours.common.json, noColor: ours.common.noColor)
        }
    }

    /// `help` and the bare groups belong to argument-parser; they end in a message, not in a result.
    private func runParserCommand(_ command: any ParsableCommand, _ arguments: [String]) -> Int32 {
        var command = command
        do {
            try command.run()
            return RunStatus.ok.rawValue
        } catch {
            return reportOfParser(error, arguments: arguments)
        }
    }

    private func reportOfParser(_ error: any Error, arguments: [String]) -> Int32 {
        if Mneme.exitCode(for: error) == .success {
            console.write(Mneme.fullMessage(for: error).endingInNewline)
            return RunStatus.ok.rawValue
        }
        let failure = CommandFailure(parserMessage: Mneme.fullMessage(for: error), arguments: arguments)
        return report(
            failure, asJSON: arguments.contains("--json"), noColor: arguments.contains("--no-color"))
    }

    private func report(_ failure: CommandFailure, asJSON: Bool, noColor: Bool) -> Int32 {
        let style = Style(
            isColored: !noColor && environment.allowsColor && console.errorTerminal.isTerminal)
        console.writeError(asJSON ? failure.json.line + "\n" : failure.text(style) + "\n")
        return failure.status.rawValue
    }
}

import ArgumentParser

/// A subcommand of ours. It gets what it may touch as a value instead of reaching for globals, and says how
/// it ended.
protocol MnemeCommand: ParsableCommand {
    var common: CommonOptions { get }
    func run(in context: CommandContext) throws -> RunStatus
}

extension MnemeCommand {
    /// Never called: `Program` calls `run(in:)`.
    func run() throws {
        throw CommandFailure(.internalFault, "a command ran outside Program")
    }
}

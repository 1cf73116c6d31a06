import ArgumentParser

/// Serves JSON-RPC until end of file.
struct Serve: MnemeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve JSON-RPC 2.0 until end of file.",
        discussion: """
            One request per line on standard input, one answer per line on standard output, in any order. \
            The program is also the sidecar of daemons that call it as signet-predictor, or with \
            --native-dim and --checkpoint.
            """)

    @Flag(help: "On standard input and output; the only transport of this version.")
    var stdio = false

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        guard stdio else {
            throw CommandFailure(
                .usage, "no transport", place: "arguments", found: "mneme serve", allowed: "--stdio",
                remedy: "mneme serve --stdio")
        }
        try context.runtime.serveStdio(context.store, scope: context.scope)
        return .ok
    }
}

import ArgumentParser

/// Prints the table of named columns.
struct Columns: MnemeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the table of named columns, as Markdown.",
        discussion:
            "What a plugin can ask for. docs/columns.md is this output. With --json: {\"markdown\": …}.")

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        let markdown = context.runtime.columnsMarkdown()
        if context.isJSON {
            context.write(.object([("markdown", .string(markdown))]))
        } else {
            context.console.write(markdown.endingInNewline)
        }
        return .ok
    }
}

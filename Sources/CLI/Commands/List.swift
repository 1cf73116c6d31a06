import ArgumentParser
import Engine
import Server

/// Lists memories, newest first.
struct List: MnemeCommand {
    static let configuration = CommandConfiguration(
        abstract: "List memories, newest first.", discussion: "With --json: one object per line.")

    @Option(help: "Only this type.")
    var type: String?

    @Option(help: "Only this author's.")
    var author: String?

    @Option(help: "Only of this conversation.")
    var session: String?

    @Option(name: [.customShort("n"), .long], help: "How many.")
    var limit = 20

    @Option(help: "How many to leave out first.")
    var offset = 0

    @Flag(help: "Also those that were forgotten without --hard.")
    var forgotten = false

    @Flag(help: "Exit with 1 if there are none.")
    var failIfEmpty = false

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        try OptionCheck.atLeast(1, limit, option: "--limit")
        try OptionCheck.atLeast(0, offset, option: "--offset")
        var filter = ListFilter()
        filter.type = type
        filter.author = author
        filter.session = session
        filter.limit = limit
        filter.offset = offset
        filter.includeForgotten = forgotten
        let views = try context.openService().list(filter, scope: context.scope)
        if context.isJSON {
            for view in views { context.write(view.json) }
        } else if context.isQuiet {
            for view in views { context.console.write(Plain.line(view.id) + "\n") }
        } else if views.isEmpty {
            context.say("no memories")
        } else {
            context.console.write(table(views, context))
        }
        return views.isEmpty && failIfEmpty ? .notFound : .ok
    }

    private func table(_ views: [MemoryView], _ context: CommandContext) -> String {
        var table = TextTable([
            ("id", .left), ("age", .right), ("type", .left), ("author", .left), ("", .left), ("text", .left),
        ])
        let now = context.nowMilliseconds
        for view in views {
            let memory = view.memory
            // p pinned, c constraint, s superseded, f forgotten
            let marks = [
                (memory.isPinned, "p"), (memory.isConstraint, "c"), (view.supersededBy != nil, "s"),
                (view.isForgotten, "f"),
            ].filter(\.0).map(\.1).joined()
            table.add([
                view.id, Figures.age(milliseconds: now &- memory.createdAtMilliseconds), memory.type,
                (memory.author ?? "").truncated(to: 16), marks, memory.text,
            ])
        }
        return table.text(width: context.width, style: context.style)
    }
}

import ArgumentParser
import Engine
import Server

/// Shows one memory.
struct Get: MnemeCommand {
    static let configuration = CommandConfiguration(abstract: "Show one memory.")

    @Argument(help: "The memory's id.")
    var id: String

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        guard let view = try context.openService().get(id, scope: context.scope) else {
            throw CommandFailure.noMemory(id, context)
        }
        context.print(view)
        return .ok
    }
}

extension CommandContext {
    /// One memory, as JSON or text.
    func print(_ view: MemoryView) {
        if isJSON {
            write(view.json)
        } else {
            console.write(MemoryText(nowMilliseconds: nowMilliseconds, width: width, style: style).text(view))
        }
    }
}

extension CommandFailure {
    static func noMemory(_ id: String, _ context: CommandContext) -> CommandFailure {
        CommandFailure(
            .notFound, "no such memory", place: "user \(context.scope.user), agent \(context.scope.agent)",
            found: id,
            remedy: "mneme list shows the ids of this user and agent")
    }
}

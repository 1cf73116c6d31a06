import ArgumentParser
import Engine

/// Makes memories unfindable, or removes them.
struct Forget: MnemeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make memories unfindable; --hard removes them.",
        discussion:
            "Without --hard the row stays, and list --forgotten shows it. Exit code 1 if none of the ids exists."
    )

    @Argument(help: "Ids.")
    var ids: [String]

    @Flag(help: "Remove the rows and everything derived from them. There is no way back but a backup.")
    var hard = false

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        let count = try context.openService().forget(ids, hard: hard, scope: context.scope)
        if context.isJSON {
            context.write(
                .object([
                    ("forgotten", .integer(Int64(count))), ("requested", .integer(Int64(ids.count))),
                    ("is_hard", .bool(hard)),
                ]))
        } else {
            context.say("\(hard ? "removed" : "forgot") \(count) of \(ids.count)")
        }
        return count == 0 ? .notFound : .ok
    }
}

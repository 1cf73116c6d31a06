import ArgumentParser

/// Copies the whole store while others use it.
struct Backup: MnemeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the whole store, all users, while others use it.",
        discussion: """
            The copy is one consistent moment and appears whole or not at all. To restore it, stop what uses \
            the store and put the copy in its place (remove the -wal and -shm files beside it first).
            """)

    @Argument(help: "The file to write.")
    var path: String

    @Flag(help: "Replace the file if it exists.")
    var force = false

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        let file = try OutputFile(path, force: force)
        let report = try file.create { try context.runtime.backup(context.store, to: $0) }
        if context.isJSON {
            context.write(
                .object([
                    ("path", .string(path)), ("bytes", .integer(report.bytes)),
                    ("memories", .integer(Int64(report.memories))),
                ]))
        } else {
            context.say(
                "\(Figures.count(report.memories)) memories, \(Figures.bytes(report.bytes)) in \(path)")
        }
        return .ok
    }
}

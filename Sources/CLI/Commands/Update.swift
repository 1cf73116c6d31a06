import ArgumentParser
import Engine

/// Changes one memory.
struct Update: MnemeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Change one memory.",
        discussion: "What isn't named stays as it is. Prints the memory afterwards.")

    @Argument(help: "The memory's id.")
    var id: String

    @Option(help: "New text.")
    var text: String?

    @Option(help: "0 to 1.")
    var importance: Double?

    @Flag(inversion: .prefixedNo, help: "Always in the answer, or not any more.")
    var pin: Bool?

    @Flag(inversion: .prefixedNo, help: "A rule that must not be broken, or not any more.")
    var constraint: Bool?

    @Option(help: "New type.")
    var type: String?

    @Option(help: ArgumentHelp("Not found after this.", valueName: "moment"))
    var validUntil: String?

    @Option(help: ArgumentHelp("Id of the memory that replaces it.", valueName: "id"))
    var supersededBy: String?

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        guard
            text != nil || importance != nil || pin != nil || constraint != nil || type != nil
                || validUntil != nil || supersededBy != nil
        else {
            throw CommandFailure(
                .usage, "nothing to change", place: "arguments", found: "mneme update \(id.shellQuoted)",
                allowed:
                    "--text, --importance, --[no-]pin, --[no-]constraint, --type, --valid-until, --superseded-by",
                remedy: "mneme update \(id.shellQuoted) --importance 0.9")
        }
        if let text { try OptionCheck.text(text, option: "--text", remedy: "mneme forget removes a memory") }
        if let importance { try OptionCheck.inRange(0...1, importance, option: "--importance") }
        var change = MemoryChange()
        change.text = text
        change.importance = importance
        change.isPinned = pin
        change.isConstraint = constraint
        change.type = try type.map { try nonEmpty($0, option: "--type") }
        change.validUntilMilliseconds = try validUntil.map {
            try Instant(argument: $0, option: "--valid-until").milliseconds
        }
        change.supersededBy = supersededBy
        let view = try context.openService().update(id, change, scope: context.scope)
        if context.isJSON || !context.isQuiet { context.print(view) }
        return .ok
    }
}

import ArgumentParser
import Server

/// Creates the store.
struct Init: MnemeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Create the store.",
        discussion: "Other commands create it too; init says where it is. Nothing that exists is changed.")

    @Flag(name: .customLong("with-config"), help: "Also write a plugins.json with the defaults, to edit.")
    var withConfiguration = false

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        let report = try context.runtime.initialize(context.store, writeConfiguration: withConfiguration)
        if context.isJSON {
            context.write(
                .object([
                    ("database", .string(report.databasePath)),
                    ("is_new_database", .bool(report.isNewDatabase)),
                    ("configuration", JSONValue(report.configurationPath)),
                    ("is_new_configuration", .bool(report.isNewConfiguration)),
                ]))
            return .ok
        }
        context.say(
            "store          \(report.databasePath)  \(report.isNewDatabase ? "created" : "there already")")
        let state = report.isNewConfiguration ? "created" : "there already"
        context.say("configuration  " + (report.configurationPath.map { "\($0)  \(state)" } ?? "built in"))
        return .ok
    }
}

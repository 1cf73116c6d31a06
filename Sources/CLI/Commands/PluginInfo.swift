import ArgumentParser
import Server

/// Shows what a library says of itself.
struct PluginInfo: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show a library's manifest, without running its code.",
        discussion: "Exit code 78 if it would be refused; the reasons stand at the end.")

    @Argument(help: "The library: a path, or a name as in plugins.json.")
    var library: String

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        let plugin = try context.runtime.pluginInfo(library, store: context.store)
        if context.isJSON {
            context.write(plugin.json)
        } else {
            context.console.write(Self.text(plugin, context))
        }
        return plugin.problems.isEmpty ? .ok : .configuration
    }

    private static func text(_ plugin: PluginInformation, _ context: CommandContext) -> String {
        let style = context.style
        var text = style.bold(Plain.line("\(plugin.id) \(plugin.version)")) + "\n"
        var facts = [("library", plugin.path), ("sha256", plugin.sha256)]
        facts += plugin.fields.map { ($0.name, $0.value) }
        facts += plugin.heads.map { ("head", $0) }
        facts += plugin.options.map { ("option", "\($0.name): \($0.value)") }
        facts += plugin.assets.map { ("asset", $0) }
        facts += plugin.columns.map { ("column", $0) }
        let nameWidth = facts.map(\.0.columnCount).max() ?? 0
        for (name, value) in facts {
            text += "  " + style.dim(name.rightPadded(to: nameWidth)) + "  " + Plain.line(value) + "\n"
        }
        text += style.dim("  to pin these bytes in plugins.json: ") + Plain.line(plugin.pin) + "\n"
        for problem in plugin.problems {
            for line in "refused: \(Plain.line(problem))".wrapped(to: context.width) {
                text += style.yellow(line) + "\n"
            }
        }
        return text
    }
}

extension PluginInformation {
    var json: JSONValue {
        func object(_ fields: [Field]) -> JSONValue { .object(fields.map { ($0.name, .string($0.value)) }) }
        return .object([
            ("id", .string(id)), ("version", .string(version)), ("path", .string(path)),
            ("sha256", .string(sha256)),
            ("fields", object(fields)), ("columns", JSONValue(columns)), ("heads", JSONValue(heads)),
            ("options", object(options)), ("assets", JSONValue(assets)), ("problems", JSONValue(problems)),
            ("pin", .string(pin)),
        ])
    }
}

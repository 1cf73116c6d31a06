import ArgumentParser
import Engine
import Server

/// Lists the configured scorers and how they fare.
struct PluginList: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the configured scorers and how they fare.",
        discussion: "With --json: one object per line.")

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        let plugins = try context.openService().plugins()
        if context.isJSON {
            for plugin in plugins { context.write(plugin.json) }
            return .ok
        }
        var table = TextTable([
            ("id", .left), ("version", .left), ("tier", .left), ("state", .left), ("calls", .right),
            ("late", .right),
            ("failed", .right), ("library", .left),
        ])
        for plugin in plugins {
            table.add([
                plugin.id, plugin.version ?? "-", plugin.tier, plugin.state, Figures.count(plugin.calls),
                Figures.count(plugin.late), Figures.count(plugin.failed), plugin.path ?? "-",
            ])
        }
        context.console.write(table.text(width: context.width, style: context.style))
        for plugin in plugins {
            guard let reason = plugin.reason else { continue }
            for line in "\(plugin.id): \(Plain.line(reason))".wrapped(to: context.width) {
                context.console.write(context.style.yellow(line) + "\n")
            }
        }
        return .ok
    }
}

extension PluginStatus {
    var json: JSONValue {
        .object([
            ("id", .string(id)), ("version", JSONValue(version)), ("path", JSONValue(path)),
            ("sha256", JSONValue(sha256)), ("tier", .string(tier)), ("state", .string(state)),
            ("reason", JSONValue(reason)), ("columns", JSONValue(columns)), ("calls", .integer(Int64(calls))),
            ("late", .integer(Int64(late))), ("failed", .integer(Int64(failed))),
        ])
    }
}

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
        // Only a gate trusts.
        let hasTrust = plugins.contains { $0.trust != nil }
        var table = TextTable(
            [
                ("id", .left), ("version", .left), ("tier", .left), ("state", .left), ("calls", .right),
                ("late", .right), ("failed", .right),
            ] + (hasTrust ? [("trust", .right)] : []) + [("library", .left)])
        for plugin in plugins {
            table.add(
                [
                    plugin.id, plugin.version ?? "-", plugin.tier, plugin.state, Figures.count(plugin.calls),
                    Figures.count(plugin.late), Figures.count(plugin.failed),
                ] + (hasTrust ? [plugin.trust.map { Figures.decimal($0, 2) } ?? "-"] : []) + [plugin.path ?? "-"])
        }
        context.console.write(table.text(width: context.width, style: context.style))
        for plugin in plugins {
            for remark in (plugin.reason.map { [$0] } ?? []) + plugin.warnings {
                for line in "\(plugin.id): \(Plain.line(remark))".wrapped(to: context.width) {
                    context.console.write(context.style.yellow(line) + "\n")
                }
            }
        }
        return .ok
    }
}

import ArgumentParser

/// The group of commands about scorers.
struct Plugin: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at the scorers, or begin one.",
        subcommands: [PluginList.self, PluginInfo.self, PluginNew.self])
}

import ArgumentParser

/// The group of commands about scorers.
struct Plugin: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at the scorers, check one, begin one, or take changed ones live.",
        subcommands: [PluginList.self, PluginInfo.self, PluginCheck.self, PluginNew.self, PluginReload.self])
}

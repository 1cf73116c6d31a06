import ArgumentParser

/// The group of commands about scorers.
struct Plugin: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at the scorers.", subcommands: [PluginList.self, PluginInfo.self])
}

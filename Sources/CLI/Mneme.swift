import ArgumentParser

/// The root command. It only names the others.
struct Mneme: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mneme",
        abstract: "Decides which memories an AI agent should see this turn.",
        discussion: """
            The store is --db, else $MNEME_DB, else $XDG_DATA_HOME/mneme/mneme.db; the scorers are named in \
            --config, else $MNEME_CONFIG, else $XDG_CONFIG_HOME/mneme/plugins.json.

            Exit codes: 0 ok, 1 not found, 64 usage, 65 bad data, 66 missing input, 69 store unavailable, \
            70 internal fault, 73 can't write, 78 configuration. Every command takes --json.
            """,
        version: Version.text,
        subcommands: [
            Add.self, Search.self, Explain.self,
        ])
}

import ArgumentParser
import Server

/// The root command. It only names the others.
struct Mneme: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mneme",
        abstract: "Decides which memories an AI agent should see this turn.",
        discussion: """
            The store is --db, else $MNEME_DB, else $XDG_DATA_HOME/mneme/mneme.db; the scorers are named in \
            --config, else $MNEME_CONFIG, else $XDG_CONFIG_HOME/mneme/plugins.json.

            Exit codes: 0 ok, 1 not found, 64 usage, 65 bad data, 66 missing input, 69 store unavailable, \
            70 internal fault, 73 can't create the file, 74 can't write the output, 78 configuration. Every command takes --json.
            """,
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Memories",
                subcommands: [
                    Init.self, Add.self, Get.self, List.self, Update.self, Forget.self, Import.self,
                    Export.self,
                    Backup.self,
                ]),
            CommandGroup(
                name: "Ranking", subcommands: [Search.self, Score.self, FeedbackCommand.self, Explain.self]),
            CommandGroup(
                name: "Scorers and measurements",
                subcommands: [
                    Plugin.self, ConfigCommand.self, Columns.self, Eval.self, Train.self, CanaryCommand.self, Bench.self,
                ]),
            CommandGroup(name: "Running", subcommands: [Serve.self, Doctor.self, Completions.self]),
        ])
}

import ArgumentParser
import Server

/// Has the processes that serve this store take plugins.json and its files anew.
struct PluginReload: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Have every process that serves this store reload its scorers.",
        discussion: """
            Sends SIGHUP and waits for what they say. They watch their files and mostly know already; this shows what came \
            of it. All or nothing: after a refusal the configuration of before serves on. Exit code 78 if one refused, 1 if \
            nobody serves.
            """)

    @Option(help: ArgumentHelp("How long to wait for answers, seconds.", valueName: "seconds"))
    var timeout = 30.0

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        let (answers, silent) = try context.runtime.reloadServers(context.store, seconds: timeout)
        for answer in answers {
            if context.isJSON {
                context.write(answer.json)
            } else {
                context.say("process \(answer.pid): \(answer.outcome) in \(Figures.decimal(answer.milliseconds, 1)) ms: \(Plain.text(answer.summary))")
            }
        }
        for pid in silent { context.warn("process \(pid) said nothing within \(timeout) s; its next turns show what serves") }
        if answers.isEmpty && silent.isEmpty {
            context.warn("no process serves \(context.store.databasePath): the next start reads plugins.json anyway")
            return .notFound
        }
        return answers.contains { $0.outcome == "refused" } ? .configuration : .ok
    }
}

import ArgumentParser
import Foundation
import Server

/// Compares rankers on conversations with questions and evidence.
struct EvalRetrieval: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "retrieval",
        abstract: "Compare rankers on conversations with questions and evidence.",
        discussion: """
            Every conversation of the folder is a scope of its own in a store that is thrown away; its turns \
            are the memories, the questions' evidence is the truth.
            """)

    @Argument(help: "A folder with conversations (LoCoMo, RealTalk and kin).")
    var folder: String

    @Option(
        name: .customLong("ranker"),
        help: ArgumentHelp("fts5, or a mode or id of a scorer. May be repeated; else all.", valueName: "name")
    )
    var rankers: [String] = []

    @Option(
        help: ArgumentHelp("Scorers to measure beside them: each alone, and combined.", valueName: "plugins.json"))
    var plugins: String?

    @Option(help: "Of the intervals' resampling.")
    var seed: UInt64 = 7

    @Option(help: ArgumentHelp("Of the intervals.", valueName: "n"))
    var resamples = 2000

    @Option(help: ArgumentHelp("Candidates handed to the scorers.", valueName: "n"))
    var pool: Int?

    @Option(help: ArgumentHelp("Only the first so many questions of each conversation.", valueName: "n"))
    var questions: Int?

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        try OptionCheck.atLeast(100, resamples, option: "--resamples")
        if let pool { try OptionCheck.atLeast(1, pool, option: "--pool") }
        if let questions { try OptionCheck.atLeast(1, questions, option: "--questions") }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
        else {
            throw CommandFailure(
                .missingInput, "no such folder", place: folder,
                remedy: "name a folder such as data/locomo/dev")
        }
        if let plugins, !FileManager.default.fileExists(atPath: plugins) {
            throw CommandFailure(.missingInput, "no such file", place: plugins, remedy: "check the path")
        }
        let request = EvaluationRequest(
            folder: folder, rankers: rankers, plugins: plugins, store: context.store, seed: seed, resamples: resamples,
            poolSize: pool,
            questionLimit: questions)
        let line = ProgressLine(context)
        defer { line.clear() }
        let table = try context.runtime.evaluateRetrieval(request) { progress in
            line.show(
                progress.ranker, done: Int64(progress.done), total: Int64(progress.total),
                count: progress.done)
        }
        line.clear()
        if context.isJSON {
            context.write(table.json)
        } else {
            context.console.write(EvaluationText(width: context.width, style: context.style).text(table))
        }
        return .ok
    }
}

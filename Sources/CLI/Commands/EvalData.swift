import ArgumentParser
import Engine
import Foundation
import Report
import Server

/// Measures rankers on any folder of evaluation data.
struct EvalData: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Measure rankers on a folder of evaluation data, whatever it holds.",
        discussion: """
            The folder is recognised by its files: questions with evidence (LoCoMo, RealTalk, MADial), streams of file \
            accesses (git_access), sequences of items (games, beauty, ml100k), streams of choices (wikipedia, collegemsg), \
            paths through a graph (umls, wn18rr, fb15k237). Every figure has its 95 % interval, its difference from the best \
            baseline in pairs, and the smallest difference that such a sample shows. docs/evaluation.md explains them.
            """)

    @Argument(help: "A folder such as data/locomo or data/seqrec/wikipedia.")
    var folder: String

    @Option(
        help: ArgumentHelp("Scorers to measure, for questions and paths: each alone, and combined.", valueName: "plugins.json"))
    var plugins: String?

    @Option(help: ArgumentHelp("Weights to measure, for accesses, sequences and paths.", valueName: "file"))
    var weights: String?

    @Option(help: ArgumentHelp("Where the weights run: inline, watched or process.", valueName: "tier"))
    var tier: EvalSequence.Tier?

    @Option(help: "Of resampling and sign flips.")
    var seed: UInt64 = 7

    @Option(help: ArgumentHelp("Of intervals and tests.", valueName: "n"))
    var resamples = 2000

    @Option(help: ArgumentHelp("Only the first so many questions (of each conversation) or users.", valueName: "n"))
    var questions: Int?

    @Option(help: ArgumentHelp("Write a report too: one HTML file.", valueName: "file"))
    var html: String?

    @Option(help: ArgumentHelp("A line for the report's head, such as the commit.", valueName: "text"))
    var note: String?

    @Flag(help: "Replace the report if it exists.")
    var force = false

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        try check()
        // Before the long work: a report that can't be written is a mistake of the command line.
        let file = try html.map { try OutputFile($0, force: force) }
        var evaluation = DataEvaluation(folder: folder)
        (evaluation.weights, evaluation.tier, evaluation.limit) = (weights, tier?.rawValue, questions)
        (evaluation.seed, evaluation.resamples) = (seed, resamples)
        let line = ProgressLine(context)
        defer { line.clear() }
        let tables = try context.runtime.evaluateData(evaluation, plugins: plugins, store: context.store) { progress in
            line.show(
                progress.ranker, done: Int64(progress.done), total: Int64(progress.total), count: progress.done)
        }
        line.clear()
        if let file {
            let facts = RunFacts(command: command, seed: seed, note: note, context)
            try file.create(ComparisonReport(facts: facts).document(tables).html)
        }
        if context.isJSON {
            for table in tables { context.write(table.json) }
        } else {
            let text = ComparisonText(width: context.width, style: context.style)
            context.console.write(tables.map(text.text).joined(separator: "\n"))
            if let html { context.say("report in \(html)") }
        }
        return .ok
    }

    private func check() throws {
        try OptionCheck.atLeast(100, resamples, option: "--resamples")
        if let questions { try OptionCheck.atLeast(1, questions, option: "--questions") }
        try OptionCheck.needs("--html", given: html != nil, force, option: "--force")
        try OptionCheck.needs("--html", given: html != nil, note != nil, option: "--note")
        for path in [folder, plugins, weights].compactMap({ $0 }) where !FileManager.default.fileExists(atPath: path) {
            throw CommandFailure(
                .missingInput, "no such file or folder", place: path,
                remedy: path == folder ? "name a folder such as data/locomo" : "check the path")
        }
    }

    /// As it can be typed again.
    private var command: String {
        var words = ["mneme", "eval", "data", folder]
        for (name, value) in [("--plugins", plugins), ("--weights", weights), ("--tier", tier?.rawValue)] {
            if let value { words += [name, value] }
        }
        if let questions { words += ["--questions", "\(questions)"] }
        words += ["--seed", "\(seed)", "--resamples", "\(resamples)"]
        return words.map(\.shellQuoted).joined(separator: " ")
    }
}

import ArgumentParser
import Engine
import Server

/// Measures a path scorer on questions with candidates and paths.
struct EvalPaths: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "paths",
        abstract: "Measure a path scorer on questions with candidates and paths.",
        discussion: """
            Every development question goes through the real library behind the host, as a caller's candidates with \
            paths. Beside it stand rankers that the files alone give. Equal scores count as every order of them: each \
            metric is its exact expectation; questions whose answer has no path count. With --weights the library is \
            libS4DPathScorer.so; else the configuration (--config) is measured as it stands.
            """)

    @Argument(help: "A folder with a set of knowledge-graph paths, or with several.")
    var folder: String

    @Option(help: "Which of several sets.")
    var set: String?

    @Option(help: ArgumentHelp("Weights of the path scorer.", valueName: "file"))
    var weights: String?

    @Option(help: "Of the intervals' resampling.")
    var seed: UInt64 = 7

    @Option(help: ArgumentHelp("Of the intervals.", valueName: "n"))
    var resamples = 2000

    @Option(help: ArgumentHelp("Only the first so many questions.", valueName: "n"))
    var questions: Int?

    @Option(
        name: .customLong("without"), parsing: .singleValue,
        help: ArgumentHelp("A column that isn't sent, of hops or of the question; may be repeated.", valueName: "column"))
    var withheld: [String] = []

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        try OptionCheck.atLeast(100, resamples, option: "--resamples")
        if let questions { try OptionCheck.atLeast(1, questions, option: "--questions") }
        let known = PathEvaluation.columns
        if let stranger = withheld.first(where: { !known.contains($0) }) {
            throw CommandFailure(
                .usage, "no such column", place: "--without", found: stranger, allowed: known.joined(separator: ", "))
        }
        var request = PathEvaluationRequest(
            folder: folder, set: set, weights: weights, store: context.store, seed: seed, resamples: resamples,
            questionLimit: questions)
        request.withheld = Set(withheld)
        let line = ProgressLine(context)
        defer { line.clear() }
        let table = try context.runtime.evaluatePaths(request) { done, total in
            line.show("questions", done: Int64(done), total: Int64(total), count: done)
        }
        line.clear()
        let method = "95 % BCa bootstrap over questions, \(resamples) resamples, seed \(seed)"
        if context.isJSON {
            context.write(table.json(method: method))
        } else {
            context.console.write(PathEvaluationText(width: context.width, style: context.style).text(table, method: method))
        }
        return .ok
    }
}

import ArgumentParser
import Engine
import Server

/// Measures weights on planted worlds.
struct EvalPlanted: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "planted",
        abstract: "Measure weights on worlds that no training saw.",
        discussion: """
            Ordinary lists of held-out worlds, by default with other settings than training's. Beside the weights stand the \
            oracle, the seeds' formula, F1, F1 with what is in focus first, and untrained weights. Intervals and p-values \
            are over worlds.
            """)

    @Argument(help: "Weights of libMambaScorer.so.")
    var weights: [String] = []

    @Option(help: ArgumentHelp("Worlds.", valueName: "n"))
    var worlds = 120

    @Option(help: "Of the worlds.")
    var seed: UInt64 = 7

    @Flag(help: "Worlds with training's settings.")
    var same = false

    @Option(help: ArgumentHelp("Signal to noise.", valueName: "dB"))
    var snr = 20.0

    @Option(help: "Lists with a question in words: all, none or only.")
    var queries = "all"

    @Option(help: ArgumentHelp("Of the intervals.", valueName: "n"))
    var resamples = 2000

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        try OptionCheck.atLeast(2, worlds, option: "--worlds")
        try OptionCheck.atLeast(100, resamples, option: "--resamples")
        try OptionCheck.inRange(0...1_000_000, Double(seed), option: "--seed")
        try OptionCheck.inRange(-20...60, snr, option: "--snr")
        guard let kind = PlantedEvaluation.Queries(rawValue: queries) else {
            throw CommandFailure(
                .usage, "no such choice", place: "--queries", found: queries,
                allowed: PlantedEvaluation.Queries.allCases.map(\.rawValue).joined(separator: ", "))
        }
        var evaluation = PlantedEvaluation(weights: weights)
        evaluation.worlds = worlds
        evaluation.seed = seed
        evaluation.usesOtherSettings = !same
        evaluation.decibels = snr
        evaluation.resamples = resamples
        evaluation.queries = kind
        let table = try context.runtime.evaluatePlanted(evaluation)
        if context.isJSON {
            context.write(table.json)
        } else {
            context.console.write(PlantedText(width: context.width, style: context.style).text(table))
        }
        return .ok
    }
}

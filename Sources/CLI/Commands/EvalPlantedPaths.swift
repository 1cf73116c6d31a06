import ArgumentParser
import Engine
import Server

/// Measures models of planted paths, pattern by pattern.
struct EvalPlantedPaths: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "planted-paths",
        abstract: "Say which planted patterns of paths S4D, Mamba and pooling find.",
        discussion: """
            Each pattern has lists in which it alone decides, on held-out worlds of other seeds and settings, and twins \
            of them whose right answer was drawn at random. Trains S4D, Mamba over hops, and hops pooled without an order \
            (mean; mean and largest), of like size and alike, with all columns and without those that are summed up along \
            the path; or measures --weights. The oracle knows the clean utilities.
            """)

    @Option(help: "tiny, small or medium: about 15,000, 58,000 and 120,000 parameters.")
    var size = "small"

    @Option(help: ArgumentHelp("Measure these weights; nothing is trained.", valueName: "file"))
    var weights: String?

    @OptionGroup(title: "Training")
    var training: PlantedTrainingOptions

    @Option(help: ArgumentHelp("Updates per model at most.", valueName: "n"))
    var steps = 2400

    @Option(help: ArgumentHelp("Held-out worlds.", valueName: "n"))
    var worlds = 200

    @Option(help: ArgumentHelp("Of the intervals.", valueName: "n"))
    var resamples = 2000

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        try training.check(size: size, steps: steps)
        try OptionCheck.atLeast(2, worlds, option: "--worlds")
        try OptionCheck.atLeast(100, resamples, option: "--resamples")
        var request = PlantedPathEvaluation.Request()
        request.size = size
        request.weights = weights
        request.steps = steps
        request.batch = training.batch
        request.rate = training.rate
        request.seed = training.seed
        request.threads = training.threadCount
        request.worlds = worlds
        request.resamples = resamples
        let line = ProgressLine(context)
        defer { line.clear() }
        let table = try context.runtime.evaluatePlantedPaths(request) { [batch = training.batch] in
            line.show($0, batch: batch)
        }
        line.clear()
        let method = "95 % BCa bootstrap over worlds, \(resamples) resamples, seed \(training.seed)"
        if context.isJSON {
            context.write(table.json(method: method))
        } else {
            context.console.write(PlantedPathsText(width: context.width, style: context.style).text(table, method: method))
        }
        return .ok
    }
}

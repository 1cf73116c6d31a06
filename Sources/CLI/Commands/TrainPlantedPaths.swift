import ArgumentParser
import Engine
import Foundation
import Server

/// Trains the path scorer that ships.
struct TrainPlantedPaths: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "planted-paths",
        abstract: "Train the path scorer on planted worlds alone.",
        discussion: """
            Graphs, histories and questions are made up from the seed; what makes a path good is known, and said in \
            docs/paths.md. Four stages, the last at 20 dB; the parameters kept are those that did best on held-out worlds \
            of other seeds and settings. Writes the weights, and beside them the golden records that the load gate asks \
            a path scorer for. The same seed gives the same bits on any number of threads.
            """)

    @Option(help: "tiny, small or medium: about 15,000, 58,000 and 120,000 parameters.")
    var size = "small"

    @Option(name: .customLong("out"), help: ArgumentHelp("Where the weights go.", valueName: "file"))
    var output: String

    @OptionGroup(title: "Training")
    var training: PlantedTrainingOptions

    @Option(help: ArgumentHelp("Updates at most.", valueName: "n"))
    var steps = 6000

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        try training.check(size: size, steps: steps)
        var request = PlantedPathTraining.Request(output: output)
        request.size = size
        request.steps = steps
        request.batch = training.batch
        request.rate = training.rate
        request.seed = training.seed
        request.threads = training.threadCount
        let line = ProgressLine(context)
        defer { line.clear() }
        let summary = try context.runtime.trainPlantedPaths(request) { [batch = training.batch] in
            line.show($0, batch: batch)
        }
        line.clear()
        if context.isJSON {
            context.write(summary.json)
        } else {
            context.console.write(
                "\(summary.output): \(Figures.count(summary.parameters)) parameters, \(Figures.count(summary.steps)) updates on "
                    + "\(Figures.count(summary.lists)) planted lists, those of update \(Figures.count(summary.bestStep)) kept, "
                    + "MRR on held-out worlds \(Figures.decimal(summary.worth, 4)), "
                    + "\(Figures.duration(seconds: summary.seconds)), \(Figures.decimal(summary.listsPerSecond, 0)) lists/s\n"
                    + "\(summary.golden): golden records\n")
        }
        return .ok
    }
}

/// How a run over planted worlds is made.
struct PlantedTrainingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Lists per update.", valueName: "n"))
    var batch = 32

    @Option(help: ArgumentHelp("Peak of the learning rate.", valueName: "r"))
    var rate = 0.003

    @Option(help: "Of worlds, initial values and order.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Threads; 0 = one per processor.", valueName: "n"))
    var threads = 0

    var threadCount: Int { threads == 0 ? ProcessInfo.processInfo.activeProcessorCount : threads }

    func check(size: String, steps: Int) throws {
        try OptionCheck.atLeast(1, batch, option: "--batch")
        try OptionCheck.atLeast(1, steps, option: "--steps")
        try OptionCheck.inRange(1e-6...1, rate, option: "--rate")
        try OptionCheck.atLeast(0, threads, option: "--threads")
        guard PathTraining.sizes.contains(size) else {
            throw CommandFailure(
                .usage, "no such size", place: "--size", found: size, allowed: PathTraining.sizes.joined(separator: ", "))
        }
    }
}

extension ProgressLine {
    func show(_ now: PlantedPathTraining.Progress, batch: Int) {
        show(
            "\(now.ranker): \(now.stage)  loss \(Figures.decimal(now.loss, 4))", done: Int64(now.step),
            total: Int64(now.steps), count: now.step * batch)
    }
}

extension PlantedPathTraining.Summary {
    /// Of the parameters kept.
    var worth: Double { curve.first { $0.step == bestStep }?.worth ?? 0 }

    var json: JSONValue {
        .object([
            ("size", .string(size)), ("parameters", .integer(Int64(parameters))), ("updates", .integer(Int64(steps))),
            ("best_update", .integer(Int64(bestStep))), ("lists", .integer(Int64(lists))), ("loss", .number(loss)),
            (
                "held_out",
                .array(curve.map { .object([("update", .integer(Int64($0.step))), ("mrr", .number($0.worth))]) })
            ),
            ("seconds", .number(seconds)), ("lists_per_second", .number(listsPerSecond)), ("weights", .string(output)),
            ("golden", .string(golden)),
        ])
    }
}

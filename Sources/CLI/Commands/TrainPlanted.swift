import ArgumentParser
import Engine
import Foundation
import Server

/// Trains a sequence scorer on planted worlds.
struct TrainPlanted: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "planted",
        abstract: "Train a sequence scorer on planted worlds: nobody's data.",
        discussion: """
            Worlds with planted habits are drawn from the seed, from clear to difficult; of the stopping points with the \
            least loss on held-out worlds with other settings, the one that finds the most planted patterns is kept. The \
            same seed gives the same bytes on one kind of machine, on any number of threads. Ablations: \
            \(PlantedAblation.allCases.map(\.rawValue).joined(separator: ", ")).
            """)

    @Option(help: ArgumentHelp("The weights to write.", valueName: "file"))
    var out: String

    @Option(help: "Parameters, about: 15k, 50k or 120k.")
    var size = "50k"

    @Option(help: ArgumentHelp("One thing less, or another in its place. May be repeated.", valueName: "name"))
    var ablation: [String] = []

    @Option(help: ArgumentHelp("Worlds over all stages.", valueName: "n"))
    var worlds = 1200

    @Option(help: ArgumentHelp("Passes over each stage.", valueName: "n"))
    var passes = 6

    @Option(name: .customLong("rate"), help: ArgumentHelp("Peak of the learning rate.", valueName: "x"))
    var learningRate = 3e-3

    @Option(help: "Of worlds, weights and order: 1 to 800.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Threads; the result doesn't depend on them.", valueName: "n"))
    var threads = 2

    @Flag(help: "With what makes a session's state fit into 256 bytes; the file grows many times over.")
    var compact = false

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        for (value, option) in [(worlds, "--worlds"), (passes, "--passes"), (threads, "--threads")] {
            try OptionCheck.atLeast(1, value, option: option)
        }
        try OptionCheck.inRange(1e-6...1, learningRate, option: "--rate")
        // Beyond that it would be trained on the very worlds that judge it.
        try OptionCheck.inRange(1...800, Double(seed), option: "--seed")
        guard let chosen = PlantedSize(rawValue: size) else {
            throw CommandFailure(
                .usage, "no such size", place: "--size", found: size,
                allowed: PlantedSize.allCases.map(\.rawValue).joined(separator: ", "))
        }
        var training = PlantedTraining(chosen)
        training.worlds = worlds
        training.passes = passes
        training.learningRate = learningRate
        training.seed = seed
        training.threads = threads
        training.isCompact = compact
        for name in ablation {
            guard let ablation = PlantedAblation(rawValue: name) else {
                throw CommandFailure(
                    .usage, "no such ablation", place: "--ablation", found: name,
                    allowed: PlantedAblation.allCases.map(\.rawValue).joined(separator: ", "))
            }
            training.apply(ablation)
        }
        let line = ProgressLine(context)
        defer { line.clear() }
        let result = try context.runtime.trainPlanted(training, to: out) { step, steps, loss in
            line.show("loss \(Figures.decimal(loss, 3))", done: Int64(step), total: Int64(steps), count: step)
        }
        line.clear()
        if context.isJSON {
            context.write(result.json(out))
        } else {
            let canaries = result.canariesPassed.map { ", \($0) of \(CanaryCommand.count) canaries in the quick trial" } ?? ""
            context.console.write(
                """
                \(out): \(Figures.count(result.parameters)) parameters, \(result.steps) updates in \
                \(Figures.duration(seconds: result.seconds)); kept those of update \(result.bestStep), \
                validation loss \(Figures.decimal(result.validationLoss, 4))\(canaries)

                """)
        }
        return .ok
    }
}

extension PlantedTraining.Result {
    func json(_ path: String) -> JSONValue {
        .object([
            ("weights", .string(path)), ("parameters", .integer(Int64(parameters))), ("updates", .integer(Int64(steps))),
            ("best_update", .integer(Int64(bestStep))), ("validation_loss", .number(validationLoss)),
            ("canaries_passed", canariesPassed.map { .integer(Int64($0)) } ?? .null), ("seconds", .number(seconds)),
            (
                "dual_error",
                dual.map { .object([("observed", .number($0.observed)), ("true", .number($0.truth))]) } ?? .null
            ),
            ("validation_curve", .array(curve.map { .number($0) })),
        ])
    }
}

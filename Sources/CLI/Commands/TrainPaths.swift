import ArgumentParser
import Engine
import Foundation
import Server

/// Trains the path scorer.
struct TrainPaths: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "paths",
        abstract: "Train the path scorer on questions with candidates and paths.",
        discussion: """
            The folder is one set of knowledge-graph paths (entities.tsv.gz, relations.tsv.gz, dev/graph_train.tsv.gz, \
            dev/train_paths.jsonl.gz), or holds several: then --set names one. Writes the weights, and beside them the \
            golden records that the load gate asks a path scorer for. The same seed gives the same bits on any number of \
            threads.
            """)

    @Argument(help: "A folder with a set, or with several.")
    var folder: String

    @Option(help: "Which of several sets.")
    var set: String?

    @Option(help: "tiny, small or medium: channels, state and layers 32/16/2, 64/32/3, 64/64/4.")
    var size = "small"

    @Option(name: .customLong("out"), help: ArgumentHelp("Where the weights go.", valueName: "file"))
    var output: String

    @Option(help: "Passes over the training questions.")
    var epochs = 8

    @Option(help: ArgumentHelp("Questions per update.", valueName: "n"))
    var batch = 16

    @Option(help: ArgumentHelp("Peak of the learning rate.", valueName: "r"))
    var rate = 0.002

    @Option(help: "Of initial values, order and dropped answers.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Threads; 0 = one per processor.", valueName: "n"))
    var threads = 0

    @Option(help: ArgumentHelp("Save the run there after every epoch.", valueName: "file"))
    var checkpoint: String?

    @Flag(help: "Go on from --checkpoint, if it is there.")
    var resume = false

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        try OptionCheck.atLeast(1, epochs, option: "--epochs")
        try OptionCheck.atLeast(1, batch, option: "--batch")
        try OptionCheck.inRange(1e-6...1, rate, option: "--rate")
        try OptionCheck.atLeast(0, threads, option: "--threads")
        guard PathTraining.sizes.contains(size) else {
            throw CommandFailure(
                .usage, "no such size", place: "--size", found: size, allowed: PathTraining.sizes.joined(separator: ", "))
        }
        try OptionCheck.needs("--checkpoint", given: checkpoint != nil, resume, option: "--resume")
        var request = PathTraining.Request(folder: folder, output: output)
        request.set = set
        request.size = size
        request.epochs = epochs
        request.batch = batch
        request.rate = rate
        request.seed = seed
        request.threads = threads == 0 ? ProcessInfo.processInfo.activeProcessorCount : threads
        request.checkpoint = checkpoint
        request.resumes = resume
        let line = ProgressLine(context)
        defer { line.clear() }
        let summary = try context.runtime.trainPaths(request) { now in
            line.show(
                "epoch \(now.epoch + 1) of \(epochs)  loss \(Figures.decimal(now.loss, 4))", done: Int64(now.step),
                total: Int64(now.steps), count: now.step * batch)
        }
        line.clear()
        if context.isJSON {
            context.write(summary.json)
        } else {
            context.console.write(
                "\(summary.output): \(Figures.count(summary.parameters)) parameters, \(summary.steps) updates on "
                    + "\(Figures.count(summary.lists)) questions with \(Figures.count(summary.paths)) paths of \(summary.set), "
                    + "loss \(Figures.decimal(summary.loss, 4)), \(Figures.duration(seconds: summary.seconds)), "
                    + "\(Figures.decimal(summary.examplesPerSecond, 0)) questions/s\n\(summary.golden): golden records\n")
        }
        return .ok
    }
}

extension PathTraining.Summary {
    var json: JSONValue {
        .object([
            ("set", .string(set)), ("questions", .integer(Int64(lists))), ("paths", .integer(Int64(paths))),
            ("parameters", .integer(Int64(parameters))), ("updates", .integer(Int64(steps))), ("loss", .number(loss)),
            ("seconds", .number(seconds)), ("questions_per_second", .number(examplesPerSecond)),
            ("weights", .string(output)), ("golden", .string(golden)),
        ])
    }
}

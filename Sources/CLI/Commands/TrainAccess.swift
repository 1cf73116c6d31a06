import ArgumentParser
import Engine
import Foundation
import Server

/// Trains weights for libMambaScorer.so.
struct TrainAccess: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "access",
        abstract: "Train a sequence scorer on streams of accesses.",
        discussion: """
            Learns from the first four fifths of every stream of the folder (git_access) which items an event touches; \
            the last tenth of them decides which epoch's weights are kept. Writes the weights, and beside them \
            FILE.golden.json for plugins.json's "golden". The same seed gives the same bytes on one kind of machine.
            """)

    @Argument(help: "A folder of streams, such as git_access/dev.")
    var folder: String

    @Option(help: ArgumentHelp("The weights to write.", valueName: "file"))
    var out: String

    @Option(help: ArgumentHelp("Width of the trunk.", valueName: "n"))
    var width = 32

    @Option(help: ArgumentHelp("Layers of the trunk; 0 = none, columns alone.", valueName: "n"))
    var layers = 2

    @Option(help: ArgumentHelp("Numbers of state per channel.", valueName: "n"))
    var state = 16

    @Option(help: ArgumentHelp("Blocks of the trunk: mamba, mamba3 or s4d.", valueName: "kind"))
    var block = Block.mamba

    enum Block: String, CaseIterable, ExpressibleByArgument {
        case mamba, mamba3, s4d

        var trained: AccessTraining.Block {
            switch self {
            case .mamba: .mamba
            case .mamba3: .mamba3
            case .s4d: .s4d
            }
        }
    }

    @Flag(inversion: .prefixedNo, help: "Let elapsed time age the trunk's state.")
    var gaps = true

    @Flag(help: "Add a list mode: rows are read one after the other.")
    var list = false

    @Option(help: ArgumentHelp("Passes over the training turns.", valueName: "n"))
    var epochs = 12

    @Option(help: ArgumentHelp("Histories per update.", valueName: "n"))
    var batch = 8

    @Option(name: .customLong("rate"), help: ArgumentHelp("Peak of the learning rate.", valueName: "x"))
    var learningRate = 2e-3

    @Option(help: "Of weights, negatives and order.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Threads; the result doesn't depend on them.", valueName: "n"))
    var threads = 2

    @Option(help: ArgumentHelp("Where the run is saved as it goes.", valueName: "file"))
    var checkpoint: String?

    @Flag(help: "Go on from the checkpoint.")
    var resume = false

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        for (value, option) in [(width, "--width"), (state, "--state"), (epochs, "--epochs"), (batch, "--batch")] {
            try OptionCheck.atLeast(1, value, option: option)
        }
        try OptionCheck.atLeast(0, layers, option: "--layers")
        try OptionCheck.inRange(1e-6...1, learningRate, option: "--rate")
        if resume, checkpoint == nil {
            throw CommandFailure(.usage, "--resume needs --checkpoint", remedy: "name the file that the run was saved to")
        }
        guard FileManager.default.fileExists(atPath: folder) else {
            throw CommandFailure(
                .missingInput, "no such folder", place: folder, remedy: "name a folder such as git_access/dev")
        }
        var training = AccessTraining(folder: folder)
        training.width = width
        training.layers = layers
        training.state = state
        training.block = block.trained
        if block == .mamba3, width % 8 != 0 {
            throw CommandFailure(
                .usage, "no width for heads of 16 channels", place: "--width", found: "\(width)", allowed: "multiples of 8")
        }
        training.usesGaps = gaps
        training.listMode = list
        training.epochs = epochs
        training.batch = batch
        training.learningRate = learningRate
        training.seed = seed
        training.threads = threads
        training.checkpoint = checkpoint
        training.resumes = resume
        let line = ProgressLine(context)
        defer { line.clear() }
        let result = try context.runtime.trainAccess(training, to: out) { now in
            line.show(
                "loss \(Figures.decimal(now.loss, 3))", done: Int64(now.step), total: Int64(now.steps), count: now.step)
        }
        line.clear()
        if context.isJSON {
            context.write(result.json(out))
        } else {
            context.console.write(
                """
                \(out): \(result.parameters) parameters, from \(result.turns) turns of \(result.histories) histories
                \(result.steps) updates in \(Figures.decimal(result.seconds, 1)) s; kept those of update \(result.bestStep), \
                validation loss \(Figures.decimal(result.validationLoss, 4))

                """)
        }
        return .ok
    }
}

extension AccessTraining.Result {
    func json(_ path: String) -> JSONValue {
        .object([
            ("weights", .string(path)), ("parameters", .integer(Int64(parameters))), ("histories", .integer(Int64(histories))),
            ("turns", .integer(Int64(turns))), ("updates", .integer(Int64(steps))), ("best_update", .integer(Int64(bestStep))),
            ("validation_loss", .number(validationLoss)), ("seconds", .number(seconds)),
            ("validation_curve", .array(curve.map { .number($0) })),
        ])
    }
}

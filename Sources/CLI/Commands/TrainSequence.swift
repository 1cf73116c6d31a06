import ArgumentParser
import Engine
import Foundation
import Server

/// Trains a network that says which item comes next.
struct TrainSequence: MnemeCommand {
    enum Switch: String, CaseIterable, ExpressibleByArgument { case on, off }

    static let configuration = CommandConfiguration(
        commandName: "sequence",
        abstract: "Train a model of the next item in a sequence.",
        discussion: """
            A Mamba trunk over each user's items, embeddings shared by input and output, a softmax over all items at \
            every position. Each user's last item is never trained on: it is what `eval sequence` asks for. With \
            --hold-out the one before it is kept back too, the epoch that predicts it best is written, and training \
            stops when no better one comes. The same seed gives the same bytes, on any number of threads.
            """)

    @Argument(help: "A folder with dev/sequences.tsv.gz or dev/interactions.tsv.gz.")
    var folder: String

    @Option(help: ArgumentHelp("Where the weights go.", valueName: "file.safetensors"))
    var out: String

    @Option(help: ArgumentHelp("Of embeddings and trunk.", valueName: "n"))
    var width = 64

    @Option(help: ArgumentHelp("Mamba blocks.", valueName: "n"))
    var layers = 1

    @Option(help: ArgumentHelp("State per channel.", valueName: "n"))
    var state = 16

    @Option(help: ArgumentHelp("Inner width of the feed-forward block, in widths; 0 = none.", valueName: "n"))
    var expansion = 4

    @Option(help: ArgumentHelp("A bias per item: on or off.", valueName: "switch"))
    var itemBias = Switch.off

    @Option(help: ArgumentHelp("Let elapsed time age the state: on or off.", valueName: "switch"))
    var gaps = Switch.off

    @Option(help: ArgumentHelp("Share of values dropped while training.", valueName: "share"))
    var dropout = 0.4

    @Option(help: ArgumentHelp("Share of events left out while training, without gaps only.", valueName: "share"))
    var leftOut = 0.0

    @Option(help: ArgumentHelp("Share of sequences read backwards while training, without gaps only.", valueName: "share"))
    var reversed = 0.0

    @Option(help: ArgumentHelp("Share of every target's weight that goes to all items alike.", valueName: "share"))
    var smoothing = 0.0

    @Option(help: ArgumentHelp("Let weight decay shrink embeddings too: on or off.", valueName: "switch"))
    var tableDecay = Switch.off

    @Option(help: ArgumentHelp("Highest learning rate.", valueName: "rate"))
    var rate = 1e-3

    @Option(help: ArgumentHelp("Last learning rate, as a share of the highest.", valueName: "share"))
    var rateFloor = 0.1

    @Option(help: ArgumentHelp("Of matrices; norms, biases and dynamics never decay.", valueName: "x"))
    var weightDecay = 0.01

    @Option(help: ArgumentHelp("At most.", valueName: "n"))
    var epochs = 40

    @Option(help: ArgumentHelp("Sequences per update.", valueName: "n"))
    var batch = 256

    @Option(help: ArgumentHelp("Events of a context; longer sequences are cut.", valueName: "n"))
    var maxLength = 50

    @Option(help: ArgumentHelp("Keep one event per user back to stop early: on or off.", valueName: "switch"))
    var holdOut = Switch.on

    @Option(help: ArgumentHelp("Epochs without a better one before it stops.", valueName: "n"))
    var patience = 6

    @Option(help: ArgumentHelp("Users asked after each epoch.", valueName: "n"))
    var judges = 6000

    @Option(help: "Of everything random.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Threads.", valueName: "n"))
    var threads = 2

    @Option(help: ArgumentHelp("Save the run here after every epoch.", valueName: "file"))
    var checkpoint: String?

    @Flag(help: "Go on from --checkpoint where it is there.")
    var resume = false

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        try check()
        try SequenceOptions.checkFolder(folder)
        var plan = SequenceTraining(folder: folder, output: out, options: options)
        plan.checkpoint = checkpoint
        plan.resumes = resume
        let line = ProgressLine(context)
        defer { line.clear() }
        let text = SequenceTrainingText()
        let result = try context.runtime.trainSequence(plan) { progress in
            switch progress {
            case .step(let done, let total, let loss):
                line.show(
                    "loss \(Figures.decimal(loss, 4))", done: Int64(done), total: Int64(total), count: done)
            case .epoch(let epoch):
                line.clear()
                if !context.isJSON { context.say(text.line(epoch, of: epochs)) }
            }
        }
        line.clear()
        if context.isJSON { context.write(result.json) } else { context.say(text.summary(result)) }
        return .ok
    }

    private var options: SequenceTraining.Options {
        var options = SequenceTraining.Options()
        options.width = width
        options.layers = layers
        options.state = state
        options.expansion = expansion
        options.hasItemBias = itemBias == .on
        options.usesGaps = gaps == .on
        options.dropout = dropout
        options.leftOut = leftOut
        options.reversed = reversed
        options.smoothing = smoothing
        options.decaysTable = tableDecay == .on
        options.learningRate = rate
        options.learningRateFloor = rateFloor
        options.weightDecay = weightDecay
        options.epochs = epochs
        options.batch = batch
        options.maxLength = maxLength
        options.holdsOut = holdOut == .on
        options.patience = patience
        options.judges = judges
        options.seed = seed
        options.threads = threads
        return options
    }

    private func check() throws {
        let counts = [
            ("--width", width), ("--layers", layers), ("--state", state), ("--epochs", epochs),
            ("--batch", batch), ("--max-length", maxLength), ("--patience", patience), ("--judges", judges),
            ("--threads", threads),
        ]
        for (option, value) in counts { try OptionCheck.atLeast(1, value, option: option) }
        try OptionCheck.atLeast(0, expansion, option: "--expansion")
        try OptionCheck.inRange(0...0.95, dropout, option: "--dropout")
        try OptionCheck.inRange(0...0.9, leftOut, option: "--left-out")
        try OptionCheck.inRange(0...1, reversed, option: "--reversed")
        try OptionCheck.inRange(0...0.9, smoothing, option: "--smoothing")
        try OptionCheck.inRange(0...1, rateFloor, option: "--rate-floor")
        try OptionCheck.inRange(0...10, weightDecay, option: "--weight-decay")
        try OptionCheck.inRange(1e-9...1, rate, option: "--rate")
        try OptionCheck.needs("--checkpoint", given: checkpoint != nil, resume, option: "--resume")
    }
}

/// What both commands over sequences check.
enum SequenceOptions {
    static func checkFolder(_ folder: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
        else {
            throw CommandFailure(
                .missingInput, "no such folder", place: folder,
                remedy: "name a folder such as data/seqrec/games")
        }
    }
}

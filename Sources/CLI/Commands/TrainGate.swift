import ArgumentParser
import Engine
import Server

/// Trains the gate that ships.
struct TrainGate: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate",
        abstract: "Train the gate on planted worlds, from what real scorers say of them.",
        discussion: """
            In these worlds interactions and paths decide together, and each scorer sees its part: the formula the columns, \
            the sequence scorer columns and events, the path scorer the paths. Scorers are dropped at random, so that a \
            missing one is an ordinary case. Held-out worlds of other seeds and settings choose the stopping point, and the \
            confidence is fitted to them. The same seed gives the same bytes on one kind of machine, on any number of \
            threads. docs/gate.md says how plugins.json uses the file.
            """)

    @Option(help: ArgumentHelp("The gate to write, JSON.", valueName: "file"))
    var out: String

    @OptionGroup(title: "Scorers")
    var scorers: GateScorerOptions

    @Option(help: ArgumentHelp("Worlds to train on.", valueName: "n"))
    var worlds = 300

    @Option(name: .customLong("held-out"), help: ArgumentHelp("Worlds to stop by.", valueName: "n"))
    var heldOut = 100

    @Option(help: ArgumentHelp("Updates at most.", valueName: "n"))
    var steps = 3000

    @Option(help: "Of worlds and order.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Threads; the result doesn't depend on them.", valueName: "n"))
    var threads = 2

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        for (value, option) in [(worlds, "--worlds"), (heldOut, "--held-out"), (steps, "--steps"), (threads, "--threads")] {
            try OptionCheck.atLeast(1, value, option: option)
        }
        try OptionCheck.inRange(1...1_000_000, Double(seed), option: "--seed")
        var request = JointGateTraining.Request(output: out, mamba: scorers.mamba, paths: scorers.paths)
        request.worlds = worlds
        request.heldOutWorlds = heldOut
        request.steps = steps
        request.seed = seed
        request.threads = threads
        let line = ProgressLine(context)
        defer { line.clear() }
        let summary = try context.runtime.trainGate(request) { now in
            let label = now.loss.map { "loss \(Figures.decimal($0, 3))" } ?? now.stage
            line.show(label, done: Int64(now.done), total: Int64(now.total), count: now.done)
        }
        line.clear()
        if context.isJSON {
            context.write(summary.json)
        } else {
            context.console.write(
                """
                \(out): \(summary.parameters) numbers from \(Figures.count(summary.lists)) planted lists, \
                \(Figures.count(summary.emptyLists)) of them with nothing relevant; \(Figures.count(summary.steps)) updates, those of \
                update \(Figures.count(summary.bestStep)) kept; \(Figures.duration(seconds: summary.seconds)), \
                \(Figures.duration(seconds: summary.askingSeconds)) of it asking the scorers
                sha256 \(summary.sha256)

                """)
        }
        return .ok
    }
}

/// Whose answers a gate weighs, beside the formula's.
struct GateScorerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Weights of libMambaScorer.so.", valueName: "file"))
    var mamba: String

    @Option(help: ArgumentHelp("Weights of libS4DPathScorer.so.", valueName: "file"))
    var paths: String
}

extension JointGateTraining.Summary {
    fileprivate var json: JSONValue {
        .object([
            ("gate", .string(output)), ("sha256", .string(sha256)), ("parameters", .integer(Int64(parameters))),
            ("lists", .integer(Int64(lists))), ("empty_lists", .integer(Int64(emptyLists))), ("updates", .integer(Int64(steps))),
            ("best_update", .integer(Int64(bestStep))),
            (
                "held_out",
                .array(curve.map { .object([("update", .integer(Int64($0.step))), ("loss", .number($0.loss))]) })
            ),
            ("asking_seconds", .number(askingSeconds)), ("seconds", .number(seconds)),
        ])
    }
}

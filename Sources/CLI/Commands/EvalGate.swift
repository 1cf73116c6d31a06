import ArgumentParser
import Engine
import Server

/// Measures a gate on worlds that nobody saw.
struct EvalGate: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate",
        abstract: "Measure a gate for every subset of its scorers, on worlds that no training saw.",
        discussion: """
            Beside the gate stand the best scorer of the subset, the plain mean of their robust z and the oracle. Then how \
            well confidence tells lists with something relevant from those without and whether it means what it says, and in \
            how many turns feedback takes the weight of a scorer that starts to lie. Intervals are over worlds. Fails if a \
            subset is more than half a percent of DCG@5 below its best scorer.
            """)

    @Argument(help: "The gate, JSON.")
    var gate: String

    @OptionGroup(title: "Scorers")
    var scorers: GateScorerOptions

    @Option(help: ArgumentHelp("Held-out worlds.", valueName: "n"))
    var worlds = 120

    @Flag(help: "Worlds with training's settings.")
    var same = false

    @Option(help: "Of the worlds.")
    var seed: UInt64 = 7

    @Option(help: ArgumentHelp("Simulated users per lying scorer.", valueName: "n"))
    var users = 40

    @Option(help: ArgumentHelp("Of the intervals.", valueName: "n"))
    var resamples = 2000

    @Option(help: ArgumentHelp("Threads; the result doesn't depend on them.", valueName: "n"))
    var threads = 2

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        try OptionCheck.atLeast(2, worlds, option: "--worlds")
        try OptionCheck.atLeast(100, resamples, option: "--resamples")
        try OptionCheck.atLeast(1, users, option: "--users")
        try OptionCheck.atLeast(1, threads, option: "--threads")
        try OptionCheck.inRange(0...1_000_000, Double(seed), option: "--seed")
        var request = JointGateEvaluation.Request(gate: gate, mamba: scorers.mamba, paths: scorers.paths)
        request.worlds = worlds
        request.usesSameSettings = same
        request.seed = seed
        request.users = users
        request.resamples = resamples
        request.threads = threads
        let line = ProgressLine(context)
        defer { line.clear() }
        let total = Int64(worlds)
        let table = try context.runtime.evaluateGate(request) { done in
            line.show("worlds", done: Int64(done), total: total, count: done)
        }
        line.clear()
        let method = "95 % BCa bootstrap over worlds, \(resamples) resamples, seed \(seed)"
        if context.isJSON {
            context.write(table.json(method: method))
        } else {
            context.console.write(GateText(width: context.width, style: context.style).text(table, method: method))
        }
        return table.holds ? .ok : .notFound
    }
}

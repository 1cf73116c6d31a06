import ArgumentParser
import Engine
import Server

/// The models' numbers by two ways each.
struct EvalEquivalence: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "equivalence",
        abstract: "Compute the same numbers by two ways and compare.",
        discussion: """
            For models of the given size with initial weights, on every dispatch level: a whole sequence, single steps, \
            and steps from a state that went through bytes (Mamba-1, Mamba-3); convolution and recurrence (S4D); LoRA \
            beside the weights and merged into them. The error is the largest difference over the largest value. Ends \
            with status 1 if one is beyond its limit.
            """)

    @Option(help: ArgumentHelp("Width of the models.", valueName: "n"))
    var width = 64

    @Option(help: ArgumentHelp("Layers.", valueName: "n"))
    var layers = 4

    @Option(help: ArgumentHelp("State per channel.", valueName: "n"))
    var state = 16

    @Option(help: ArgumentHelp("Steps of a Mamba sequence.", valueName: "n"))
    var length = 256

    @Option(
        name: .customLong("path"),
        help: ArgumentHelp(
            "Hops of a path. May be repeated; else 6, 33, 256, 1024 and 4096.", valueName: "n"))
    var paths: [Int] = []

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        try check()
        var evaluation = EquivalenceEvaluation()
        (evaluation.width, evaluation.layers, evaluation.state) = (width, layers, state)
        evaluation.length = length
        if !paths.isEmpty { evaluation.pathLengths = paths }
        let rows = context.runtime.evaluateEquivalence(evaluation)
        let isWithin = rows.allSatisfy(\.isWithin)
        if context.isJSON {
            context.write(.object([("is_within", .bool(isWithin)), ("rows", .array(rows.map(\.json)))]))
        } else {
            context.console.write(EquivalenceText(width: context.width, style: context.style).text(rows))
        }
        return isWithin ? .ok : .notFound
    }

    private func check() throws {
        try OptionCheck.between(1...1024, width, option: "--width")
        try OptionCheck.between(1...64, layers, option: "--layers")
        try OptionCheck.between(2...256, state, option: "--state")
        try OptionCheck.between(1...65_536, length, option: "--length")
        for path in paths { try OptionCheck.between(1...65_536, path, option: "--path") }
        guard state % 2 == 0 else {
            throw CommandFailure(
                .usage, "an odd number", place: "--state", found: "\(state)",
                allowed: "even: states are rotated in pairs",
                remedy: "--state \(state + 1)")
        }
    }
}

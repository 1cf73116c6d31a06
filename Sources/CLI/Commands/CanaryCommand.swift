import ArgumentParser
import Engine
import Server

/// Does a model find what was planted?
struct CanaryCommand: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "canary",
        abstract: "Ask whether weights find the patterns that were planted in worlds.",
        discussion: """
            Each canary stages one pattern in many worlds, where nothing else decides, and in twins of them without it: \
            there it must fail. Beside the weights stand the oracle, the seeds' formula, F1, F1 with what is in focus first, \
            and untrained weights. Judged at 20 dB; --curve adds 30, 10, 0 and −10 dB. Several weights are rows of their \
            own; --together treats them as one recipe trained from several seeds.
            """)

    static let count = PlantedCanary.allCases.count

    @Argument(help: "Weights of libMambaScorer.so, such as models/mamba-50k.safetensors.")
    var weights: [String] = []

    @Option(help: ArgumentHelp("Worlds per canary; below 200 intervals are wide.", valueName: "n"))
    var worlds = 200

    @Option(help: "Of the worlds: any other than training's are new worlds.")
    var seed: UInt64 = 7

    @Flag(help: "All levels of noise.")
    var curve = false

    @Flag(help: "Worlds with other entities, hours and rates than training's.")
    var other = false

    @Option(help: "gaussian, uniform, laplace or heavy-tailed.")
    var noise = "gaussian"

    @Flag(help: "Mean and worst over the weights.")
    var together = false

    @Option(help: ArgumentHelp("Write a report to read or print.", valueName: "file"))
    var html: String?

    @Option(help: ArgumentHelp("A line of your own for the report, such as the commit.", valueName: "text"))
    var note: String?

    @Flag(help: "Write over what is there.")
    var force = false

    @Option(help: ArgumentHelp("Threads.", valueName: "n"))
    var threads = 2

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        try OptionCheck.atLeast(10, worlds, option: "--worlds")
        try OptionCheck.atLeast(1, threads, option: "--threads")
        try OptionCheck.inRange(0...1_000_000, Double(seed), option: "--seed")
        guard let kind = PlantedNoise.Kind(rawValue: noise) else {
            throw CommandFailure(
                .usage, "no such noise", place: "--noise", found: noise,
                allowed: PlantedNoise.Kind.allCases.map(\.rawValue).joined(separator: ", "))
        }
        try OptionCheck.needs("--html", given: html != nil, force, option: "--force")
        try OptionCheck.needs("--html", given: html != nil, note != nil, option: "--note")
        let file = try html.map { try OutputFile($0, force: force) }
        var study = CanaryStudy(weights: weights)
        study.worlds = worlds
        study.seed = seed
        study.levels = curve ? [30, 20, 10, 0, -10] : [20]
        study.usesOtherSettings = other
        study.noise = kind
        study.threads = threads
        let line = ProgressLine(context)
        defer { line.clear() }
        let report = try context.runtime.canary(study) { done, total in
            line.show("canaries", done: Int64(done), total: Int64(total), count: done)
        }
        line.clear()
        if let file {
            let command = (["mneme canary"] + weights).joined(separator: " ") + " --worlds \(worlds) --noise \(noise)"
                + (curve ? " --curve" : "") + (other ? " --other" : "")
            try file.create(CanaryReport(facts: RunFacts(command: command, seed: seed, note: note, context)).document(report).html)
        }
        if context.isJSON {
            context.write(report.json)
        } else {
            context.console.write(CanaryText(width: context.width, style: context.style, together: together).text(report))
        }
        return .ok
    }
}

import ArgumentParser
import Engine
import Foundation
import Server

/// Judges a model of the next item beside popularity and item neighbours.
struct EvalSequence: MnemeCommand {
    enum Tier: String, CaseIterable, ExpressibleByArgument { case inline, watched, process }

    static let configuration = CommandConfiguration(
        commandName: "sequence",
        abstract: "Compare rankers of the next item in a sequence.",
        discussion: """
            Each user's last item is the target, the items before it the context. Full: all items but the user's others \
            are ranked. Sampled: a hundred items, drawn by a fixed rule. Popularity and item-kNN (cosine, last 10, \
            decay 0.8) run in the same run. A folder of streams (git_access) is judged as by eval access.
            """)

    @Argument(help: "A folder with dev/sequences.tsv.gz or dev/interactions.tsv.gz.")
    var folder: String

    @Option(help: ArgumentHelp("What `train sequence` wrote; else the baselines alone.", valueName: "file"))
    var weights: String?

    @Option(
        help: ArgumentHelp(
            "Ask the model through libMambaScorer.so too: inline, watched or process.", valueName: "tier"))
    var tier: Tier?

    @Option(help: "Of the intervals' resampling.")
    var seed: UInt64 = 7

    @Option(help: ArgumentHelp("Of the intervals.", valueName: "n"))
    var resamples = 1000

    @Option(help: ArgumentHelp("Only the first so many users.", valueName: "n"))
    var users: Int?

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        try OptionCheck.atLeast(100, resamples, option: "--resamples")
        if let users { try OptionCheck.atLeast(1, users, option: "--users") }
        if EvalAccess.fits(folder) { return try accesses(in: context) }
        try SequenceOptions.checkFolder(folder)
        try OptionCheck.needs("--weights", given: weights != nil, tier != nil, option: "--tier")
        var plan = SequenceEvaluation(folder: folder, weights: weights)
        plan.tier = tier?.rawValue
        plan.seed = seed
        plan.resamples = resamples
        plan.limit = users
        let line = ProgressLine(context)
        defer { line.clear() }
        let table = try context.runtime.evaluateSequence(plan, store: context.store) { progress in
            line.show(
                progress.ranker, done: Int64(progress.done), total: Int64(progress.total),
                count: progress.done)
        }
        line.clear()
        if context.isJSON {
            context.write(table.json)
        } else {
            context.console.write(SequenceText(width: context.width, style: context.style).text(table))
        }
        return .ok
    }

    /// Streams of who touched what are sequences too: `eval access`.
    private func accesses(in context: CommandContext) throws -> RunStatus {
        guard let weights else {
            throw CommandFailure(
                .usage, "--weights is missing", place: folder, allowed: "weights that mneme train access wrote",
                remedy: "mneme train access \(folder) --out access.safetensors")
        }
        var command = EvalAccess()
        command.folder = folder
        command.weights = weights
        command.tier = (tier ?? .inline).rawValue
        command.seed = seed
        command.resamples = resamples
        command.common = common
        return try command.run(in: context)
    }
}

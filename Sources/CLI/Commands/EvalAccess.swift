import ArgumentParser
import Engine
import Foundation
import Server

/// Ranks what a stream of accesses touches next.
struct EvalAccess: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "access",
        abstract: "Rank what will be touched next, in streams of accesses.",
        discussion: """
            Walks each stream of the folder (git_access) forward. Before every event of the last fifth all live items \
            are ranked by the weights, through libMambaScorer.so behind the host and with a session per stream, and by \
            simple rankers. Only what came before the event is used, and no words.
            """)

    @Argument(help: "A folder of streams, such as git_access/dev.")
    var folder: String

    @Option(help: ArgumentHelp("Weights, as mneme train access writes them.", valueName: "file"))
    var weights: String

    @Option(help: ArgumentHelp("Where the library runs: inline, watched or process.", valueName: "tier"))
    var tier = "inline"

    @Option(help: "Of the intervals' resampling.")
    var seed: UInt64 = 7

    @Option(help: ArgumentHelp("Of the intervals.", valueName: "n"))
    var resamples = 2000

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        try OptionCheck.atLeast(100, resamples, option: "--resamples")
        for path in [folder, weights] where !FileManager.default.fileExists(atPath: path) {
            throw CommandFailure(
                .missingInput, "no such file or folder", place: path,
                remedy: "name a folder such as git_access/dev, and weights that mneme train access wrote")
        }
        let line = ProgressLine(context)
        defer { line.clear() }
        let table = try context.runtime.evaluateAccess(
            folder, weights: weights, tier: tier, store: context.store, resamples: resamples, seed: seed
        ) { part, done, total in
            line.show(part, done: Int64(done), total: Int64(total), count: done)
        }
        line.clear()
        if context.isJSON {
            context.write(table.json)
        } else {
            context.console.write(AccessText(width: context.width, style: context.style).text(table))
        }
        return .ok
    }

    /// Whether a folder, or its part `dev`, holds such streams.
    static func fits(_ folder: String) -> Bool {
        [folder, folder + "/dev"].contains { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.contains { $0.hasSuffix(".events.jsonl.gz") }
        }
    }
}

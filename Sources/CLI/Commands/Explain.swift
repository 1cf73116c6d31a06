import ArgumentParser
import Engine
import Server

/// Shows what was logged of one turn.
struct Explain: MnemeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how every score of one turn came about.",
        discussion: """
            One waterfall per memory: each bar begins where the part before it ended, █ adds and ░ takes \
            away, and the parts add up to the score. Dropped memories follow with their reason.
            """)

    @Argument(help: "The retrieval id that search printed.")
    var retrievalID: String

    @Option(
        name: .customLong("memory"), help: ArgumentHelp("Only this memory. May be repeated.", valueName: "id")
    )
    var memories: [String] = []

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        var ranking = try context.openService().explain(retrievalID: retrievalID)
        if !memories.isEmpty {
            let wanted = Set(memories)
            ranking.memories.removeAll { !wanted.contains($0.id) }
            if let missing = memories.first(where: { id in !ranking.memories.contains { $0.id == id } }) {
                throw CommandFailure(
                    .notFound, "this turn didn't consider the memory", place: retrievalID, found: missing,
                    remedy: "mneme explain \(retrievalID.shellQuoted) lists those that it did")
            }
        }
        if context.isJSON {
            context.write(ranking.json)
            return .ok
        }
        context.console.write(Waterfall(width: context.width, style: context.style).text(ranking))
        if !context.isQuiet {
            let text = RankingText(
                nowMilliseconds: context.nowMilliseconds, width: context.width, style: context.style)
            context.console.write("\n" + text.footer(ranking))
        }
        return .ok
    }
}

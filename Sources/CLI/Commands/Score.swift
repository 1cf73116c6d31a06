import ArgumentParser
import Engine
import Server

/// Ranks the caller's own candidates.
struct Score: MnemeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Rank candidates of your own: JSONL in, JSONL out.",
        discussion: """
            Each line in is an object with an id and what is known of it: text, caption, author, session, \
            ordinal, importance, is_pinned, is_constraint, is_superseded, created_at_ms, last_access_ms, \
            access_count, embedding, columns. A line with event_at_ms is something that happened before, oldest \
            first, for scorers that remember: focal_entities, aspects, injected and referenced (ids), columns. \
            Each line out is a ranked memory, best first. Nothing is stored. With --json the whole ranking is \
            one object.
            """)

    @Argument(help: "The question; may be left out.")
    var query = ""

    @Option(
        name: [.customShort("c"), .long],
        help: ArgumentHelp("The candidates; - reads standard input.", valueName: "file"))
    var candidates = "-"

    @Option(name: [.customShort("k"), .long], help: "How many to return; else all.")
    var limit: Int?

    @Option(
        name: .customLong("scorer"),
        help: ArgumentHelp(
            "A scorer to use instead of the configured ones. May be repeated.", valueName: "id"))
    var scorers: [String] = []

    @Option(help: ArgumentHelp("The question's embedding: a file with one JSON array.", valueName: "file"))
    var vector: String?

    @Option(help: ArgumentHelp("For the whole call.", valueName: "ms"))
    var deadline: Double?

    @Flag(help: "With the parts of every score, and the dropped ones.")
    var explain = false

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        if let limit { try OptionCheck.atLeast(1, limit, option: "--limit") }
        if let deadline { try OptionCheck.inRange(0.001...3_600_000, deadline, option: "--deadline") }
        var request = ScoreRequest()
        request.scope = context.scope
        request.query = query
        request.queryEmbedding = try vector.map { try VectorFile.read($0, option: "--vector", context) }
        let lines = try CandidateLines.read(try context.readInput(candidates), file: candidates)
        request.candidates = lines.candidates
        request.events = lines.events
        request.limit = limit
        request.nowMilliseconds = context.givenNow?.milliseconds
        request.utcOffsetSeconds = context.givenNow?.utcOffsetSeconds
        request.deadlineMilliseconds = deadline
        request.scorers = scorers.isEmpty ? nil : scorers
        request.explain = explain
        let ranking = try context.openService().score(request)
        if context.isJSON {
            context.write(ranking.json)
        } else {
            context.console.write(ranking.memories.map { $0.json.line + "\n" }.joined())
            for reason in ranking.degraded where !context.isQuiet { context.warn("degraded: \(reason)") }
        }
        return .ok
    }
}

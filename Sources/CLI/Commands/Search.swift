import ArgumentParser
import Engine
import Server

/// Ranks stored memories for a question.
struct Search: MnemeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Rank stored memories for a question.",
        discussion: "Without a question the memories that matter most now are ranked.")

    @Argument(help: "The question; may be left out.")
    var query = ""

    @Option(name: [.customShort("k"), .long], help: "How many memories to return.")
    var limit = 10

    @Option(
        help: ArgumentHelp(
            "Most tokens (UTF-8 bytes / 4) of the returned texts together.", valueName: "tokens"))
    var budget: Int?

    @Flag(help: "Show how every score came about, and what was dropped and why.")
    var explain = false

    @Option(help: "The conversation that asks.")
    var session: String?

    @Option(help: "A name for this turn; the same name again is the same turn.")
    var turn: String?

    @Option(help: "Who asks.")
    var actor: String?

    @Option(
        name: .customLong("focus"),
        help: ArgumentHelp("An entity in focus. May be repeated.", valueName: "entity"))
    var focalEntities: [String] = []

    @Option(
        name: .customLong("candidate"),
        help: ArgumentHelp("A memory to consider in any case. May be repeated.", valueName: "id"))
    var candidates: [String] = []

    @Option(
        name: .customLong("scorer"),
        help: ArgumentHelp(
            "A scorer to use instead of the configured ones. May be repeated.", valueName: "id"))
    var scorers: [String] = []

    @Option(help: ArgumentHelp("The question's embedding: a file with one JSON array.", valueName: "file"))
    var vector: String?

    @Option(help: ArgumentHelp("The model of --vector.", valueName: "name"))
    var embeddingModel: String?

    @Option(help: ArgumentHelp("For the whole turn.", valueName: "ms"))
    var deadline: Double?

    @Option(
        help: ArgumentHelp(
            "Draw the slate instead of taking the best: the draw's temperature.", valueName: "t"))
    var temperature: Double?

    @Option(help: ArgumentHelp("Of the draw; else 0.", valueName: "n"))
    var seed: UInt64?

    @Option(help: ArgumentHelp("Most lines of text per memory; 0 = all.", valueName: "n"))
    var lines = 2

    @Flag(
        name: .customLong("no-log"),
        help: "Leave no row in the log; explain and feedback won't know this turn.")
    var noLog = false

    @Flag(help: "Exit with 1 if nothing is found.")
    var failIfEmpty = false

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        let ranking = try context.openService().search(try request(context))
        let isEmpty = !ranking.memories.contains { $0.dropped == nil }
        if context.isJSON {
            context.write(ranking.json)
        } else {
            printText(ranking, context)
        }
        return isEmpty && failIfEmpty ? .notFound : .ok
    }

    private func printText(_ ranking: Ranking, _ context: CommandContext) {
        let text = RankingText(
            nowMilliseconds: context.nowMilliseconds, width: context.width, style: context.style,
            textLines: lines == 0 ? nil : lines)
        if explain {
            context.console.write(Waterfall(width: context.width, style: context.style).text(ranking))
        } else {
            context.console.write(text.memories(ranking))
        }
        if !context.isQuiet { context.console.write("\n" + text.footer(ranking)) }
    }

    private func request(_ context: CommandContext) throws -> SearchRequest {
        try OptionCheck.atLeast(1, limit, option: "--limit")
        try OptionCheck.atLeast(0, lines, option: "--lines")
        if let budget { try OptionCheck.atLeast(1, budget, option: "--budget") }
        if let deadline { try OptionCheck.inRange(0.001...3_600_000, deadline, option: "--deadline") }
        if let temperature { try OptionCheck.inRange(0...1000, temperature, option: "--temperature") }
        try OptionCheck.needs("--temperature", given: temperature != nil, seed != nil, option: "--seed")
        try OptionCheck.needs(
            "--embedding-model", given: embeddingModel != nil, vector != nil, option: "--vector")
        try OptionCheck.needs(
            "--vector", given: vector != nil, embeddingModel != nil, option: "--embedding-model")
        var request = SearchRequest()
        request.scope = context.scope
        request.query = query
        request.queryEmbedding = try vector.map { try VectorFile.read($0, option: "--vector", context) }
        request.embeddingModel = embeddingModel
        request.limit = limit
        request.tokenBudget = budget
        request.nowMilliseconds = context.givenNow?.milliseconds
        request.utcOffsetSeconds = context.givenNow?.utcOffsetSeconds
        request.session = session
        request.turn = turn
        request.actor = actor
        request.focalEntities = focalEntities
        request.candidates = candidates
        request.deadlineMilliseconds = deadline
        request.scorers = scorers.isEmpty ? nil : scorers
        request.sampling = temperature.map { Sampling(temperature: $0, seed: seed ?? 0) }
        request.remember = !noLog
        request.explain = explain
        return request
    }
}

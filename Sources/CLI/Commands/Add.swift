import ArgumentParser
import Engine
import Foundation
import Server

/// Writes one memory.
struct Add: MnemeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write one memory.",
        discussion: """
            Prints its id, after the commit. The same content again changes nothing. For many memories: \
            mneme import.
            """)

    @Argument(help: "The memory's text; - reads standard input.")
    var text: String

    @Option(help: "A stable id of your own; else derived from the content.")
    var id: String?

    @Option(help: "fact, preference, decision, rule, issue, note, …")
    var type = "fact"

    @Option(help: "Who said or wrote it.")
    var author: String?

    @Option(help: "Text that belongs to it without being said in it, such as a photo's caption.")
    var caption: String?

    @Option(help: "0 to 1.")
    var importance: Double?

    @Flag(help: "Always in the answer, ahead of the rest.")
    var pin = false

    @Flag(help: "It is a rule that must not be broken.")
    var constraint = false

    @Option(help: ArgumentHelp("When it was said; else now.", valueName: "moment"))
    var createdAt: String?

    @Option(help: ArgumentHelp("Not found before this.", valueName: "moment"))
    var validFrom: String?

    @Option(help: ArgumentHelp("Not found after this.", valueName: "moment"))
    var validUntil: String?

    @Option(help: "The conversation it was said in.")
    var session: String?

    @Option(help: "Its place in that conversation; 0 = first.")
    var ordinal: Int?

    @Option(help: ArgumentHelp("Id of the memory that it replaces.", valueName: "id"))
    var supersedes: String?

    @Option(
        name: .customLong("entity"),
        help: ArgumentHelp("What it is about. May be repeated.", valueName: "name:kind[:aspect]"))
    var entities: [String] = []

    @Option(help: ArgumentHelp("Its embedding: a file with one JSON array.", valueName: "file"))
    var vector: String?

    @Option(help: ArgumentHelp("The model of --vector, such as bge-m3.", valueName: "name"))
    var embeddingModel: String?

    @Option(help: ArgumentHelp("A JSON object, kept as written.", valueName: "json"))
    var metadata: String?

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        let memory = try memory(context)
        let report = try context.openService().add([memory], scope: context.scope)
        if let failed = report.failed.first {
            throw CommandFailure(.badData, "the memory was refused: \(failed.reason)", place: "text")
        }
        if context.isJSON {
            context.write(
                .object([("added", JSONValue(report.added)), ("unchanged", JSONValue(report.unchanged))]))
            return .ok
        }
        for id in report.added { context.console.write(Plain.line(id) + "\n") }
        for id in report.unchanged {
            context.console.write(
                Plain.line(id) + (context.isQuiet ? "" : context.style.dim("  there already")) + "\n")
        }
        return .ok
    }

    private func memory(_ context: CommandContext) throws -> NewMemory {
        var words = text
        if text == "-" { words = try Self.standardInputText(context) }
        try OptionCheck.text(words, option: "text", remedy: "mneme add \"We keep three backups.\"")
        var memory = NewMemory(
            text: words,
            createdAtMilliseconds: try Self.milliseconds(createdAt, "--created-at") ?? context.nowMilliseconds
        )
        memory.id = try id.map { try nonEmpty($0, option: "--id") }
        memory.type = try nonEmpty(type, option: "--type")
        memory.author = author
        memory.caption = caption
        if let importance { try OptionCheck.inRange(0...1, importance, option: "--importance") }
        memory.importance = importance
        memory.isPinned = pin
        memory.isConstraint = constraint
        memory.validFromMilliseconds = try Self.milliseconds(validFrom, "--valid-from")
        memory.validUntilMilliseconds = try Self.milliseconds(validUntil, "--valid-until")
        memory.session = session
        if let ordinal { try OptionCheck.atLeast(0, ordinal, option: "--ordinal") }
        memory.ordinal = ordinal
        memory.supersedes = supersedes
        memory.entities = try entities.map(EntityArgument.parse)
        memory.embeddings = try embeddings(context)
        memory.metadata = try metadata.map(Self.checkedMetadata)
        return memory
    }

    private func embeddings(_ context: CommandContext) throws -> [StoredEmbedding] {
        try OptionCheck.needs(
            "--embedding-model", given: embeddingModel != nil, vector != nil, option: "--vector")
        try OptionCheck.needs(
            "--vector", given: vector != nil, embeddingModel != nil, option: "--embedding-model")
        guard let vector, let embeddingModel else { return [] }
        let values = try VectorFile.read(vector, option: "--vector", context)
        return [
            StoredEmbedding(model: try nonEmpty(embeddingModel, option: "--embedding-model"), vector: values)
        ]
    }

    private static func standardInputText(_ context: CommandContext) throws -> String {
        guard let text = String(data: try context.readInput("-"), encoding: .utf8) else {
            throw CommandFailure(
                .badData, "not UTF-8", place: "standard input", allowed: "UTF-8 text",
                remedy: "iconv -t UTF-8")
        }
        return text.trimmingCharacters(in: .newlines)
    }

    private static func milliseconds(_ text: String?, _ option: String) throws -> Int64? {
        try text.map { try Instant(argument: $0, option: option).milliseconds }
    }

    private static func checkedMetadata(_ text: String) throws -> String {
        guard (try? JSONSerialization.jsonObject(with: Data(text.utf8))) is [String: Any] else {
            throw CommandFailure(
                .usage, "not a JSON object", place: "--metadata", found: text, allowed: "{\"key\": value, …}",
                remedy: "quote it for the shell: --metadata '{\"ticket\": 7}'")
        }
        return text
    }
}

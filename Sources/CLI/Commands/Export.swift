import ArgumentParser
import Foundation

/// Writes memories as JSONL that `import` reads.
struct Export: MnemeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write memories as JSONL that import reads.",
        discussion: """
            To standard output, or with --to into a file, which appears whole or not at all. One user's and \
            agent's; for the whole store: mneme backup.
            """)

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var to: String?

    @Flag(help: "Replace the file if it exists.")
    var force = false

    @Flag(help: "Also those that were forgotten without --hard.")
    var forgotten = false

    @Flag(inversion: .prefixedNo, help: "With their embeddings.")
    var embeddings = true

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        let request = ExportRequest(
            store: context.store, scope: context.scope, includeForgotten: forgotten,
            includeEmbeddings: embeddings)
        try OptionCheck.needs("--to", given: to != nil, force, option: "--force")
        guard let to else {
            _ = try Self.write(request, context) { context.console.write($0) }
            return .ok
        }
        let file = try OutputFile(to, force: force)
        let count = try file.create { path in
            guard FileManager.default.createFile(atPath: path, contents: nil),
                let handle = FileHandle(forWritingAtPath: path)
            else { throw file.failure("can't create the file") }
            defer { try? handle.close() }
            return try Self.write(request, context) { try handle.write(contentsOf: Data($0.utf8)) }
        }
        if context.isJSON {
            context.write(.object([("path", .string(to)), ("memories", .integer(Int64(count)))]))
        } else {
            context.say("\(Figures.count(count)) memories in \(to)")
        }
        return .ok
    }

    /// In blocks: a write per line would cost more than the reading.
    private static func write(
        _ request: ExportRequest, _ context: CommandContext, to sink: (String) throws -> Void
    ) throws -> Int {
        var block = ""
        let count = try context.runtime.exportMemories(request) { line in
            block += line
            block += "\n"
            if block.utf8.count >= 1 << 16 {
                try sink(block)
                block = ""
            }
        }
        if !block.isEmpty { try sink(block) }
        return count
    }
}

import ArgumentParser
import Foundation
import Server
import Synchronization

/// Reads many memories from a source.
struct Import: MnemeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read many memories: JSONL, Markdown notes, a git repository, conversations.",
        discussion: """
            Repeating an import adds nothing twice. A bad record is reported with its line and skipped; if \
            every record was bad, the exit code is 65. What a commit line names (--commits, or --json) \
            survives kill -9.
            """)

    @Argument(help: "A file or a folder; - reads JSONL from standard input.")
    var source: String

    @Option(help: "jsonl, markdown, git, conversations or signet; else told from the source.")
    var format: ImportFormat?

    @Option(help: ArgumentHelp("Memories per transaction.", valueName: "n"))
    var batch: Int?

    @Option(help: ArgumentHelp("Stop after so many records.", valueName: "n"))
    var limit: Int?

    @Flag(help: "Store vectors as float16: half the space, cosines right to three digits.")
    var float16 = false

    @Flag(help: "Print a line for every batch that is durable.")
    var commits = false

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        let request = try request(context)
        let reporter = ImportReporter(context, printsCommits: commits)
        let summary = try reporter.follow { try context.runtime.importItems(request, progress: $0) }
        if context.isJSON {
            context.write(summary.json)
        } else {
            context.say(Self.sentence(summary))
        }
        let isAllBad = summary.rejected > 0 && summary.added == 0 && summary.unchanged == 0
        return isAllBad ? .badData : .ok
    }

    private func request(_ context: CommandContext) throws -> ImportRequest {
        if let batch { try OptionCheck.atLeast(1, batch, option: "--batch") }
        if let limit { try OptionCheck.atLeast(1, limit, option: "--limit") }
        if source == "-", let format, format != .jsonl {
            throw CommandFailure(
                .usage, "standard input is JSONL", place: "--format", found: format.rawValue,
                allowed: "jsonl",
                remedy: "name a file or folder instead of -")
        }
        guard source == "-" || FileManager.default.fileExists(atPath: source) else {
            throw CommandFailure(
                .missingInput, "no such file or folder", place: source,
                remedy: "check the path; - reads standard input")
        }
        return ImportRequest(
            source: source, format: format, store: context.store, scope: context.scope, batchSize: batch,
            limit: limit, storesFloat16: float16)
    }

    private static func sentence(_ summary: ImportSummary) -> String {
        var parts = [
            "\(Figures.count(summary.added)) added", "\(Figures.count(summary.unchanged)) there already",
        ]
        if summary.events > 0 { parts.append("\(Figures.count(summary.events)) events") }
        if summary.statements > 0 { parts.append("\(Figures.count(summary.statements)) graph statements") }
        if summary.rejected > 0 { parts.append("\(Figures.count(summary.rejected)) skipped") }
        let count = summary.added + summary.unchanged
        let rate = summary.seconds > 0 ? Int((Double(count) / summary.seconds).rounded()) : 0
        return "\(summary.format.rawValue): \(parts.joined(separator: ", ")) in "
            + "\(Figures.decimal(summary.seconds, 1)) s (\(Figures.count(rate))/s)"
    }
}

extension ImportFormat: ExpressibleByArgument {}

extension ImportSummary {
    fileprivate var json: JSONValue {
        .object([
            ("event", .string("summary")), ("format", .string(format.rawValue)),
            ("added", .integer(Int64(added))),
            ("unchanged", .integer(Int64(unchanged))), ("rejected", .integer(Int64(rejected))),
            ("events", .integer(Int64(events))), ("statements", .integer(Int64(statements))),
            ("seconds", .number(seconds)),
        ])
    }
}

/// Turns an import's events into a progress line, commit lines and warnings.
private struct ImportReporter {
    /// After so many warnings only their number is told: a wrong file would fill the screen.
    static let warningLimit = 20

    let context: CommandContext
    let printsCommits: Bool
    let line: ProgressLine

    init(_ context: CommandContext, printsCommits: Bool) {
        self.context = context
        self.printsCommits = printsCommits
        line = ProgressLine(context)
    }

    func follow<Result>(_ body: (@escaping @Sendable (ImportEvent) -> Void) throws -> Result) throws -> Result
    {
        let rejected = RejectedCount()
        defer {
            line.clear()
            let untold = rejected.count - Self.warningLimit
            if untold > 0, !context.isJSON { context.warn("\(Figures.count(untold)) more records skipped") }
        }
        let reporter = self
        return try body { reporter.report($0, rejected) }
    }

    private func report(_ event: ImportEvent, _ rejected: RejectedCount) {
        switch event {
        case .progress(let progress):
            line.show(
                "importing", done: progress.unitsDone, total: progress.unitsTotal, count: progress.recordsDone
            )
        case .committed(let memories, let events):
            if context.isJSON {
                context.write(
                    .object([
                        ("event", .string("committed")), ("memories", .integer(Int64(memories))),
                        ("events", .integer(Int64(events))),
                    ]))
            } else if printsCommits {
                line.clear()
                context.console.write("committed \(memories)\n")
            }
        case .rejected(let number, let reason):
            let isTold = rejected.next() <= Self.warningLimit
            if context.isJSON {
                context.write(
                    .object([
                        ("event", .string("rejected")), ("line", JSONValue(number)),
                        ("reason", .string(reason)),
                    ]))
            } else if isTold {
                line.clear()
                context.warn((number.map { "line \($0) skipped: " } ?? "skipped: ") + reason)
            }
        }
    }
}

private final class RejectedCount: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }
    func next() -> Int {
        value.withLock {
            $0 += 1
            return $0
        }
    }
}

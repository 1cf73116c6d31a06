import ArgumentParser
import Engine
import Foundation
import Server

/// The group of commands about plugins.json's past.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Look at the configurations that served, and go back to one.",
        subcommands: [ConfigHistory.self, ConfigDiff.self, ConfigRevert.self])
}

/// Lists the configurations that served.
struct ConfigHistory: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List the configurations that served, newest first.",
        discussion: "With --json: one object per line, with the text and the sha256 of every file.")

    @Option(help: ArgumentHelp("How many.", valueName: "count"))
    var limit = 20

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        let revisions = try context.runtime.configurationHistory(context.store, limit: max(1, limit))
        if context.isJSON {
            for revision in revisions { context.write(revision.json) }
            return .ok
        }
        var table = TextTable([("revision", .right), ("since", .left), ("hash", .left), ("files", .right), ("from", .left)])
        for revision in revisions {
            table.add([
                "\(revision.revision)", Instant(milliseconds: revision.atMilliseconds, utcOffsetSeconds: 0).text,
                String(revision.hash.prefix(12)), "\(revision.files.count)", revision.note ?? "-",
            ])
        }
        context.console.write(table.text(width: context.width, style: context.style))
        return .ok
    }
}

/// Shows what changed between two revisions.
struct ConfigDiff: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what changed between two configurations that served.",
        discussion: "Without numbers: the newest against the one before. Changed libraries and weights are named with their hashes.")

    @Argument(help: "Revision to begin with.")
    var from: Int?

    @Argument(help: "Revision to compare with; the newest if it is left out.")
    var to: Int?

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        let newest = try context.runtime.configurationHistory(context.store, limit: 2)
        guard let last = newest.first else { return .notFound }
        let before = try from.map { try context.runtime.configurationRevision(context.store, $0) } ?? newest.last ?? last
        let after = try to.map { try context.runtime.configurationRevision(context.store, $0) } ?? last
        let lines = LineDifference.unified(before.text, after.text) + Self.files(before.files, after.files)
        if context.isJSON {
            context.write(
                .object([
                    ("from", .integer(Int64(before.revision))), ("to", .integer(Int64(after.revision))),
                    ("lines", JSONValue(lines)),
                ]))
            return .ok
        }
        context.say("revision \(before.revision) → \(after.revision)")
        for line in lines {
            let plain = Plain.text(line)
            let colored = line.hasPrefix("+") ? context.style.green(plain) : line.hasPrefix("-") ? context.style.red(plain) : plain
            context.console.write(colored + "\n")
        }
        if lines.isEmpty { context.say("nothing differs") }
        return .ok
    }

    private static func files(_ old: [String: String], _ new: [String: String]) -> [String] {
        Set(old.keys).union(new.keys).sorted().flatMap { path -> [String] in
            guard old[path] != new[path] else { return [] }
            return [old[path].map { "- \(path) sha256 \($0)" }, new[path].map { "+ \(path) sha256 \($0)" }].compactMap { $0 }
        }
    }
}

/// Writes plugins.json as it was.
struct ConfigRevert: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "revert", abstract: "Go back to a configuration that served.",
        discussion: """
            Writes plugins.json; processes that serve take it at once. A library or weights file that has been overwritten \
            since is named by its copy in the object store, so the bytes of then run, not only the words.
            """)

    @Argument(help: "Revision to go back to; the one before the newest if it is left out.")
    var revision: Int?

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        let done = try context.runtime.revertConfiguration(context.store, to: revision)
        if context.isJSON {
            context.write(
                .object([
                    ("revision", .integer(Int64(done.revision))), ("path", .string(done.path)),
                    ("repointed", JSONValue(done.repointed)),
                ]))
            return .ok
        }
        context.say("\(done.path) is as in revision \(done.revision)")
        for file in done.repointed { context.say("\(file) has changed since: its copy in the object store is named instead") }
        return .ok
    }
}

import ArgumentParser
import Foundation
import Server

/// Writes a scorer to start from.
struct PluginNew: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Write a small scorer that builds with `make`, to start from.",
        discussion: "The whole way from here to a live scorer: docs/writing-a-plugin.md.")

    @Argument(help: "Its id, and the name of its library: a–z, 0–9, '-', '_'.")
    var name: String

    @Option(help: "What to write it in.")
    var language: PluginLanguage

    @Option(help: ArgumentHelp("Where to write it. Else a new folder NAME here.", valueName: "path"))
    var folder: String?

    @Option(
        help: ArgumentHelp(
            "For Swift: the folder of mneme's sources. Else the one that this program was built in.",
            valueName: "path"))
    var sdk: String?

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        try Self.check(name)
        let folder = try NewFolder(try folder.map { try nonEmpty($0, option: "--folder") } ?? name)
        let template = PluginTemplate(
            name: name, language: language,
            sdkFolder: language == .swift ? try SDKFolder.find(named: sdk).path : "")
        try folder.write(template.files)
        let report = NewPlugin(template: template, folder: folder.path)
        if context.isJSON {
            context.write(report.json)
        } else {
            context.console.write(context.isQuiet ? Plain.line(folder.path) + "\n" : report.text(context))
        }
        return .ok
    }

    /// The id goes into file names, C macros and JSON as it is, so it has no letter that any of them would quote.
    private static func check(_ name: String) throws {
        let isPlain = name.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x5F
        }
        guard isPlain, (1...64).contains(name.utf8.count), name.first != "-", name.first != "_" else {
            throw CommandFailure(
                .usage, "not a name for a scorer", place: "name", found: "\"\(name)\"",
                allowed: "1 to 64 of a–z, 0–9, '-', '_'; a letter or digit first", remedy: "my-scorer")
        }
    }
}

/// What was made, and what to do with it.
private struct NewPlugin {
    let template: PluginTemplate
    let folder: String

    private var library: String { "\(folder)/\(template.library)" }
    private var build: String { "make -C \(folder.shellQuoted)" }
    private var info: String { "mneme plugin info \(library.shellQuoted)" }
    private var check: String { "mneme plugin check \(library.shellQuoted)" }
    private var search: String {
        "mneme search \"backups\" --config \((folder + "/plugins.json").shellQuoted)"
    }
    /// For the scorers of plugins.json; the hash isn't known before it is built.
    private var entry: String {
        let path = JSONValue.string(library).line
        return "{ \"id\": \"\(template.name)\", \"library\": { \"path\": \(path), \"sha256\": \"SHA256\" }, "
            + "\"tier\": \"watched\", \"deadlineMilliseconds\": 5 }"
    }

    func text(_ context: CommandContext) -> String {
        let style = context.style
        var text = style.bold(template.name) + "  \(template.language.rawValue)  \(Plain.line(folder))\n"
        text += style.dim("  wrote  ") + template.files.map(\.path).joined(separator: ", ") + "\n"
        for (what, command) in [("build", build), ("look", info), ("check", check), ("try", search)] {
            text += style.dim("  " + what.rightPadded(to: 7)) + Plain.line(command) + "\n"
        }
        text +=
            style.dim("  keep   ")
            + "in \"scorers\" of your plugins.json, with the sha256 that `plugin info` prints:\n"
        return text + "         " + Plain.line(entry) + "\n"
    }

    var json: JSONValue {
        .object([
            ("id", .string(template.name)), ("language", .string(template.language.rawValue)),
            ("folder", .string(folder)), ("files", JSONValue(template.files.map(\.path))),
            ("library", .string(library)), ("build", .string(build)), ("info", .string(info)), ("check", .string(check)),
            ("search", .string(search)), ("entry", .string(entry)),
        ])
    }
}

import ArgumentParser
import Conformance
import Engine
import Foundation
import Server

/// Tries a library: what it promises, what it survives, what survives it.
struct PluginCheck: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Try what a library promises, in processes of their own.",
        discussion: """
            Each check that runs code of the library does so in a child, killed when it is late; this process never loads it. \
            Exit code 1 if a check failed. docs/plugin-check.md lists the checks.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case table, json, junit }
    enum Level: String, CaseIterable, ExpressibleByArgument { case loads, ranks, survives }
    enum Tier: String, CaseIterable, ExpressibleByArgument { case inline, watched, process }

    @Argument(help: "The library: a path.")
    var library: String?

    @Option(name: .customLong("option"), help: ArgumentHelp("Set an option of its manifest. Repeatable.", valueName: "key=value"))
    var options: [String] = []

    @Option(name: .customLong("asset"), help: ArgumentHelp("Give a file. Repeatable.", valueName: "name=path"))
    var assets: [String] = []

    @Option(help: "Where it shall run; its p99 is held against half its deadline there.")
    var tier = Tier.process

    @Option(help: ArgumentHelp("Its soft deadline.", valueName: "milliseconds"))
    var deadline = 5.0

    @Option(help: ArgumentHelp("A file of golden records: [{\"row\": {column: value}, \"score\": …}].", valueName: "path"))
    var golden: String?

    @Option(help: "Of probes and of the fuzzer: the same seed makes the same calls.")
    var seed: UInt64 = 7

    @Option(help: ArgumentHelp("The longest that one call may take.", valueName: "seconds"))
    var timeout = 2.0

    @Option(help: "loads: it can be served; ranks: it may go live; survives: everything.")
    var level = Level.survives

    @Option(help: ArgumentHelp("Only this check, and those that it needs. Repeatable.", valueName: "check"))
    var only: [String] = []

    @Option(help: "How to print the findings.")
    var format = Format.table

    @Flag(help: "List the checks and end.")
    var list = false

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        if list {
            CheckList().write(in: context)
            return .ok
        }
        let request = try request()
        defer { try? FileManager.default.removeItem(atPath: request.workFolder) }
        let checkup: Checkup
        do {
            checkup = try Checkup.run(request)
        } catch {
            throw CommandFailure(.missingInput, "\(error)", place: "LIBRARY", remedy: "name a file, with its folder")
        }
        switch context.isJSON ? .json : format {
        case .table: context.console.write(checkup.text(context))
        case .json: context.write(checkup.json)
        case .junit: context.console.write(checkup.junit)
        }
        return checkup.isPassed ? .ok : .notFound
    }

    private func request() throws -> CheckupRequest {
        guard let library else {
            throw CommandFailure(.usage, "no library is named", place: "LIBRARY", allowed: "a path", remedy: "mneme plugin check ./my-scorer.so")
        }
        guard deadline > 0, timeout > 0, timeout <= 600 else {
            throw CommandFailure(.usage, "a time of nothing", allowed: "--deadline above 0, --timeout above 0 up to 600")
        }
        let known = Checkup.checks.map(\.name)
        if let stranger = only.first(where: { !known.contains($0) }) {
            throw CommandFailure(.usage, "there is no such check", place: "--only", found: stranger, allowed: known.joined(separator: ", "))
        }
        let folder = FileManager.default.temporaryDirectory.path + "/mneme-check-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        var request = CheckupRequest(library: library, workFolder: folder)
        request.options = try options.map { try Self.pair($0, option: "--option") }
        request.assets = try assets.map { try Self.pair($0, option: "--asset") }.map { (name: $0.name, path: Self.absolute($0.value)) }
        request.tier = tier.rawValue
        request.deadlineMilliseconds = deadline
        request.golden = golden
        request.seed = seed
        request.callSeconds = timeout
        request.level = Check.Level(name: level.rawValue) ?? .survives
        request.only = only
        request.offeredColumns = Engine.columnNames
        request.offeredEventColumns = Engine.eventColumnNames
        request.offeredHopColumns = Engine.hopColumnNames
        request.columnSpan = { Engine.columnSpan($0) }
        request.plantedWorlds = Engine.plantedWorlds
        return request
    }

    private static func pair(_ text: String, option: String) throws -> (name: String, value: String) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw CommandFailure(.usage, "a name and a value belong together", place: option, found: text, allowed: "name=value")
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }

    private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).path }
}

import ArgumentParser
import Engine
import Server

/// Measures this machine.
struct Bench: MnemeCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how fast things are on this machine.",
        discussion: "bench --list names what can be measured. With --json: one object per figure and line.")

    @Argument(help: "What to measure; else everything.")
    var subjects: [String] = []

    @Option(
        name: .customLong("size"),
        help: ArgumentHelp("Candidates or memories. May be repeated.", valueName: "n"))
    var sizes: [Int] = []

    @Option(name: .customLong("repeat"), help: ArgumentHelp("How often.", valueName: "n"))
    var repetitions: Int?

    @Flag(help: "Only name what can be measured.")
    var list = false

    // The child that `overhead` compares the process tier with; not for people.
    @Option(help: .hidden)
    var answerSocket: String?

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        if let answerSocket {
            Engine.answerBench(shape: answerSocket)
            return .ok
        }
        let known = context.runtime.benchSubjects()
        if list {
            printSubjects(known, context)
            return .ok
        }
        if let unknown = subjects.first(where: { name in !known.contains { $0.name == name } }) {
            throw CommandFailure(
                .usage, "no such subject", place: "subjects", found: unknown,
                allowed: known.map(\.name).joined(separator: ", "), remedy: "mneme bench --list")
        }
        for size in sizes { try OptionCheck.atLeast(1, size, option: "--size") }
        if let repetitions { try OptionCheck.atLeast(1, repetitions, option: "--repeat") }
        let figures = try context.runtime.bench(
            BenchRequest(
                subjects: subjects.isEmpty ? known.map(\.name) : subjects, sizes: sizes,
                repetitions: repetitions,
                store: context.store))
        if context.isJSON {
            for figure in figures { context.write(figure.json) }
        } else {
            context.console.write(Self.table(figures).text(width: context.width, style: context.style))
        }
        return .ok
    }

    private func printSubjects(_ subjects: [BenchSubject], _ context: CommandContext) {
        var table = TextTable([("subject", .left), ("", .left)])
        for subject in subjects {
            if context.isJSON {
                context.write(
                    .object([("subject", .string(subject.name)), ("summary", .string(subject.summary))]))
            } else {
                table.add([subject.name, subject.summary])
            }
        }
        if !context.isJSON { context.console.write(table.text(width: context.width, style: context.style)) }
    }

    private static func table(_ figures: [BenchFigure]) -> TextTable {
        var table = TextTable([
            ("subject", .left), ("size", .right), ("p50", .right), ("p99", .right), ("unit", .left),
            ("runs", .right),
        ])
        for figure in figures {
            table.add([
                figure.subject, figure.size, Figures.decimal(figure.p50, 2), Figures.decimal(figure.p99, 2),
                figure.unit,
                Figures.count(figure.repetitions),
            ])
        }
        return table
    }
}

extension BenchFigure {
    fileprivate var json: JSONValue {
        .object([
            ("subject", .string(subject)), ("size", .string(size)), ("unit", .string(unit)),
            ("p50", .number(p50)),
            ("p99", .number(p99)), ("repetitions", .integer(Int64(repetitions))),
        ])
    }
}

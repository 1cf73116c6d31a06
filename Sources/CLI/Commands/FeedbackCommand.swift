import ArgumentParser
import Engine

/// Says what became of the memories that a search showed.
struct FeedbackCommand: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "feedback",
        abstract: "Say what became of the memories of one turn.",
        discussion: "Repeating it changes nothing. Every option may be repeated.")

    @Argument(help: "The retrieval id that search printed.")
    var retrievalID: String

    @Option(
        name: .customLong("rating"), help: ArgumentHelp("How useful it was, -1 to 1.", valueName: "id=value"))
    var ratings: [String] = []

    @Option(help: ArgumentHelp("The answer used it.", valueName: "id"))
    var referenced: [String] = []

    @Option(help: ArgumentHelp("It was looked up again.", valueName: "id"))
    var hit: [String] = []

    @Option(help: ArgumentHelp("It shall stay in view.", valueName: "id"))
    var pin: [String] = []

    @Option(help: ArgumentHelp("It shall not come again.", valueName: "id"))
    var forget: [String] = []

    @Option(help: ArgumentHelp("Its effect was undone.", valueName: "id"))
    var undone: [String] = []

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        var feedback = try ratings.map(Self.rating)
        let kinds: [(Feedback.Kind, [String])] = [
            (.referenced, referenced), (.hit, hit), (.pin, pin), (.forget, forget), (.undone, undone),
        ]
        for (kind, ids) in kinds { feedback += ids.map { Feedback(memoryID: $0, kind: kind) } }
        guard !feedback.isEmpty else {
            throw CommandFailure(
                .usage, "no feedback", place: "arguments",
                allowed: "--rating ID=VALUE, --referenced ID, --hit ID, --pin ID, --forget ID, --undone ID",
                remedy: "mneme feedback \(retrievalID.shellQuoted) --referenced ID")
        }
        let count = try context.openService().feedback(feedback, retrievalID: retrievalID)
        if context.isJSON {
            context.write(.object([("recorded", .integer(Int64(count)))]))
        } else {
            context.say("\(count) recorded")
        }
        return .ok
    }

    /// At the last "=": ids may contain one.
    private static func rating(_ text: String) throws -> Feedback {
        guard let equals = text.lastIndex(of: "="), equals != text.startIndex,
            let value = Double(text[text.index(after: equals)...]), (-1...1).contains(value)
        else {
            throw CommandFailure(
                .usage, "not a rating", place: "--rating", found: text,
                allowed: "ID=VALUE with a value of -1 to 1",
                remedy: "--rating m_1=0.5")
        }
        return Feedback(memoryID: String(text[..<equals]), kind: .rating, value: value)
    }
}

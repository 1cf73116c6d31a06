import ArgumentParser
import Foundation
import Server

/// Holds the models' arithmetic against recorded tensors of independent reference code.
struct EvalGolden: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "golden",
        abstract: "Compare the models' arithmetic with recorded tensors.",
        discussion: """
            Every .safetensors file of the folder whose metadata name a known kind is run on every dispatch level of \
            this processor. The error is the largest difference over the largest reference value of a tensor; the worst \
            tensor of each file is named. Ends with status 1 if one is beyond its limit. With --record such files are \
            written instead, with our answers: another implementation can judge them.
            """)

    @Argument(help: "A folder of golden files, such as Tests/Golden.")
    var folder: String

    @Flag(help: "Write files of our own answers into the folder.")
    var record = false

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        if record { return try writeFiles(context) }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
        else {
            throw CommandFailure(
                .missingInput, "no such folder", place: folder, remedy: "name a folder such as Tests/Golden")
        }
        let table = try context.runtime.evaluateGolden(folder)
        if context.isJSON {
            context.write(table.json)
        } else {
            context.console.write(GoldenText(width: context.width, style: context.style).text(table))
        }
        return table.isWithin ? .ok : .notFound
    }

    private func writeFiles(_ context: CommandContext) throws -> RunStatus {
        let paths = try context.runtime.recordGolden(folder)
        if context.isJSON {
            context.write(.object([("recorded", .array(paths.map(JSONValue.string)))]))
        } else {
            for path in paths { context.console.write(Plain.line(path) + "\n") }
        }
        return .ok
    }
}

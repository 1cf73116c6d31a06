import ArgumentParser
import Engine
import Foundation
import Server

/// Shows what a sequence layer can learn, and what it can't.
struct TrainTask: MnemeCommand {
    static let configuration = CommandConfiguration(
        commandName: "task",
        abstract: "Train a block on a synthetic task and test it at other lengths.",
        discussion: """
            induction: what followed the first cue? selective-copying: say eight scattered tokens in order. parity: is \
            the number of ones odd? Two layers of width 64 trained at length 64, for parity one of width 32 with lengths \
            from 3 to 40. The same seed gives the same weights on any number of threads, and a resumed run those of an \
            unbroken one.
            """)

    @Argument(help: "induction, selective-copying or parity.")
    var task: String

    @Option(help: "mamba, s4d or mamba3.")
    var block = "mamba"

    @Flag(name: .customLong("no-rotation"), help: "Mamba-3 without the rotation of its state.")
    var noRotation = false

    @Option(help: "Updates in all.")
    var steps = 1500

    @Option(help: "Of weights and examples.")
    var seed: UInt64 = 1

    @Option(help: "Threads that share a batch.")
    var threads = 2

    @Option(help: ArgumentHelp("Stop at this accuracy at the training length.", valueName: "share"))
    var target: Double?

    @Option(help: ArgumentHelp("Write the weights here.", valueName: "path"))
    var out: String?

    @Option(help: ArgumentHelp("Save the run here, every 500 steps and at the end.", valueName: "path"))
    var checkpoint: String?

    @Option(help: ArgumentHelp("Go on from a checkpoint.", valueName: "path"))
    var resume: String?

    @Option(help: ArgumentHelp("Write a line of JSON per point of the curve.", valueName: "path"))
    var curve: String?

    @Option(help: ArgumentHelp("Steps between two points of the curve.", valueName: "n"))
    var interval = 50

    @Option(name: .customLong("test-examples"), help: ArgumentHelp("Per length.", valueName: "n"))
    var testExamples = 512

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    func run(in context: CommandContext) throws -> RunStatus {
        let request = try checkedRequest()
        let progress = TrainingLine(context)
        defer { progress.clear() }
        let report = try writingCurve { line in
            try context.runtime.trainTask(request) { progress.show($0) } onPoint: { point in
                try line(point.json.line + "\n")
            }
        }
        progress.clear()
        if context.isJSON {
            context.write(report.json(request))
        } else {
            context.console.write(
                TrainingText(width: context.width, style: context.style).text(report, request))
        }
        return .ok
    }

    private func checkedRequest() throws -> TaskTraining {
        try word(task, of: TaskTraining.tasks, option: "task")
        try word(block, of: TaskTraining.blocks, option: "--block")
        try OptionCheck.atLeast(1, steps, option: "--steps")
        try OptionCheck.atLeast(1, threads, option: "--threads")
        try OptionCheck.atLeast(1, interval, option: "--interval")
        try OptionCheck.atLeast(1, testExamples, option: "--test-examples")
        if let target { try OptionCheck.inRange(0...1, target, option: "--target") }
        try OptionCheck.needs("--block mamba3", given: block == "mamba3", noRotation, option: "--no-rotation")
        var request = TaskTraining(task: task, block: block, steps: steps)
        request.rotates = !noRotation
        request.seed = seed
        request.threads = threads
        request.target = target
        request.interval = interval
        request.testExamples = testExamples
        // A path that can't be written is said before the training, not after it.
        for path in [out, checkpoint].compactMap({ $0 }) { _ = try OutputFile(path, force: true) }
        if let resume, !FileManager.default.fileExists(atPath: resume) {
            throw CommandFailure(
                .missingInput, "no such file", place: resume, remedy: "name a file that --checkpoint wrote")
        }
        (request.weights, request.checkpoint, request.resume) = (out, checkpoint, resume)
        return request
    }

    private func word(_ value: String, of allowed: [String], option: String) throws {
        guard allowed.contains(value) else {
            throw CommandFailure(
                .usage, "an unknown word", place: option, found: value,
                allowed: allowed.joined(separator: ", "), remedy: "choose one of them")
        }
    }

    /// The curve appears whole, when the run is over.
    private func writingCurve(
        _ train: ((String) throws -> Void) throws -> TaskTraining.Report
    ) throws -> TaskTraining.Report {
        guard let curve else { return try train { _ in } }
        let file = try OutputFile(curve, force: true)
        return try file.create { partial in
            guard FileManager.default.createFile(atPath: partial, contents: nil),
                let handle = FileHandle(forWritingAtPath: partial)
            else { throw file.failure("can't create the file") }
            defer { try? handle.close() }
            return try train { line in try handle.write(contentsOf: Data(line.utf8)) }
        }
    }
}

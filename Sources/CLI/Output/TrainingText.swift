import Engine
import Server

/// What a training run says at its end: a line of facts, then the accuracy per length.
struct TrainingText {
    var width: Int
    var style: Style

    func text(_ report: TaskTraining.Report, _ request: TaskTraining) -> String {
        var table = TextTable([("length", .right), ("accuracy", .right), ("", .left)])
        for (length, accuracy) in report.accuracies {
            table.add([
                Figures.count(length), Figures.decimal(accuracy, 4),
                length == report.trainingLength ? "trained here" : "",
            ])
        }
        let block = request.block + (request.rotates ? "" : " without rotation")
        let facts = [
            "\(request.task), \(block), seed \(request.seed)", "\(Figures.count(report.parameters)) parameters",
            "\(Figures.count(report.steps)) steps in \(Figures.duration(seconds: report.seconds))",
            "\(Figures.count(Int(report.examplesPerSecond.rounded()))) examples/s",
            "loss \(Figures.decimal(report.loss, 4))",
        ]
        return facts.joined(separator: ", ") + "\n" + table.text(width: width, style: style)
    }
}

/// `step 420/1,500  loss 0.1234  3,568 examples/s  4 s left`, on one line of standard error.
final class TrainingLine {
    private let line: ProgressLine

    init(_ context: CommandContext) { line = ProgressLine(context) }

    func show(_ progress: TaskTraining.Progress) { line.draw { width, _ in Self.text(progress).truncated(to: width) } }
    func clear() { line.clear() }

    static func text(_ progress: TaskTraining.Progress) -> String {
        [
            "step \(Figures.count(progress.step))/\(Figures.count(progress.steps))",
            "loss \(Figures.decimal(progress.loss, 4))",
            "\(Figures.count(Int(progress.examplesPerSecond.rounded()))) examples/s",
            "\(Figures.duration(seconds: progress.secondsLeft)) left",
        ].joined(separator: "  ")
    }
}

extension TaskTraining.Point {
    var json: JSONValue {
        .object([
            ("step", .integer(Int64(step))), ("loss", .number(loss)), ("accuracy", .number(accuracy)),
            ("seconds", .number(seconds)),
        ])
    }
}

extension TaskTraining.Report {
    func json(_ request: TaskTraining) -> JSONValue {
        .object([
            ("task", .string(request.task)), ("block", .string(request.block)),
            ("rotates", .bool(request.rotates)), ("seed", .integer(Int64(bitPattern: request.seed))),
            ("parameters", .integer(Int64(parameters))), ("steps", .integer(Int64(steps))),
            ("training_length", .integer(Int64(trainingLength))), ("loss", .number(loss)),
            ("seconds", .number(seconds)), ("examples_per_second", .number(examplesPerSecond)),
            ("test_examples", .integer(Int64(testExamples))),
            (
                "accuracies",
                .array(
                    accuracies.map {
                        .object([("length", .integer(Int64($0.length))), ("accuracy", .number($0.accuracy))])
                    })
            ),
        ])
    }
}

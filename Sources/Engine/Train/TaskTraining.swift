import Foundation
import StateSpace
import Training

/// `train task`: a block learns a synthetic task and is tested at other lengths.
package struct TaskTraining: Sendable, Equatable {
    /// The words that `task` and `block` may be.
    package static let tasks = SyntheticTask.allCases.map(\.rawValue)
    package static let blocks = TaskRun.Block.allCases.map(\.rawValue)

    package var task: String
    package var block: String
    package var rotates = true
    package var steps: Int
    package var seed: UInt64 = 1
    package var threads = 2
    /// Ends early at this accuracy at the training length; nil = all steps.
    package var target: Double?
    /// Steps between two points of the curve.
    package var interval = 50
    package var testExamples = 512
    package var weights: String?
    package var checkpoint: String?
    package var resume: String?

    package init(task: String, block: String, steps: Int) {
        self.task = task
        self.block = block
        self.steps = steps
    }

    /// One measured point; `accuracy` at the training length, `seconds` without the tests.
    package struct Point: Sendable, Equatable {
        package var step: Int
        package var loss: Double
        package var accuracy: Double
        package var seconds: Double

        package init(step: Int, loss: Double, accuracy: Double, seconds: Double) {
            self.step = step
            self.loss = loss
            self.accuracy = accuracy
            self.seconds = seconds
        }
    }

    package struct Progress: Sendable, Equatable {
        package var step: Int
        package var steps: Int
        package var loss: Double
        package var examplesPerSecond: Double
        package var secondsLeft: Double

        package init(step: Int, steps: Int, loss: Double, examplesPerSecond: Double, secondsLeft: Double) {
            self.step = step
            self.steps = steps
            self.loss = loss
            self.examplesPerSecond = examplesPerSecond
            self.secondsLeft = secondsLeft
        }
    }

    package struct Report: Sendable, Equatable {
        package var parameters: Int
        package var steps: Int
        package var trainingLength: Int
        package var loss: Double
        package var seconds: Double
        package var examplesPerSecond: Double
        package var testExamples: Int
        package var accuracies: [(length: Int, accuracy: Double)]

        package init(
            parameters: Int, steps: Int, trainingLength: Int, loss: Double, seconds: Double,
            examplesPerSecond: Double, testExamples: Int, accuracies: [(length: Int, accuracy: Double)]
        ) {
            self.parameters = parameters
            self.steps = steps
            self.trainingLength = trainingLength
            self.loss = loss
            self.seconds = seconds
            self.examplesPerSecond = examplesPerSecond
            self.testExamples = testExamples
            self.accuracies = accuracies
        }

        package static func == (a: Report, b: Report) -> Bool {
            a.parameters == b.parameters && a.steps == b.steps && a.loss == b.loss
                && a.accuracies.map(\.length) == b.accuracies.map(\.length)
                && a.accuracies.map(\.accuracy) == b.accuracies.map(\.accuracy)
        }
    }

    package func run(
        onStep: (Progress) -> Void = { _ in }, onPoint: (Point) throws -> Void = { _ in }
    ) throws -> Report {
        let run = try taskRun()
        do {
            let report = try run.run(
                TaskRun.Files(weights: weights, checkpoint: checkpoint, resume: resume),
                onStep: { onStep(Progress($0)) },
                onPoint: {
                    try onPoint(
                        Point(step: $0.step, loss: $0.loss, accuracy: $0.accuracy, seconds: $0.seconds))
                })
            return Report(
                parameters: report.parameters, steps: report.steps, trainingLength: run.task.trainingLength,
                loss: report.loss, seconds: report.seconds, examplesPerSecond: report.examplesPerSecond,
                testExamples: testExamples, accuracies: report.tests.map { ($0.length, $0.accuracy) })
        } catch let error as SafetensorsError {
            throw EngineError(.invalidInput, error.description)
        } catch let error as TrainingError {
            throw EngineError(.invalidInput, error.description)
        }
    }

    private func taskRun() throws -> TaskRun {
        guard let kind = SyntheticTask(rawValue: task) else { throw Self.unknown("task", task, Self.tasks) }
        guard let mixer = TaskRun.Block(rawValue: block) else { throw Self.unknown("block", block, Self.blocks) }
        var run = TaskRun(task: kind, block: mixer, steps: steps)
        run.rotates = rotates
        run.seed = seed
        run.threads = threads
        run.target = target
        run.interval = interval
        run.testExamples = testExamples
        return run
    }

    private static func unknown(_ what: String, _ word: String, _ allowed: [String]) -> EngineError {
        EngineError(
            .invalidInput, "unknown \(what) \"\(word)\"; allowed: \(allowed.joined(separator: ", "))")
    }
}

extension TaskTraining.Progress {
    fileprivate init(_ progress: TrainingProgress) {
        self.init(
            step: progress.report.step, steps: progress.steps, loss: progress.report.loss,
            examplesPerSecond: progress.examplesPerSecond, secondsLeft: progress.secondsLeft)
    }
}

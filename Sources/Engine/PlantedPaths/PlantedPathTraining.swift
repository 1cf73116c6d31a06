import Foundation
import StateSpace
import Synthetic
import Training

/// Trains a path scorer on planted worlds alone and writes its weights, with golden records beside them.
package struct PlantedPathTraining {
    package struct Request: Sendable, Equatable {
        /// One of `PathTraining.sizes`, here of about 15K, 55K and 120K parameters.
        package var size = "small"
        package var output: String
        package var steps = 6000
        package var batch = 32
        package var rate = 3e-3
        package var seed: UInt64 = 1
        package var threads = 2
        /// Worlds that early stopping looks at.
        package var heldOutWorlds = 60

        package init(output: String) { self.output = output }
    }

    package struct Progress: Sendable {
        /// Whose turn it is, and the stage of the curriculum.
        package var ranker: String
        package var stage: String
        package var step: Int
        package var steps: Int
        /// Of the last fifty updates.
        package var loss: Double
    }

    package struct Summary: Sendable {
        package var size: String
        package var parameters: Int
        package var steps: Int
        /// The update whose parameters were kept.
        package var bestStep: Int
        package var lists: Int
        package var loss: Double
        /// On held-out worlds: (update, half MRR of lists as met and half of the patterns).
        package var curve: [(step: Int, worth: Double)]
        package var seconds: Double
        package var listsPerSecond: Double
        package var output: String
        package var golden: String

        package init(
            size: String, parameters: Int, steps: Int, bestStep: Int, lists: Int, loss: Double,
            curve: [(step: Int, worth: Double)], seconds: Double, listsPerSecond: Double, output: String, golden: String
        ) {
            self.size = size
            self.parameters = parameters
            self.steps = steps
            self.bestStep = bestStep
            self.lists = lists
            self.loss = loss
            self.curve = curve
            self.seconds = seconds
            self.listsPerSecond = listsPerSecond
            self.output = output
            self.golden = golden
        }
    }

    package var request: Request

    package init(_ request: Request) { self.request = request }

    package func run(progress: (Progress) -> Void) throws -> Summary {
        let size = try Self.size(request.size)
        var fit = PlantedPathFit(
            configuration: PlantedPathShape.configuration(.s4d, size, .all), steps: request.steps, batch: request.batch,
            rate: request.rate, seed: request.seed, threads: request.threads)
        fit.heldOutWorlds = request.heldOutWorlds
        let result = try Self.translating {
            try fit.run { now in
                progress(Progress(ranker: "s4d", stage: now.stage, step: now.step, steps: request.steps, loss: now.loss))
            }
        }
        try Self.translating {
            try result.model.write(
                to: request.output,
                metadata: ["trained_on": "planted paths", "seed": "\(request.seed)", "updates": "\(request.steps)"])
        }
        let golden = PathGolden.file(beside: request.output)
        let world = PathWorld(seed: request.seed, settings: .other)
        try PathGolden(result.model).write((0..<8).map { world.list($0) }, to: golden)
        return Summary(
            size: request.size, parameters: result.model.parameters.layout.count, steps: result.steps,
            bestStep: result.bestStep, lists: result.steps * request.batch, loss: result.loss, curve: result.curve,
            seconds: result.seconds, listsPerSecond: result.examplesPerSecond, output: request.output, golden: golden)
    }

    static func size(_ name: String) throws -> PlantedPathShape.Size {
        guard let size = PlantedPathShape.Size(rawValue: name) else {
            throw EngineError(
                .invalidInput, "size is \"\(name)\"; allowed: \(PathTraining.sizes.joined(separator: ", "))")
        }
        return size
    }

    /// Errors of the rooms below as the engine's.
    static func translating<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as TrainingError {
            throw EngineError(.invalidInput, error.description)
        } catch let error as SafetensorsError {
            throw EngineError(.invalidInput, error.description)
        }
    }
}

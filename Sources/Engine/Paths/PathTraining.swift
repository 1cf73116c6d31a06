import Features
import Foundation
import StateSpace
import Training

/// Trains a path scorer on the training questions of a set and writes its weights, with golden records beside them.
package struct PathTraining {
    package struct Request: Sendable {
        package var folder: String
        package var set: String?
        /// One of `sizes`.
        package var size = "small"
        package var output: String
        package var epochs = 8
        package var batch = 16
        package var rate = 2e-3
        package var seed: UInt64 = 1
        package var threads = 2
        /// Where the run is saved, and whether it goes on from there.
        package var checkpoint: String?
        package var resumes = false
        /// Stops there though the schedule goes on; for a run in parts.
        package var stopAfterEpochs: Int?

        package init(folder: String, output: String) {
            self.folder = folder
            self.output = output
        }
    }

    package struct Progress: Sendable {
        package var step: Int
        package var steps: Int
        package var epoch: Int
        /// Of the last fifty updates.
        package var loss: Double
        package var examplesPerSecond: Double
        package var secondsLeft: Double
    }

    package struct Summary: Sendable {
        package var set: String
        package var lists: Int
        package var paths: Int
        package var parameters: Int
        package var steps: Int
        package var loss: Double
        package var seconds: Double
        package var examplesPerSecond: Double
        package var output: String
        package var golden: String

        package init(
            set: String, lists: Int, paths: Int, parameters: Int, steps: Int, loss: Double, seconds: Double,
            examplesPerSecond: Double, output: String, golden: String
        ) {
            self.set = set
            self.lists = lists
            self.paths = paths
            self.parameters = parameters
            self.steps = steps
            self.loss = loss
            self.seconds = seconds
            self.examplesPerSecond = examplesPerSecond
            self.output = output
            self.golden = golden
        }
    }

    package static let sizes = PathConfiguration.Size.allCases.map(\.rawValue)

    package var request: Request

    package init(_ request: Request) { self.request = request }

    /// Columns that a graph of triples knows and that aren't the same everywhere.
    private static let columns = [
        "importance", "log_access_count", "is_constraint", "log_structural_density", "hop_count", "min_edge_confidence",
        "avg_aspect_weight", "community_crossings", "path_feedback", "log_strength_product", "focal_distance",
        "edge_strength", "edge_confidence",
    ].map { "path.\($0)@1" }

    static func configuration(_ size: PathConfiguration.Size, _ graph: KnowledgeGraph) -> PathConfiguration {
        var hopTables = [
            PathConfiguration.Table(column: "path.relation@1", rows: 2 * graph.relationCount + 1, width: 16)
        ]
        // With more entities than slots a slot means nothing.
        if graph.entityCount <= PathSlot.count / 4 {
            hopTables.append(.init(column: "path.entity_slot@1", rows: PathSlot.count, scale: PathSlot.count, width: 8))
        }
        return PathConfiguration(
            size: size.shape, columns: columns, hopTables: hopTables,
            queryTables: [.init(column: "query.relation@1", rows: graph.relationCount + 1, width: 16)], noPath: .learned)
    }

    package func run(progress: (Progress) -> Void) throws -> Summary {
        let started = ContinuousClock.now
        guard let size = PathConfiguration.Size(rawValue: request.size) else {
            throw EngineError(.invalidInput, "size is \"\(request.size)\"; allowed: \(Self.sizes.joined(separator: ", "))")
        }
        let set = try PathSet(folder: request.folder, set: request.set)
        let lists = try set.training()
        let configuration = Self.configuration(size, set.graph)
        let reader = PathListReader(set, lists, configuration)
        let trainer = try trainer(configuration, reader)
        var source = ShuffledBatches(Array(0..<lists.count), size: request.batch, seed: request.seed)
        if request.resumes, let checkpoint = request.checkpoint, FileManager.default.fileExists(atPath: checkpoint) {
            try translating { () throws(SafetensorsError) in try trainer.resume(from: checkpoint, source) }
        }
        let first = trainer.step
        let loss = try train(trainer, &source, progress)
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        let model = PathModel(configuration, values: trainer.parameters.array)
            .reading(shift: reader.shift, scale: reader.scale)
        let output = request.output
        try translating { () throws(SafetensorsError) in
            try model.write(to: output, metadata: ["trained_on": set.name, "seed": "\(request.seed)", "epochs": "\(request.epochs)"])
        }
        let golden = PathGolden.file(beside: output)
        try PathGolden(model).write(set, lists, to: golden)
        return Summary(
            set: set.name, lists: lists.count, paths: lists.pathCount, parameters: trainer.task.layout.count,
            steps: trainer.step, loss: loss, seconds: seconds,
            examplesPerSecond: Double((trainer.step - first) * request.batch) / max(seconds, 1e-9), output: output,
            golden: golden)
    }

    private func trainer(_ configuration: PathConfiguration, _ reader: PathListReader) throws -> Trainer<PathTask> {
        let task = PathTask(configuration, lists: reader)
        let perEpoch = (reader.count + request.batch - 1) / request.batch
        var options = Trainer<PathTask>.Options(
            rate: LearningRate(peak: request.rate, warmUpSteps: min(100, perEpoch), totalSteps: perEpoch * request.epochs, floor: 0.02))
        options.seed = request.seed
        options.threads = request.threads
        // Paths of one list are many: four lists a shard keep both cores busy to the end of a batch.
        options.shards = max(1, request.batch / 4)
        return Trainer(task, parameters: task.initialParameters(seed: request.seed), options: options)
    }

    private func train(
        _ trainer: Trainer<PathTask>, _ source: inout ShuffledBatches<Int>, _ progress: (Progress) -> Void
    ) throws -> Double {
        var losses: [Double] = []
        let plan = request.checkpoint.map { CheckpointPlan(path: $0, interval: source.batchesPerEpoch) }
        do {
            try trainer.run(&source, until: source.batchesPerEpoch * min(request.epochs, request.stopAfterEpochs ?? request.epochs), checkpoint: plan) { now in
                losses.append(now.report.loss)
                if losses.count > 50 { losses.removeFirst() }
                progress(
                    Progress(
                        step: now.report.step, steps: now.steps, epoch: now.place.epoch,
                        loss: losses.reduce(0, +) / Double(losses.count), examplesPerSecond: now.examplesPerSecond,
                        secondsLeft: now.secondsLeft))
                return true
            }
        } catch let error as TrainingError {
            throw EngineError(.invalidInput, error.description)
        } catch let error as SafetensorsError {
            throw EngineError(.invalidInput, error.description)
        }
        return losses.isEmpty ? 0 : losses.reduce(0, +) / Double(losses.count)
    }

    private func translating<Value>(_ body: () throws(SafetensorsError) -> Value) throws -> Value {
        do throws(SafetensorsError) { return try body() } catch { throw EngineError(.invalidInput, error.description) }
    }
}

import StateSpace
import Synthetic
import Training

/// One training run on planted worlds: curriculum, early stopping on held-out worlds, the best parameters kept.
struct PlantedPathFit {
    var configuration: PathConfiguration
    var curriculum = PathCurriculum.standard
    var steps: Int
    var batch: Int
    var rate: Double
    var seed: UInt64
    var threads: Int
    /// Tests per run, and how many without progress in the last stage end it.
    var tests = 16
    var patience = 4
    /// Worlds that early stopping looks at.
    var heldOutWorlds = 60

    struct Now {
        var step: Int
        var stage: String
        var loss: Double
        /// Of the last test; nil before the first.
        var worth: Double?
        var examplesPerSecond: Double
    }

    struct Result {
        /// Reads columns as they come.
        var model: PathModel
        var bestStep: Int
        var steps: Int
        /// Half MRR of lists as met, half of the patterns, on held-out worlds.
        var worth: Double
        /// (update, worth).
        var curve: [(step: Int, worth: Double)]
        var loss: Double
        var seconds: Double
        var examplesPerSecond: Double
    }

    func run(progress: (Now) -> Void = { _ in }) throws -> Result {
        let started = ContinuousClock.now
        let lists = PlantedPathSource(configuration, curriculum: curriculum, steps: steps, batch: batch, seed: seed)
        var task = PathTask(configuration, lists: lists)
        // Planted lists without an answer are there already; a few hidden ones teach how sure to be of the second best.
        task.nothingRelevant = 0.03
        let trainer = Trainer(task, parameters: task.initialParameters(seed: seed), options: options)
        let size = batch
        var source = GeneratedBatches<Int>("planted paths of \(steps) batches of \(batch)", seed: seed) { index, _ in
            Array(index * size..<(index + 1) * size)
        }
        let board = PlantedPathBoard(worlds: heldOutWorlds, lists: 1, met: 3, seed: seed)
        var best = (step: 0, worth: -1.0, values: trainer.parameters.array)
        var curve: [(step: Int, worth: Double)] = []
        var losses: [Double] = []
        var rateNow = 0.0
        let lastStage = curriculum.stages.count - 1
        try trainer.run(&source, until: steps) { now in
            losses.append(now.report.loss)
            if losses.count > 50 { losses.removeFirst() }
            rateNow = now.examplesPerSecond
            let step = now.report.step
            let stage = curriculum.stage(at: step - 1, of: steps)
            if step % max(1, steps / tests) == 0 || step == steps {
                let values = trainer.parameters.array
                let worth = PlantedPathBoard.worth(
                    PlantedPathBoard.answers(board.entries, PlantedPathBoard.scorer(reading(values, lists))))
                curve.append((step, worth))
                if worth > best.worth { best = (step, worth, values) }
            }
            progress(
                Now(
                    step: step, stage: curriculum.stages[stage].name, loss: losses.reduce(0, +) / Double(losses.count),
                    worth: curve.last?.worth, examplesPerSecond: now.examplesPerSecond))
            // Earlier stages may cost: only the last is what will be met.
            let late = curve.filter { curriculum.stage(at: $0.step - 1, of: steps) == lastStage }
            return late.count <= patience || late.suffix(patience).contains { $0.step <= best.step }
        }
        return Result(
            model: reading(best.values, lists), bestStep: best.step, steps: trainer.step, worth: best.worth, curve: curve,
            loss: losses.isEmpty ? 0 : losses.reduce(0, +) / Double(losses.count),
            seconds: (ContinuousClock.now - started) / .seconds(1), examplesPerSecond: rateNow)
    }

    private func reading(_ values: [Float], _ lists: PlantedPathSource) -> PathModel {
        PathModel(configuration, values: values).reading(shift: lists.inputs.shift, scale: lists.inputs.scale)
    }

    private var options: Trainer<PathTask>.Options {
        var options = Trainer<PathTask>.Options(
            rate: LearningRate(peak: rate, warmUpSteps: min(100, steps / 10 + 1), totalSteps: steps, floor: 0.02))
        options.seed = seed
        options.threads = threads
        options.shards = max(1, batch / 4)
        return options
    }
}

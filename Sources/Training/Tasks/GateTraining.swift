import Gate
import StateSpace

/// A whole run from lists to weights. The same lists, options and seed give the same bytes on any number of threads.
package struct GateTraining: Sendable {
    package var steps = 1500
    /// Lists per update.
    package var batch = 32
    package var learningRate = 0.02
    /// Towards equal weights for everything beyond one scorer's own numbers.
    package var weightDecay = 0.01
    package var dropout = 0.75
    package var seed: UInt64 = 1
    package var threads = 2
    /// Of the draw of a slate; the ranking doesn't depend on it.
    package var temperature: Float = 1
    /// How often the run is tested on held-out lists, and how many tests in a row without progress end it.
    package var tests = 20
    package var patience = 6

    package init() {}

    package struct Fit: Sendable {
        package var weights: GateWeights
        package var steps: Int
        /// The update whose numbers were kept.
        package var bestStep: Int
        /// On held-out lists over every subset of scorers: (update, loss); empty without such lists.
        package var curve: [(step: Int, loss: Double)]
    }

    /// - Parameters:
    ///   - lists: made with this shape, at least one; some should have nothing relevant, else confidence learns nothing.
    ///   - trainingHash: of the setup (worlds, scorers, seeds), hexadecimal; kept in the weights file.
    package func run(_ lists: [GateList], _ shape: GateShape, trainingHash: String = "") throws -> GateWeights {
        try fit(lists, heldOut: [], shape, trainingHash: trainingHash).weights
    }

    /// - Parameters:
    ///   - heldOut: lists of other worlds, by which the stopping point is chosen and to which the confidence is fitted:
    ///     on lists that it was trained on a ranking is surer than on any others. Empty = the last update is kept, and the
    ///     training lists must do.
    ///   - progress: update, and the loss of its batch.
    package func fit(
        _ lists: [GateList], heldOut: [GateList], _ shape: GateShape, trainingHash: String = "",
        progress: (_ step: Int, _ loss: Double) -> Void = { _, _ in }
    ) throws -> Fit {
        var task = GateTask(shape)
        task.dropout = dropout
        let trainer = Trainer(task, parameters: task.initialParameters(), options: options)
        var source = ShuffledBatches(lists, size: batch, seed: seed)
        let judge = task.makeWorker()
        var best = (step: 0, loss: Double.infinity, values: trainer.parameters.array)
        var curve: [(step: Int, loss: Double)] = []
        try trainer.run(&source, until: steps) { now in
            let step = now.report.step
            progress(step, now.report.loss)
            guard !heldOut.isEmpty, step % max(1, steps / max(1, tests)) == 0 || step == steps else { return true }
            let values = trainer.parameters.array
            let loss = task.loss(of: heldOut, values, worker: judge).mean
            curve.append((step, loss))
            if loss < best.loss { best = (step, loss, values) }
            return curve.count <= patience || curve.suffix(patience).contains { $0.step == best.step }
        }
        let values = heldOut.isEmpty ? trainer.parameters.array : best.values
        let ranking = GateWeights(shape, parameters: values)
        let fitted = ConfidenceFit(ranking, heldOut.isEmpty ? lists : heldOut, seed: seed).fitted(ranking.parameters)
        return Fit(
            weights: GateWeights(shape, parameters: fitted, temperature: temperature, trainingHash: trainingHash),
            steps: trainer.step, bestStep: heldOut.isEmpty ? trainer.step : best.step, curve: curve)
    }

    private var options: Trainer<GateTask>.Options {
        var options = Trainer<GateTask>.Options(
            rate: LearningRate(peak: learningRate, warmUpSteps: min(50, steps / 10), totalSteps: steps, floor: 0.01))
        options.seed = seed
        options.threads = threads
        options.rule.weightDecay = weightDecay
        return options
    }
}

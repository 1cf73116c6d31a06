import Gate

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

    package init() {}

    /// - Parameters:
    ///   - lists: made with this shape, at least one; some should have nothing relevant, else confidence learns nothing.
    ///   - trainingHash: of the setup (worlds, scorers, seeds), hexadecimal; kept in the weights file.
    package func run(_ lists: [GateList], _ shape: GateShape, trainingHash: String = "") throws -> GateWeights {
        var task = GateTask(shape)
        task.dropout = dropout
        var options = Trainer<GateTask>.Options(
            rate: LearningRate(peak: learningRate, warmUpSteps: min(50, steps / 10), totalSteps: steps, floor: 0.01))
        options.seed = seed
        options.threads = threads
        options.rule.weightDecay = weightDecay
        let trainer = Trainer(task, parameters: task.initialParameters(), options: options)
        var source = ShuffledBatches(lists, size: batch, seed: seed)
        try trainer.run(&source, until: steps)
        let ranking = GateWeights(shape, parameters: trainer.parameters.array)
        return GateWeights(
            shape, parameters: ConfidenceFit(ranking, lists, seed: seed).fitted(ranking.parameters), temperature: temperature,
            trainingHash: trainingHash)
    }
}

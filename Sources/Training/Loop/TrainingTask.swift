import StateSpace

/// A model with a loss, for the trainer. All parameters lie in one flat vector.
///
/// The trainer calls `load` and `accumulate` on several threads at once, each with a worker of its own; what the task
/// itself holds is only read meanwhile.
package protocol TrainingTask {
    associatedtype Example
    /// Model and scratch of one thread.
    associatedtype Worker

    var layout: ParameterLayout { get }
    func makeWorker() -> Worker
    /// Makes the worker's model compute with these parameters; called before each batch, on the worker's own thread.
    func load(_ parameters: Floats, into worker: Worker)
    /// Adds the gradient of the sum of the examples' losses (times their weights) to `gradients`.
    ///
    /// Every random choice, such as a dropout mask, comes from `random`: its seed is the run's, the step's and the
    /// shard's, so that a run repeats on any number of threads.
    func accumulate(
        _ examples: ArraySlice<Example>, worker: Worker, gradients: MutableFloats, random: inout SplitMix64
    ) -> LossSum
}

/// The losses of some examples times their weights, and the weights alone.
package struct LossSum: Sendable, Equatable {
    package var loss: Double
    package var weight: Double

    package init(loss: Double = 0, weight: Double = 0) {
        self.loss = loss
        self.weight = weight
    }

    /// Zero where nothing counted.
    package var mean: Double { weight > 0 ? loss / weight : 0 }

    package static func += (sum: inout LossSum, other: LossSum) {
        sum.loss += other.loss
        sum.weight += other.weight
    }
}

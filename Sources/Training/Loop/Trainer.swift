import Kernels
import StateSpace
import Synchronization

/// Trains one model: batches in, parameters on.
///
/// A batch is cut into a fixed number of shards, each with a gradient vector of its own, and the shards are added in
/// their order. So a run repeats bit for bit, on any number of threads.
package final class Trainer<Task: TrainingTask> {
    package struct Options: Sendable {
        package var seed: UInt64 = 0
        package var threads = 2
        /// Parts of a batch that may run at the same time; another number gives other last bits.
        package var shards = 4
        /// Batches whose gradients make one update.
        package var accumulation = 1
        package var rule = AdamW.Rule()
        package var rate: LearningRate
        package init(rate: LearningRate) { self.rate = rate }
    }

    package let task: Task
    package let options: Options
    package let parameters: FloatBuffer
    package let optimizer: AdamW
    /// Updates asked for so far; batches that counted nothing move it, but not the optimiser.
    package internal(set) var step = 0
    private let pool: WorkerPool
    private let workers: [Task.Worker]
    private let shards: [FloatBuffer]
    private let total: FloatBuffer
    private let kernels: KernelTable

    package init(_ task: Task, parameters: [Float], options: Options, kernels: KernelTable = .best) {
        precondition(parameters.count == task.layout.count, "these parameters are another model's")
        precondition(options.shards > 0 && options.accumulation > 0, "there is at least one part of everything")
        self.task = task
        self.options = options
        self.kernels = kernels
        self.parameters = FloatBuffer(parameters)
        optimizer = AdamW(task.layout, rule: options.rule, kernels: kernels)
        pool = WorkerPool(threads: min(options.threads, options.shards))
        workers = (0..<pool.threads).map { _ in task.makeWorker() }
        shards = (0..<options.shards).map { _ in FloatBuffer(task.layout.count) }
        total = FloatBuffer(task.layout.count)
    }

    /// One update with the next batches of `source`.
    package func update<Source: BatchSource>(
        from source: inout Source
    ) throws(TrainingError) -> StepReport where Source.Example == Task.Example {
        total.clear()
        var sum = LossSum()
        var examples = 0
        for part in 0..<options.accumulation {
            let index = step * options.accumulation + part
            let batch = source.batch(index)
            examples += batch.count
            sum += accumulate(batch, index)
        }
        let rate = options.rate[step]
        let norm = sum.weight > 0 ? apply(1 / sum.weight, rate: rate) : 0
        guard sum.loss.isFinite, norm.isFinite else {
            throw .diverged(step: step, loss: sum.mean, gradientNorm: norm)
        }
        step += 1
        return StepReport(
            step: step, loss: sum.mean, gradientNorm: norm, learningRate: rate, examples: examples)
    }

    /// The gradient of the mean loss of a batch, as `update` would take it; for gradient checks.
    package func gradient(of batch: [Task.Example]) -> (loss: Double, gradient: [Float]) {
        total.clear()
        let sum = accumulate(batch, step * options.accumulation)
        let scale = Float(sum.weight > 0 ? 1 / sum.weight : 0)
        return (sum.mean, total.array.map { $0 * scale })
    }

    /// Adds the batch's gradients to `total`, shard by shard.
    private func accumulate(_ batch: [Task.Example], _ index: Int) -> LossSum {
        let sums = eachShard(of: batch) { number, examples, worker in
            var random = SplitMix64(seeds: options.seed, UInt64(index), UInt64(number))
            shards[number].clear()
            return task.accumulate(
                examples, worker: worker, gradients: shards[number].start, random: &random)
        }
        var sum = LossSum()
        for (shard, part) in zip(shards, sums) {
            sum += part
            kernels.functions.add(shard.start, total.count, total.start)
        }
        return sum
    }

    /// Runs `body` on every shard of `examples` with the parameters as they are; the answers in the shards' order.
    package func forEachShard<Answer>(
        of examples: [Task.Example], _ body: (ArraySlice<Task.Example>, Task.Worker) -> Answer
    ) -> [Answer] {
        eachShard(of: examples) { _, shard, worker in body(shard, worker) }
    }

    private func eachShard<Answer>(
        of examples: [Task.Example], _ body: (Int, ArraySlice<Task.Example>, Task.Worker) -> Answer
    ) -> [Answer] {
        let count = options.shards
        let next = Counter()
        return [Answer](unsafeUninitializedCapacity: count) { answers, filled in
            // Force unwrap: there is at least one shard.
            let answers = answers.baseAddress!
            pool.run { thread in
                task.load(Floats(parameters.start), into: workers[thread])
                while let shard = next.take(below: count) {
                    let range = examples.count * shard / count..<examples.count * (shard + 1) / count
                    // Every shard is taken once, so each place is initialised once.
                    (answers + shard).initialize(to: body(shard, examples[range], workers[thread]))
                }
            }
            filled = count
        }
    }

    /// Returns the gradient's norm before clipping; parameters stay as they are where it isn't finite.
    private func apply(_ scale: Double, rate: Double) -> Double {
        let factor = Float(scale)
        for index in 0..<total.count { total.start[index] *= factor }
        let norm = kernels.functions.sum_of_squares(total.start, total.count).squareRoot()
        guard norm.isFinite else { return norm }
        return optimizer.update(parameters.start, gradients: total.start, learningRate: rate)
    }
}

@available(*, unavailable)
extension Trainer: Sendable {}

/// What one update did.
package struct StepReport: Sendable, Equatable {
    /// Updates so far, this one included.
    package var step: Int
    /// Mean over the weights.
    package var loss: Double
    /// Before clipping.
    package var gradientNorm: Double
    package var learningRate: Double
    package var examples: Int
}

package enum TrainingError: Error, Equatable, CustomStringConvertible {
    case diverged(step: Int, loss: Double, gradientNorm: Double)

    package var description: String {
        switch self {
        case .diverged(let step, let loss, let norm):
            "training diverged in step \(step + 1): loss \(loss), gradient norm \(norm); the parameters are those before it. A lower learning rate may help"
        }
    }
}

/// Hands out 0, 1, 2 … to whoever is free.
private final class Counter: Sendable {
    private let next = Atomic(0)

    func take(below limit: Int) -> Int? {
        let value = next.add(1, ordering: .relaxed).oldValue
        return value < limit ? value : nil
    }
}

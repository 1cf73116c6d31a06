import StateSpace

/// Lists to train a path scorer on. Features are made when a list is asked for: kept, they would fill gigabytes.
package protocol PathListSource: Sendable {
    var count: Int { get }
    /// Appends the rows of list `index` to empty inputs; returns the row that is relevant, nil if none is.
    func fill(_ index: Int, into inputs: inout PathInputs) -> Int?
}

/// A path scorer under the listwise softmax loss, with a null candidate whose score is always zero.
///
/// From some lists the relevant row is taken away: then the null candidate is what should win. So σ(score) says how sure
/// the model is that a row is relevant at all; a listwise loss without it can't.
package struct PathTask: TrainingTask {
    package let configuration: PathConfiguration
    package let layout: ParameterLayout
    package let lists: any PathListSource
    /// Share of the lists whose relevant row doesn't count.
    package var nothingRelevant = 0.1
    private let loss: ListwiseLoss

    package init(_ configuration: PathConfiguration, lists: any PathListSource, kernels: KernelTable = .best) {
        self.configuration = configuration
        self.lists = lists
        layout = PathParameters(configuration).layout
        loss = ListwiseLoss(kernels: kernels)
    }

    package func initialParameters(seed: UInt64) -> [Float] {
        PathParameters(configuration).initialValues(configuration, seed: seed)
    }

    package final class Worker {
        // Not Sendable on purpose: one thread's.
        fileprivate var model: PathModel?
        fileprivate let activations: PathActivations
        fileprivate var inputs = PathInputs()
        fileprivate var scores: [Float] = []
        fileprivate var labels: [Float] = []
        fileprivate var mask: [UInt8] = []
        fileprivate var slopes: [Float] = []

        fileprivate init(_ configuration: PathConfiguration) {
            activations = PathActivations(configuration, forTraining: true)
        }
    }

    package func makeWorker() -> Worker { Worker(configuration) }

    package func load(_ parameters: Floats, into worker: Worker) {
        worker.model = PathModel(
            configuration, values: Array(UnsafeBufferPointer(start: parameters, count: layout.count)))
    }

    package func accumulate(
        _ examples: ArraySlice<Int>, worker: Worker, gradients: MutableFloats, random: inout SplitMix64
    ) -> LossSum {
        var sum = LossSum()
        guard let model = worker.model else { return sum }
        for index in examples {
            worker.inputs.removeAll()
            let relevant = lists.fill(index, into: &worker.inputs)
            model.forward(worker.inputs, keeping: worker.activations)
            guard let value = loss(worker, relevant: relevant, hides: random.unit() < nothingRelevant) else { continue }
            sum += LossSum(loss: Double(value), weight: 1)
            model.backward(worker.inputs, kept: worker.activations, slopes: worker.slopes, gradients: gradients)
        }
        return sum
    }

    /// Leaves the gradient by every row's score in the worker.
    private func loss(_ worker: Worker, relevant: Int?, hides: Bool) -> Float? {
        let rows = worker.activations.rows
        let count = rows.count + 1
        worker.labels = [Float](repeating: 0, count: count)
        worker.mask = [UInt8](repeating: 1, count: count)
        worker.slopes = [Float](repeating: 0, count: count)
        worker.scores = rows + [0]
        // A row that abstains is ranked by others.
        for row in rows.indices where !rows[row].isFinite {
            worker.mask[row] = 0
            worker.scores[row] = 0
        }
        if hides, let relevant { worker.mask[relevant] = 0 }
        let winner = relevant.flatMap { worker.mask[$0] == 0 ? nil : $0 }
        worker.labels[winner ?? rows.count] = 1
        let value = loss(
            scores: worker.scores, labels: worker.labels, mask: worker.mask, count: count, weight: 1,
            gradient: &worker.slopes)
        for row in rows.indices where worker.mask[row] == 0 { worker.slopes[row] = 0 }
        worker.slopes.removeLast()
        return value
    }
}

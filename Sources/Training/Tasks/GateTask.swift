import Gate
import StateSpace

/// Trains how a gate ranks, by the listwise loss with the null candidate; its confidence is fitted afterwards (`GateTraining`).
///
/// Scorers are dropped at random per list, so that a missing scorer is an ordinary case: without it the gate's H+P lost to P alone
/// (references: learning.md, Gate).
package struct GateTask: TrainingTask {
    package let shape: GateShape
    package let layout: ParameterLayout
    /// Share of lists from which scorers are dropped; every non-empty subset of those that answered is then equally likely.
    package var dropout = 0.75
    private let kernels: KernelTable
    private let ranking: ListwiseLoss

    package init(_ shape: GateShape, kernels: KernelTable = .best) {
        self.shape = shape
        self.kernels = kernels
        ranking = ListwiseLoss(kernels: kernels)
        var layout = ParameterLayout()
        for entry in GatePlaces(shape).entries { layout.add(entry.name, entry.shape, decays: entry.decays) }
        self.layout = layout
    }

    /// Equal weights: the start that knows availability alone. Nothing in it is drawn.
    package func initialParameters() -> [Float] { GatePlaces(shape).initialParameters() }

    package final class Worker {
        var pass: GatePass
        /// [R + 1]: the rows and the null candidate.
        var scores: [Float] = []
        var labels: [Float] = []
        var mask: [UInt8] = []
        var slopes: [Float] = []

        fileprivate init(_ shape: GateShape) { pass = GatePass(shape) }
    }

    package func makeWorker() -> Worker { Worker(shape) }

    package func load(_ parameters: Floats, into worker: Worker) {
        worker.pass.load(UnsafeBufferPointer(start: parameters, count: layout.count))
    }

    package func accumulate(
        _ examples: ArraySlice<GateList>, worker: Worker, gradients: MutableFloats, random: inout SplitMix64
    ) -> LossSum {
        var sum = LossSum()
        for list in examples {
            sum += accumulate(list, among: subset(of: list.rows.answered, using: &random), worker, gradients)
        }
        return sum
    }

    private func accumulate(_ list: GateList, among allowed: UInt32, _ worker: Worker, _ gradients: MutableFloats) -> LossSum {
        worker.pass.forward(list.rows, allowed: allowed)
        // The relevant rows may all be among those that nobody scored: such a list says nothing of the order.
        guard worker.pass.answered != 0, let loss = loss(list, worker) else { return LossSum() }
        worker.slopes.withUnsafeBufferPointer { worker.pass.backward(list.rows, slopes: $0, gradients: gradients) }
        return LossSum(loss: Double(loss), weight: 1)
    }

    /// Mean loss over lists and every subset of the scorers that answered: what a gate is stopped by.
    ///
    /// - Parameter parameters: [layout.count].
    package func loss(of lists: [GateList], _ parameters: [Float], worker: Worker) -> LossSum {
        parameters.withUnsafeBufferPointer { worker.pass.load($0) }
        var sum = LossSum()
        for list in lists {
            for subset in GateSubsets.all(of: list.rows.answered) {
                worker.pass.forward(list.rows, allowed: subset)
                if let loss = loss(list, worker) { sum += LossSum(loss: Double(loss), weight: 1) }
            }
        }
        return sum
    }

    /// Not empty where anybody answered.
    func subset(of answered: UInt32, using random: inout SplitMix64) -> UInt32 {
        guard answered != 0, Double.random(in: 0..<1, using: &random) < dropout else { return answered }
        while true {
            let drawn = UInt32(truncatingIfNeeded: random.next()) & answered
            if drawn != 0 { return drawn }
        }
    }

    /// nil = the list doesn't count. Leaves the slopes in the worker.
    private func loss(_ list: GateList, _ worker: Worker) -> Float? {
        let count = list.labels.count
        worker.scores = worker.pass.scores.map { Float($0) } + [0]
        worker.labels = list.labels + [list.hasRelevant ? 0 : 1]
        worker.mask = (0..<count).map { worker.pass.isScored($0) ? 1 : 0 } + [1]
        worker.slopes = [Float](repeating: 0, count: count + 1)
        return worker.slopes.withUnsafeMutableBufferPointer { slopes -> Float? in
            // A list of rows and null candidate has at least one entry.
            guard let slopes = slopes.baseAddress else { return nil }
            return ranking(
                scores: worker.scores, labels: worker.labels, mask: worker.mask, count: count + 1, weight: 1, gradient: slopes)
        }
    }
}

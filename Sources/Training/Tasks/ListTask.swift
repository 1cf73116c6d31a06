import StateSpace

/// One list: a row per candidate, graded labels, one loss.
package struct LabelledList: Sendable {
    /// [T, F].
    package var rows: [Float]
    /// [T], at least 0.
    package var labels: [Float]
    /// [T], 0 = padding or not to be judged; nil = all count.
    package var mask: [UInt8]?
    /// g(δ) [T], or nil.
    package var gaps: [Float]?

    package init(rows: [Float], labels: [Float], mask: [UInt8]? = nil, gaps: [Float]? = nil) {
        self.rows = rows
        self.labels = labels
        self.mask = mask
        self.gaps = gaps
    }

    package var count: Int { labels.count }
}

/// A Mamba network that reads a list as a sequence and scores each of its rows, under the listwise loss.
package struct ListTask: TrainingTask {
    package let shape: NetworkShape
    package let layout: ParameterLayout
    private let gapRule: GapRule
    private let kernels: KernelTable
    private let loss: ListwiseLoss

    package init(_ shape: NetworkShape, gapRule: GapRule = .logarithm, kernels: KernelTable = .best) {
        precondition(shape.outputs == 1, "a list has one score per row")
        self.shape = shape
        self.gapRule = gapRule
        self.kernels = kernels
        layout = NetworkParameters(shape).layout
        loss = ListwiseLoss(kernels: kernels)
    }

    package func initialParameters(seed: UInt64) -> [Float] {
        let values = FloatBuffer(layout.count)
        var random = SplitMix64(seed: seed)
        NetworkParameters(shape).initialize(values.start, shape: shape, using: &random)
        return values.array
    }

    package final class Worker {
        let network: MambaNetwork
        fileprivate var tape: NetworkTape
        fileprivate var scores, slopes: FloatBuffer
        private var capacity = 0

        fileprivate init(_ network: MambaNetwork) {
            self.network = network
            tape = NetworkTape(network, capacity: 0)
            scores = FloatBuffer(0)
            slopes = FloatBuffer(0)
        }

        /// Grows by half beyond the longest list so far.
        fileprivate func reserve(_ rows: Int) {
            guard rows > capacity else { return }
            capacity = max(rows, capacity * 3 / 2)
            tape = NetworkTape(network, capacity: capacity)
            scores = FloatBuffer(capacity)
            slopes = FloatBuffer(capacity)
        }
    }

    package func makeWorker() -> Worker {
        Worker(MambaNetwork(shape, gapRule: gapRule, kernels: kernels, trains: true))
    }

    package func load(_ parameters: Floats, into worker: Worker) { worker.network.load(parameters) }

    package func accumulate(
        _ examples: ArraySlice<LabelledList>, worker: Worker, gradients: MutableFloats,
        random: inout SplitMix64
    ) -> LossSum {
        var sum = LossSum()
        for list in examples {
            worker.reserve(list.count)
            worker.network.forward(
                list.rows, rows: list.count, gaps: list.gaps, worker: worker)
            guard let loss = lossOf(list, worker) else { continue }
            sum += LossSum(loss: Double(loss), weight: 1)
            worker.network.backward(worker.slopes.start, tape: worker.tape, gradients: gradients)
        }
        return sum
    }

    /// Nil where the list doesn't count.
    private func lossOf(_ list: LabelledList, _ worker: Worker) -> Float? {
        func call(_ mask: UnsafePointer<UInt8>?) -> Float? {
            loss(
                scores: worker.scores.start, labels: list.labels, mask: mask, count: list.count, weight: 1,
                gradient: worker.slopes.start)
        }
        guard let mask = list.mask else { return call(nil) }
        return mask.withUnsafeBufferPointer { call($0.baseAddress) }
    }
}

extension MambaNetwork {
    fileprivate func forward(_ rows: [Float], rows count: Int, gaps: [Float]?, worker: ListTask.Worker) {
        if let gaps {
            forward(rows, rows: count, gaps: gaps, tape: worker.tape, to: worker.scores.start)
        } else {
            forward(rows, rows: count, tape: worker.tape, to: worker.scores.start)
        }
    }
}

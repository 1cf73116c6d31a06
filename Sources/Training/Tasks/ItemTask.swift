import StateSpace

/// A sequence to train on: every event but the first is a target of those before it.
package struct ItemSequence: Sendable {
    /// Rows of the table, oldest first; at least two.
    package var items: [Int32]
    /// g(δ) of each event, or nil where time doesn't count.
    package var gaps: [Float]?

    package init(items: [Int32], gaps: [Float]? = nil) {
        precondition(items.count >= 2, "one event predicts nothing")
        precondition(gaps.map { $0.count == items.count } ?? true, "one gap per event")
        self.items = items
        self.gaps = gaps
    }

    /// T: events that predict one.
    package var rows: Int { items.count - 1 }
}

/// Next-item prediction under a full softmax over all items (math 8, 12.4): all positions of a shard's sequences go
/// through the table together.
///
/// The trunk runs a second time before its backward pass, with the same dropout: it costs a hundredth of the softmax,
/// and so one tape does for all sequences.
package struct ItemTask: TrainingTask {
    package let shape: ItemShape
    package let layout: ParameterLayout
    /// Share of embeddings, mixer and feed-forward values that are dropped.
    package let dropout: Float
    package let augmentation: Augmentation
    /// Share of every target's weight that is spread evenly over all items.
    package let smoothing: Float
    private let gapRule: GapRule
    private let kernels: KernelTable

    package init(
        _ shape: ItemShape, dropout: Float = 0, augmentation: Augmentation = Augmentation(),
        smoothing: Float = 0, tableDecays: Bool = false,
        gapRule: GapRule = .logarithm, kernels: KernelTable = .best
    ) {
        self.shape = shape
        self.dropout = dropout
        self.augmentation = augmentation
        self.gapRule = gapRule
        self.kernels = kernels
        self.smoothing = smoothing
        layout = ItemParameters(shape, tableDecays: tableDecays).layout
    }

    /// Sequences changed at random each time they are trained on, where only their order is known: where gaps count, they
    /// stay as they are.
    package struct Augmentation: Sendable, Equatable {
        /// Share of events left out, so that an item also predicts the one after the next.
        package var leftOut: Double
        /// Share of sequences read backwards: what follows an item also says what came before it.
        package var reversed: Double

        package init(leftOut: Double = 0, reversed: Double = 0) {
            self.leftOut = leftOut
            self.reversed = reversed
        }

        func callAsFunction(_ sequence: ItemSequence, using random: inout SplitMix64) -> ItemSequence {
            guard sequence.gaps == nil, leftOut > 0 || reversed > 0 else { return sequence }
            let kept = leftOut > 0 ? sequence.items.filter { _ in random.unit() >= leftOut } : sequence.items
            let items = kept.count >= 2 ? kept : sequence.items
            return ItemSequence(items: random.unit() < reversed ? items.reversed() : items)
        }
    }

    package func initialParameters(seed: UInt64) -> [Float] {
        let values = FloatBuffer(layout.count)
        var random = SplitMix64(seed: seed)
        ItemParameters(shape).initialize(values.start, shape: shape, using: &random)
        return values.array
    }

    package final class Worker {
        let network: ItemNetwork
        let softmax: SoftmaxProduct
        let start: MambaState
        fileprivate private(set) var tape: ItemTape
        /// [T, D] of all positions of a shard: h and its gradient.
        fileprivate private(set) var hidden = FloatBuffer(0)
        fileprivate private(set) var slopes = FloatBuffer(0)

        fileprivate init(_ network: ItemNetwork) {
            self.network = network
            softmax = SoftmaxProduct(width: network.shape.width, kernels: network.kernels)
            start = network.makeState()
            tape = ItemTape(network.shape, capacity: 0, trains: true)
        }

        /// Grows by half beyond the largest so far.
        fileprivate func reserve(longest: Int, positions: Int) {
            let width = network.shape.width
            if longest > tape.capacity {
                tape = ItemTape(
                    network.shape, capacity: max(longest, tape.capacity * 3 / 2), trains: true)
            }
            if positions * width > hidden.count {
                hidden = FloatBuffer(max(positions * width, hidden.count * 3 / 2))
                slopes = FloatBuffer(hidden.count)
            }
        }
    }

    package func makeWorker() -> Worker {
        Worker(ItemNetwork(shape, gapRule: gapRule, kernels: kernels, trains: true))
    }

    package func load(_ parameters: Floats, into worker: Worker) { worker.network.load(parameters) }

    package func accumulate(
        _ sequences: ArraySlice<ItemSequence>, worker: Worker, gradients: MutableFloats,
        random: inout SplitMix64
    ) -> LossSum {
        let examples = sequences.map { augmentation($0, using: &random) }
        let positions = examples.reduce(0) { $0 + $1.rows }
        guard positions > 0 else { return LossSum() }
        worker.reserve(longest: examples.reduce(0) { max($0, $1.rows) }, positions: positions)
        let width = shape.width
        let seeds = examples.map { _ in random.next() }
        var targets: [Int32] = []
        targets.reserveCapacity(positions)
        for (example, seed) in zip(examples, seeds) {
            run(example, seed, worker, to: worker.hidden.start + targets.count * width)
            targets += example.items.dropFirst()
        }
        let loss = worker.softmax.loss(
            worker.network, hidden: worker.hidden.start, targets: targets, rows: positions, smoothing: smoothing,
            dHidden: worker.slopes.start, gradients: gradients)
        var first = 0
        for (example, seed) in zip(examples, seeds) {
            run(example, seed, worker, to: worker.hidden.start + first * width)
            withPass(example) { pass in
                worker.network.backward(
                    worker.slopes.start + first * width, pass, tape: worker.tape, gradients: gradients)
            }
            first += example.rows
        }
        return LossSum(loss: loss, weight: Double(positions))
    }

    private func run(_ example: ItemSequence, _ seed: UInt64, _ worker: Worker, to hidden: MutableFloats) {
        worker.start.reset()
        var dropout = Dropout(rate: dropout, seed: seed)
        withPass(example) { pass in
            worker.network.forward(
                pass, state: worker.start, tape: worker.tape, dropout: &dropout, to: hidden)
        }
    }

    /// The events that predict: all but the last.
    private func withPass(_ example: ItemSequence, _ body: (ItemPass) -> Void) {
        example.items.withUnsafeBufferPointer { items in
            // Force unwraps: a sequence has at least two events.
            guard let gaps = example.gaps else {
                return body(ItemPass(items: items.baseAddress!, rows: example.rows))
            }
            gaps.withUnsafeBufferPointer {
                body(ItemPass(items: items.baseAddress!, gaps: $0.baseAddress!, rows: example.rows))
            }
        }
    }
}

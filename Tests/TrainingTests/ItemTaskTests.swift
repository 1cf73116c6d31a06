import Glibc
import StateSpace
import Testing
import Training

/// Next-item training: gradients, repeats, and that something is learned.
@Suite struct ItemTaskTests {
    /// Every part that a gradient passes: gaps, feed-forward, item bias, two layers.
    static let shape = ItemShape(
        items: 23, mixer: MixerShape(width: 8, state: 4, timeDecay: true), layers: 2, expansion: 2,
        hasItemBias: true)

    static func sequences(_ count: Int, seed: UInt64, hasGaps: Bool = true) -> [ItemSequence] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in
            let length = Int.random(in: 2...12, using: &random)
            return ItemSequence(
                items: (0..<length).map { _ in Int32.random(in: 1...23, using: &random) },
                gaps: hasGaps ? (0..<length).map { _ in Float(2 * random.unit()) } : nil)
        }
    }

    static func trainer(
        _ task: ItemTask, threads: Int = 2, steps: Int = 20, rate: Double = 5e-3
    ) -> Trainer<ItemTask> {
        var options = Trainer<ItemTask>.Options(
            rate: LearningRate(peak: rate, warmUpSteps: 4, totalSteps: steps))
        options.seed = 11
        options.threads = threads
        var parameters = task.initialParameters(seed: 3)
        // Embeddings of a trained size: at 0.02 all logits are alike and few slopes show.
        for index in 0..<(task.shape.tableRows * task.shape.width) { parameters[index] *= 25 }
        return Trainer(task, parameters: parameters, options: options)
    }

    /// With dropout the masks depend on the seed and the step alone, so the loss has a slope all the same.
    @Test(arguments: [(Float(0), Float(0)), (0.3, 0), (0.2, 0.1)])
    func theGradientIsTheSlopeOfTheMeanLoss(_ dropout: Float, _ smoothing: Float) {
        let task = ItemTask(Self.shape, dropout: dropout, smoothing: smoothing)
        let trainer = Self.trainer(task)
        let batch = Self.sequences(9, seed: 5)
        let gradient = trainer.gradient(of: batch).gradient
        for entry in task.layout.entries {
            var random = SplitMix64(seed: 9)
            let direction = entry.range.map { _ in Float(random.normal()) }
            let start = trainer.parameters[entry]
            func loss(_ step: Float) -> Double {
                for (index, value) in start.enumerated() {
                    trainer.parameters.start[entry.offset + index] = value + step * direction[index]
                }
                // Row 0 is zero and stays zero.
                if entry.name == "items.weight" {
                    for index in 0..<Self.shape.width { trainer.parameters.start[entry.offset + index] = 0 }
                }
                return trainer.gradient(of: batch).loss
            }
            let length = sqrt(direction.reduce(0) { $0 + $1 * $1 })
            let h = 4e-3 / length
            let slope = (loss(h) - loss(-h)) / Double(2 * h)
            _ = loss(0)
            var analytic = 0.0
            for (index, part) in zip(entry.range, direction) { analytic += Double(gradient[index] * part) }
            // float32 losses: 1e-7 of rounding over a step of 4e-3, and h² of the third derivative.
            let allowed = 4e-4 + 5e-3 * abs(analytic)
            #expect(abs(slope - analytic) < allowed, "\(entry.name): \(slope), \(analytic)")
        }
    }

    @Test func theLossIsThatOfAPlainSoftmaxAtEveryPosition() {
        let task = ItemTask(Self.shape)
        let trainer = Self.trainer(task)
        let batch = Self.sequences(4, seed: 6)
        let network = ItemNetwork(Self.shape)
        network.load(trainer.parameters.start)
        let tape = ItemTape(Self.shape, capacity: 12, trains: false)
        let hidden = FloatBuffer(12 * Self.shape.width)
        var scores = [Float](repeating: 0, count: Self.shape.tableRows)
        var (total, count) = (0.0, 0)
        for sequence in batch {
            var dropout = Dropout.none
            // Forced: these sequences have gaps, and none is empty.
            sequence.gaps!.withUnsafeBufferPointer { gaps in
                sequence.items.withUnsafeBufferPointer { items in
                    network.forward(
                        ItemPass(items: items.baseAddress!, gaps: gaps.baseAddress!, rows: sequence.rows),
                        state: network.makeState(), tape: tape, dropout: &dropout, to: hidden.start)
                }
            }
            for row in 0..<sequence.rows {
                network.scoreAll(hidden.start + row * Self.shape.width, to: &scores)
                let sum = scores.dropFirst().reduce(0.0) { $0 + exp(Double($1)) }
                total += log(sum) - Double(scores[Int(sequence.items[row + 1])])
                count += 1
            }
        }
        #expect(abs(trainer.gradient(of: batch).loss - total / Double(count)) < 2e-6)
    }

    @Test func aSequenceReadBackwardsOrWithEventsLeftOutKeepsItsItems() {
        let task = ItemTask(
            ItemShape(items: 23, mixer: MixerShape(width: 8, state: 4)),
            augmentation: .init(leftOut: 0.9, reversed: 1))
        let plain = ItemTask(ItemShape(items: 23, mixer: MixerShape(width: 8, state: 4)))
        // Of two events none can be left out, so the one position is that of the reversed pair.
        let pair = ItemSequence(items: [4, 9])
        let loss = Self.trainer(task).gradient(of: [pair]).loss
        #expect(loss == Self.trainer(plain).gradient(of: [ItemSequence(items: [9, 4])]).loss)
        #expect(loss != Self.trainer(plain).gradient(of: [pair]).loss)
    }

    @Test func aRunWithDropoutRepeatsBitForBitOnAnyNumberOfThreads() throws {
        let task = ItemTask(Self.shape, dropout: 0.4)
        let runs = [1, 2, 3].map { Self.trainer(task, threads: $0) }
        for trainer in runs {
            var source = ShuffledBatches(
                Self.sequences(40, seed: 1), size: 9, seed: 2, buckets: .init(batches: 3) { $0.rows })
            for _ in 0..<8 { _ = try trainer.update(from: &source) }
        }
        #expect(runs[0].parameters.array == runs[1].parameters.array)
        #expect(runs[0].parameters.array == runs[2].parameters.array)
    }

    @Test func theUnknownItemStaysZero() throws {
        let task = ItemTask(Self.shape)
        let trainer = Self.trainer(task)
        var source = ShuffledBatches(Self.sequences(20, seed: 1), size: 5, seed: 2)
        for _ in 0..<6 { _ = try trainer.update(from: &source) }
        #expect(trainer.parameters.array.prefix(Self.shape.width).allSatisfy { $0 == 0 })
    }

    /// What follows depends on the item before the last, so the table alone can't tell.
    @Test func whatComesNextIsLearned() throws {
        let shape = ItemShape(items: 12, mixer: MixerShape(width: 16, state: 8), layers: 1, expansion: 2)
        let task = ItemTask(shape)
        var random = SplitMix64(seed: 4)
        let examples = (0..<150).map { _ in
            var items = [Int32.random(in: 1...12, using: &random), Int32.random(in: 1...12, using: &random)]
            while items.count < 10 { items.append((items[items.count - 1] + items[items.count - 2]) % 12 + 1) }
            return ItemSequence(items: items)
        }
        let trainer = Self.trainer(task, steps: 400, rate: 1e-2)
        var source = ShuffledBatches(examples, size: 15, seed: 1)
        var losses: [Double] = []
        try trainer.run(&source, until: 400) { progress in
            losses.append(progress.report.loss)
            return true
        }
        // The first target of a sequence is free, 1/9 of ln 12.
        #expect(losses.suffix(20).reduce(0, +) / 20 < 0.6, "\(losses.suffix(5))")
    }
}

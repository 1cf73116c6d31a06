import Glibc
import StateSpace
import Testing
import Training

/// The loop: batches, shards, threads, checkpoints.
@Suite struct TrainerTests {
    static let shape = NetworkShape(
        inputs: 5, mixer: MixerShape(width: 8, state: 4, timeDecay: true), layers: 2)
    static let task = ListTask(shape)

    /// Ragged lists whose first column decides; some with padding, one without a relevant row.
    static func lists(_ count: Int, seed: UInt64) -> [LabelledList] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { number in
            let length = Int.random(in: 2...19, using: &random)
            let rows = (0..<length * 5).map { _ in Float(random.normal()) }
            let best = (0..<length).max { rows[$0 * 5] < rows[$1 * 5] }
            let labels = (0..<length).map { Float($0 == best && number % 7 != 3 ? 1 : 0) }
            let mask = (0..<length).map { UInt8($0 == length - 1 && number % 3 == 0 ? 0 : 1) }
            let gaps = (0..<length).map { _ in Float(random.unit()) }
            return LabelledList(
                rows: rows, labels: labels, mask: number % 3 == 0 ? mask : nil,
                gaps: number % 2 == 0 ? gaps : nil)
        }
    }

    static func trainer(threads: Int, accumulation: Int = 1, steps: Int = 20) -> Trainer<ListTask> {
        var options = Trainer<ListTask>.Options(
            rate: LearningRate(peak: 5e-3, warmUpSteps: 4, totalSteps: steps))
        options.seed = 11
        options.threads = threads
        options.accumulation = accumulation
        return Trainer(task, parameters: task.initialParameters(seed: 3), options: options)
    }

    static func source() -> ShuffledBatches<LabelledList> {
        ShuffledBatches(
            lists(50, seed: 1), size: 9, seed: 2, buckets: .init(batches: 3) { $0.count })
    }

    @Test func theGradientIsTheSlopeOfTheMeanLoss() {
        let trainer = Self.trainer(threads: 2)
        let batch = Self.lists(7, seed: 5)
        let gradient = trainer.gradient(of: batch).gradient
        for entry in Self.task.layout.entries {
            var random = SplitMix64(seed: 9)
            let direction = entry.range.map { _ in Float(random.normal()) }
            let start = trainer.parameters[entry]
            func loss(_ step: Float) -> Double {
                for (index, value) in start.enumerated() {
                    trainer.parameters.start[entry.offset + index] = value + step * direction[index]
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
            let allowed = 3e-4 + 5e-3 * abs(analytic)
            #expect(abs(slope - analytic) < allowed, "\(entry.name): \(slope), \(analytic)")
        }
    }

    @Test(arguments: [2, 3, 4]) func aRunRepeatsBitForBitOnAnyNumberOfThreads(_ threads: Int) throws {
        let alone = Self.trainer(threads: 1)
        let several = Self.trainer(threads: threads)
        var (first, second) = (Self.source(), Self.source())
        for _ in 0..<12 {
            let (a, b) = (try alone.update(from: &first), try several.update(from: &second))
            #expect(a == b)
        }
        #expect(alone.parameters.array == several.parameters.array)
        #expect(alone.parameters.array != Self.task.initialParameters(seed: 3))
    }

    @Test func twentyStepsAreTenACheckpointAndTen() throws {
        let path = "/tmp/mneme-checkpoint-\(getpid()).safetensors"
        defer { unlink(path) }
        let straight = Self.trainer(threads: 2, accumulation: 2)
        var source = Self.source()
        try straight.run(&source, until: 20)

        let before = Self.trainer(threads: 2, accumulation: 2)
        var early = Self.source()
        try before.run(&early, until: 10, checkpoint: CheckpointPlan(path: path))
        let after = Self.trainer(threads: 1, accumulation: 2)
        var late = Self.source()
        try after.resume(from: path, late)
        #expect(after.step == 10)
        try after.run(&late, until: 20)

        #expect(after.parameters.array == straight.parameters.array)
        #expect(after.optimizer.first.array == straight.optimizer.first.array)
        #expect(after.optimizer.second.array == straight.optimizer.second.array)
        #expect(after.optimizer.steps == straight.optimizer.steps)
    }

    @Test func aCheckpointOfAnotherRunIsRefusedAndNothingChanges() throws {
        let path = "/tmp/mneme-other-checkpoint-\(getpid()).safetensors"
        defer { unlink(path) }
        let trainer = Self.trainer(threads: 1)
        var source = Self.source()
        try trainer.run(&source, until: 1, checkpoint: CheckpointPlan(path: path))
        let other = Self.trainer(threads: 1)
        let strange = ShuffledBatches(Self.lists(50, seed: 1), size: 9, seed: 3)
        let error = #expect(throws: SafetensorsError.self) { try other.resume(from: path, strange) }
        #expect(error?.place == "metadata \"source\"")
        #expect(other.step == 0 && other.parameters.array == Self.task.initialParameters(seed: 3))
    }

    @Test func learningTellsTheBestRow() throws {
        let trainer = Self.trainer(threads: 2, steps: 120)
        var source = ShuffledBatches(Self.lists(200, seed: 4), size: 10, seed: 1)
        var losses: [Double] = []
        try trainer.run(&source, until: 120) { progress in
            losses.append(progress.report.loss)
            return true
        }
        let (before, after) = (losses.prefix(10).reduce(0, +), losses.suffix(10).reduce(0, +))
        #expect(after < 0.6 * before)
    }

    @Test func anEpochHasEveryExampleOnceInAnotherOrderEachTime() {
        for buckets in [nil, ShuffledBatches<Int>.Buckets(batches: 2) { $0 % 5 }] {
            var source = ShuffledBatches(Array(0..<23), size: 5, seed: 8, buckets: buckets)
            func epoch(_ number: Int) -> [[Int]] { (0..<5).map { source.batch(number * 5 + $0) } }
            let (first, second) = (epoch(0), epoch(1))
            #expect(first.flatMap { $0 }.sorted() == Array(0..<23))
            #expect(second.flatMap { $0 }.sorted() == Array(0..<23))
            #expect(first != second)
            // Asked for again, in any order, a batch is the same.
            #expect(source.batch(2) == first[2] && source.batch(7) == second[2])
            #expect(source.place(of: 7) == BatchPlace(epoch: 1, position: 2))
        }
    }

    @Test func bucketsPutLikeLengthsSideBySide() {
        var source = ShuffledBatches(
            Array(0..<64), size: 8, seed: 8, buckets: .init(batches: 8) { $0 })
        for index in 0..<8 {
            let lengths = source.batch(index).sorted()
            #expect(lengths == Array(lengths[0]..<lengths[0] + 8))
        }
    }

    @Test func aBatchWithoutAnythingToLearnLeavesTheParametersAlone() throws {
        let trainer = Self.trainer(threads: 2)
        let empty = LabelledList(rows: Array(repeating: 1, count: 15), labels: [0, 0, 0])
        var source = ShuffledBatches([empty], size: 1, seed: 1)
        let report = try trainer.update(from: &source)
        #expect(report.loss == 0 && trainer.step == 1 && trainer.optimizer.steps == 0)
        #expect(trainer.parameters.array == Self.task.initialParameters(seed: 3))
    }

    @Test func divergenceIsSaidAndTheParametersStay() throws {
        let trainer = Self.trainer(threads: 2)
        let wild = LabelledList(rows: Array(repeating: .nan, count: 15), labels: [1, 0, 0])
        var source = ShuffledBatches([wild], size: 1, seed: 1)
        #expect(throws: TrainingError.self) { try trainer.update(from: &source) }
        #expect(trainer.parameters.array == Self.task.initialParameters(seed: 3))
    }
}

@Suite struct LogisticLossTests {
    @Test func itsGradientIsItsSlope() {
        let loss = LogisticLoss(positiveWeight: 3)
        let labels: [Float] = [1, 0, 1, 0, 0.25]
        let scores: [Float] = [0.3, -1.2, -30, 30, 2]
        let mask: [UInt8] = [1, 1, 1, 1, 1]
        var gradient = [Float](repeating: 9, count: 5)
        func value(_ scores: [Float]) -> Double {
            var unused = [Float](repeating: 0, count: 5)
            return loss(scores: scores, labels: labels, mask: mask, count: 5, gradient: &unused).loss
        }
        let sum = loss(scores: scores, labels: labels, mask: mask, count: 5, weight: 2, gradient: &gradient)
        #expect(sum.weight == 5)
        for index in scores.indices {
            var (up, down) = (scores, scores)
            up[index] += 1 / 64
            down[index] -= 1 / 64
            let slope = (value(up) - value(down)) * 32
            #expect(abs(Double(gradient[index]) - 2 * slope) < 1e-3)
        }
    }

    @Test func largeLogitsStayFiniteAndMaskedOnesDontCount() {
        var gradient: [Float] = [5, 5, 5]
        let sum = LogisticLoss()(
            scores: [500, -500, 1], labels: [0, 1, 1], mask: [1, 1, 0], count: 3, gradient: &gradient)
        #expect(sum == LossSum(loss: 1000, weight: 2))
        #expect(gradient == [1, -1, 0])
    }
}

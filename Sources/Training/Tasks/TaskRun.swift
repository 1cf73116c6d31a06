import StateSpace

/// Trains one block on one synthetic task and tests it at other lengths (ssm-math 12.6).
package struct TaskRun {
    /// The raw values are the command's words.
    package enum Block: String, Sendable, CaseIterable {
        case mamba, s4d, mamba3
    }

    package var task: SyntheticTask
    package var block: Block
    /// Of Mamba-3.
    package var rotates = true
    package var steps: Int
    package var seed: UInt64 = 1
    package var threads = 2
    package var learningRate: Double
    /// Of the rate, at the end of a cosine; 1 keeps it constant.
    package var rateFloor = 1.0
    package var weightDecay = 0.0
    /// Of the labels.
    package var smoothing: Float = 0
    package var embeddingScale = 0.02
    package var batch = 32
    /// Ends early once the accuracy at the training length, measured every `interval` steps, is at least this.
    package var target: Double?
    package var interval = 50
    package var testExamples = 512

    package init(task: SyntheticTask, block: Block, steps: Int) {
        self.task = task
        self.block = block
        self.steps = steps
        learningRate = 2e-3
        guard task == .parity else { return }
        // Right answers alone let phase and decay drift as far as the longest training sequence forgives. Smoothed
        // labels ask for one and the same logit at every length, and a falling rate lets the angles settle there.
        learningRate = 5e-3
        rateFloor = 0.01
        smoothing = 0.1
    }

    /// Two layers of width 64; one of width 32 where a single layer's state is the question (parity).
    package var shape: TokenShape {
        let (width, layers) = task == .parity ? (32, 1) : (64, 2)
        let sequence: SequenceBlock =
            switch block {
            case .mamba: .mamba(MixerShape(width: width, state: 16, taps: 4))
            case .s4d: .s4d(width: width, stateSize: 64)
            case .mamba3: .mamba3(mamba3(width), rotates: rotates)
            }
        return TokenShape(
            vocabulary: task.vocabulary, outputs: task.outputs, layers: layers, block: sequence)
    }

    private func mamba3(_ width: Int) -> Mamba3Shape {
        guard task == .parity else { return Mamba3Shape(width: width, state: 16, headWidth: 16) }
        // One rotated pair is all that parity needs. Phases and decays of several pairs compensate one another up to the
        // longest training sequence, and no further; so do heavy decays, which can't come near 1.
        return Mamba3Shape(width: width, state: 2, headWidth: 16, angles: 1, decay: .softplus)
    }

    /// One measured point of the curve.
    package struct Point: Sendable, Equatable {
        package var step: Int
        /// Mean over the steps since the last point.
        package var loss: Double
        /// At the training length.
        package var accuracy: Double
        /// Of training alone, tests not counted.
        package var seconds: Double
    }

    package struct Test: Sendable, Equatable {
        package var length: Int
        package var accuracy: Double
        package var examples: Int
    }

    package struct Report: Sendable, Equatable {
        package var parameters: Int
        package var steps: Int
        package var loss: Double
        package var seconds: Double
        package var examplesPerSecond: Double
        package var reachedTarget: Bool
        package var tests: [Test]
    }

    package struct Files: Sendable {
        package var weights: String?
        package var checkpoint: String?
        package var resume: String?
        package init(weights: String? = nil, checkpoint: String? = nil, resume: String? = nil) {
            self.weights = weights
            self.checkpoint = checkpoint
            self.resume = resume
        }
    }

    package func run(
        _ files: Files = Files(), onStep: (TrainingProgress) -> Void = { _ in },
        onPoint: (Point) throws -> Void = { _ in }
    ) throws -> Report {
        let model = TokenTask(shape, smoothing: smoothing)
        let trainer = Trainer(model, parameters: model.initialParameters(embeddingScale: embeddingScale, seed: seed), options: options)
        var source = task.batches(size: batch, steps: steps, seed: seed)
        if let path = files.resume { try trainer.resume(from: path, source) }
        let held = task.testExamples(length: task.trainingLength, count: testExamples, seed: seed)
        var meter = Meter(isAtTarget: target.map { target in { $0 >= target } })
        try trainer.run(&source, until: steps, checkpoint: files.checkpoint.map { CheckpointPlan(path: $0) }) {
            progress in
            onStep(progress)
            meter.add(progress)
            guard progress.report.step % interval == 0 || progress.report.step == steps else { return true }
            let point = meter.point { trainer.accuracy(on: held) }
            try onPoint(point)
            return !meter.reachedTarget
        }
        if let path = files.weights { try write(trainer, to: path) }
        return report(trainer, model, meter)
    }

    private var options: Trainer<TokenTask>.Options {
        // The calibration's: Adam without decay, a constant rate (but for parity), clipping at 1.
        var options = Trainer<TokenTask>.Options(
            rate: LearningRate(peak: learningRate, totalSteps: steps, floor: rateFloor))
        options.seed = seed
        options.threads = threads
        options.rule.weightDecay = weightDecay
        return options
    }

    private func report(_ trainer: Trainer<TokenTask>, _ model: TokenTask, _ meter: Meter) -> Report {
        let tests = task.testLengths.map { length in
            let examples = task.testExamples(length: length, count: testExamples, seed: seed)
            return Test(length: length, accuracy: trainer.accuracy(on: examples), examples: testExamples)
        }
        return Report(
            parameters: model.layout.count, steps: trainer.step, loss: meter.lastLoss, seconds: meter.seconds,
            examplesPerSecond: meter.examplesPerSecond, reachedTarget: meter.reachedTarget, tests: tests)
    }

    private func write(_ trainer: Trainer<TokenTask>, to path: String) throws {
        var writer = SafetensorsWriter(metadata: [
            "model": "tokens", "block": block.rawValue, "rotates": String(rotates), "task": task.rawValue,
            "steps": String(trainer.step), "seed": String(seed),
        ])
        trainer.task.layout.add(trainer.parameters.array, to: &writer)
        try writer.write(to: path)
    }
}

/// Adds up losses and time between two points; the tests' own time is taken out.
private struct Meter {
    let isAtTarget: ((Double) -> Bool)?
    private(set) var reachedTarget = false
    private(set) var lastLoss = 0.0
    private(set) var seconds = 0.0
    private(set) var examples = 0
    private var testing = 0.0
    private var step = 0
    private var losses: (sum: Double, count: Int) = (0, 0)

    init(isAtTarget: ((Double) -> Bool)?) { self.isAtTarget = isAtTarget }

    var examplesPerSecond: Double { Double(examples) / max(seconds, 1e-9) }

    mutating func add(_ progress: TrainingProgress) {
        step = progress.report.step
        examples += progress.report.examples
        seconds = progress.seconds - testing
        losses.sum += progress.report.loss
        losses.count += 1
        lastLoss = progress.report.loss
    }

    mutating func point(_ accuracy: () -> Double) -> TaskRun.Point {
        let start = ContinuousClock.now
        let value = accuracy()
        testing += (ContinuousClock.now - start) / .seconds(1)
        reachedTarget = isAtTarget?(value) ?? false
        defer { losses = (0, 0) }
        return TaskRun.Point(
            step: step, loss: losses.sum / Double(max(losses.count, 1)), accuracy: value, seconds: seconds)
    }
}

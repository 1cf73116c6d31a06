import Dispatch
import Evaluation
import StateSpace
import Synchronization
import Synthetic
import Training

/// Trains a sequence scorer on planted worlds, from clear to difficult.
package struct PlantedTraining: Sendable {
    package enum Columns: String, Sendable, CaseIterable { case memory, all, noTime = "no-time", noContent = "no-content" }

    package var seed: UInt64 = 1
    package var columns = Columns.all
    /// 0 = no trunk.
    package var layers = 2
    package var width = 32
    package var state = 16
    package var codeWidth = 16
    package var readers = 32
    package var pointwise = 64
    package var listMode = false
    package var isResidual = true
    package var usesGaps = true
    /// Worlds of all stages together.
    package var worlds = 1_000
    /// Passes over each stage's histories.
    package var passes = 6
    package var batch = 16
    package var learningRate = 3e-3
    package var threads = 2
    package var settings = WorldSettings()
    package var hasCurriculum = true

    package init() {}

    package struct Result: Sendable {
        package var file: ScorerFile
        package var parameters: Int
        package var steps: Int
        package var bestStep: Int
        package var seconds: Double
        package var curve: [Double]
    }

    /// Stages of seed 000 with the last at 20 dB: a mix down to 5 dB cost the cycle canary (learning.md).
    struct Stage {
        var share: Double
        var window: Int
        var decibels: Double
        var hardNegatives: Double
    }

    static let stages = [
        Stage(share: 0.2, window: 20, decibels: 30, hardNegatives: 0),
        Stage(share: 0.3, window: 50, decibels: 25, hardNegatives: 0.25),
        Stage(share: 0.3, window: 128, decibels: 20, hardNegatives: 0.5),
        Stage(share: 0.2, window: 128, decibels: 20, hardNegatives: 0.75),
    ]

    /// Histories of worlds `seeds`, in their order.
    static func histories(_ sample: PlantedSample, seeds: Range<UInt64>, threads: Int) throws -> [PlantedHistory] {
        let found = Mutex<[Int: [PlantedHistory]]>([:])
        let failure = Mutex<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            for (place, seed) in seeds.enumerated() where place % threads == thread {
                do {
                    let made = try sample.histories(seed: seed)
                    found.withLock { $0[place] = made }
                } catch {
                    failure.withLock { $0 = error }
                }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        return found.withLock { found in (0..<seeds.count).flatMap { found[$0] ?? [] } }
    }

    var rowColumns: [String] {
        switch columns {
        case .memory: PlantedColumns.memory
        case .all: PlantedColumns.all
        case .noTime: PlantedColumns.all.filter { !Self.isTime($0) }
        case .noContent: PlantedColumns.all.filter { Self.isTime($0) }
        }
    }

    /// Columns that say when, rather than what.
    static func isTime(_ name: String) -> Bool {
        let words = ["age", "tod", "dow", "moy", "gap", "hour", "decay", "count_", "burst", "in_session"]
        return words.contains { name.contains($0) }
    }

    package var shape: ScorerShape {
        var mixer = MixerShape(width: width, state: state)
        mixer.timeDecay = usesGaps
        return ScorerShape(
            eventColumns: PlantedColumns.events.count, rowColumns: rowColumns.count, codeWidth: layers == 0 ? 0 : codeWidth,
            mixer: mixer, layers: layers, readers: layers == 0 ? 0 : readers, pointwise: pointwise,
            list: listMode ? .init(mixer: MixerShape(width: 32, state: 16), layers: 2) : nil, isResidual: isResidual)
    }

    package func run(progress: (Int, Int, Double) -> Void = { _, _, _ in }) throws -> Result {
        let shape = shape
        var random = StateSpace.SplitMix64(seed: seed)
        let description = ScorerDescription(
            eventColumns: PlantedColumns.events, rowColumns: rowColumns, referenceSeconds: 3600, stateID: random.next(),
            replayEvents: 256, hasNull: true)
        let stages = hasCurriculum ? Self.stages : [Stage(share: 1, window: 128, decibels: 20, hardNegatives: 0.5)]
        // Seeds of worlds: a million apart per run, so that no two runs and no evaluation share a world.
        var next = seed &* 1_000_000
        var raw: [[PlantedHistory]] = []
        for stage in stages {
            var sample = PlantedSample(settings: settings)
            sample.window = stage.window
            sample.settings.noise.decibels = stage.decibels
            sample.settings.hardNegatives = stage.hardNegatives
            let count = UInt64(max(1, Double(worlds) * stage.share))
            raw.append(try Self.histories(sample, seeds: next..<next + count, threads: threads))
            next += count
        }
        let scaling = PlantedScaling(description, shape, from: Array(raw.suffix(2).joined().prefix(400)))
        var other = PlantedSample(settings: .other)
        other.settings.noise.decibels = 20
        let judged = scaling.scaled(try Self.histories(other, seeds: 900_000_000..<900_000_060, threads: threads))
        let task = ScorerTask(shape, gapRule: description.gapRule, hasNull: true, longest: (128, 60))
        var staged: [StagedBatches<ScorerHistory>.Stage] = []
        for (place, histories) in raw.enumerated() {
            let source = ShuffledBatches(scaling.scaled(histories), size: batch, seed: seed &+ UInt64(place))
            staged.append(.init(batches: source.batchesPerEpoch * passes, source: source))
        }
        raw = []
        let steps = staged.reduce(0) { $0 + $1.batches }
        var source = StagedBatches(staged)
        return try train(task, description, scaling, &source, steps: steps, judged: judged, progress)
    }

    private func train(
        _ task: ScorerTask, _ description: ScorerDescription, _ scaling: PlantedScaling,
        _ source: inout StagedBatches<ScorerHistory>, steps: Int, judged: [ScorerHistory],
        _ progress: (Int, Int, Double) -> Void
    ) throws -> Result {
        var options = Trainer<ScorerTask>.Options(
            rate: LearningRate(peak: learningRate, warmUpSteps: steps / 20, totalSteps: steps, floor: 0.02))
        options.seed = seed
        options.threads = threads
        options.rule.weightDecay = 0.01
        let trainer = Trainer(task, parameters: task.initialParameters(seed: seed), options: options)
        let judge = task.makeWorker()
        var best = (loss: Double.infinity, step: 0, values: trainer.parameters.array)
        var curve: [Double] = []
        var seconds = 0.0
        let interval = max(1, steps / 20)
        try trainer.run(&source, until: steps) { now in
            seconds = now.seconds
            progress(now.report.step, steps, now.report.loss)
            guard now.report.step % interval == 0 || now.report.step == steps else { return true }
            task.load(Floats(trainer.parameters.start), into: judge)
            let loss = task.loss(of: judged, worker: judge).mean
            curve.append(loss)
            if loss < best.loss { best = (loss, now.report.step, trainer.parameters.array) }
            return true
        }
        let file = ScorerFile(description: description, shape: scaling.shape, scales: scaling.scales, values: best.values)
        return Result(
            file: file, parameters: task.layout.count, steps: steps, bestStep: best.step, seconds: seconds, curve: curve)
    }
}

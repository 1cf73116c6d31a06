import Evaluation
import StateSpace
import Synthetic
import Training

/// Trains a sequence scorer on planted worlds, from clear to difficult.
package struct PlantedTraining: Sendable {
    package enum Columns: String, Sendable, CaseIterable { case memory, all, noTime, timeOnly }
    package enum Block: String, Sendable, CaseIterable { case mamba, mamba3, s4d }

    /// 1 to 800: from 900 million on lie the worlds that judge a run.
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
    /// With the matrix that makes a state fit into 256 bytes: many times as large as the weights themselves.
    package var isCompact = false
    /// Worlds of all stages together.
    package var worlds = 1_000
    /// Passes over each stage's histories.
    package var passes = 6
    package var batch = 16
    package var learningRate = 3e-3
    package var threads = 2
    package var settings = WorldSettings()
    package var hasCurriculum = true
    package var block = Block.mamba
    /// False = Mamba-1 with learned constants for Δ, B and C.
    package var isSelective = true
    /// Share of lists in which one planted signal decides.
    package var situations = 0.45
    /// Longest stretch of events.
    package var window = 128
    /// Worlds per canary when a stopping point is chosen; 0 = by the loss alone.
    package var canaryWorlds = 40

    package init() {}

    package struct Result: Sendable {
        package var file: ScorerFile
        package var parameters: Int
        package var steps: Int
        package var bestStep: Int
        /// Of the updates alone.
        package var seconds: Double
        /// On held-out worlds with other seeds and other settings.
        package var validationLoss: Double
        /// Of the quick trial by which the stopping point was chosen; nil = the loss chose.
        package var canariesPassed: Int?
        package var dual: DualError?
        /// Validation loss, twenty times over the run.
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
        let first = seeds.lowerBound
        return try Parallel.map(0..<seeds.count, threads: threads) { try sample.histories(seed: first &+ UInt64($0)) }
            .flatMap { $0 }
    }

    var rowColumns: [String] {
        switch columns {
        case .memory: PlantedColumns.memory
        case .all: PlantedColumns.all
        case .noTime: PlantedColumns.all.filter { !Self.isTime($0) }
        case .timeOnly: PlantedColumns.all.filter { Self.isTime($0) }
        }
    }

    /// Columns that say when, rather than what.
    static func isTime(_ name: String) -> Bool {
        let words = ["age_days", "tod_", "dow_", "moy_", "gap", "hour_", "decay_", "count_", "burst", "in_session"]
        return words.contains { name.contains($0) }
    }

    package var shape: ScorerShape {
        var mixer = MixerShape(width: width, state: state)
        mixer.timeDecay = usesGaps
        mixer.isSelective = isSelective
        var shape = ScorerShape(
            eventColumns: PlantedColumns.events.count, rowColumns: rowColumns.count, codeWidth: layers == 0 ? 0 : codeWidth,
            mixer: mixer, layers: layers, readers: layers == 0 ? 0 : readers, pointwise: pointwise,
            list: listMode ? .init(mixer: MixerShape(width: 32, state: 16), layers: 2) : nil, isResidual: isResidual)
        switch block {
        case .mamba: break
        case .mamba3: shape.block = .mamba3(Mamba3Shape(width: width, state: state, headWidth: min(16, 2 * width)))
        // As many numbers of state as Mamba's 2 × width channels have.
        case .s4d: shape.block = .s4d(S4DTrunkShape(width: width, stateSize: 2 * state))
        }
        return shape
    }

    /// Writes the weights to `path`.
    package func run(to path: String, progress: (Int, Int, Double) -> Void) throws -> Result {
        let result = try run(progress: progress)
        try result.file.writer(metadata: ["trained_on": "planted worlds, seed \(seed), \(worlds) worlds, \(passes) passes"])
            .write(to: path)
        return result
    }

    /// - Parameter progress: update, updates in all, loss.
    package func run(progress: (Int, Int, Double) -> Void = { _, _, _ in }) throws -> Result {
        let shape = shape
        // Of the recipe: other worlds or sizes must not pass for the same state.
        var random = StateSpace.SplitMix64(seeds: seed, UInt64(width), UInt64(layers), UInt64(state), UInt64(worlds))
        let description = ScorerDescription(
            eventColumns: PlantedColumns.events, rowColumns: rowColumns, referenceSeconds: 3600, stateID: random.next(),
            replayEvents: 256, hasNull: true)
        let raw = try stagedHistories()
        let scaling = PlantedScaling(description, shape, from: Array(raw.suffix(2).joined().prefix(400)))
        var other = PlantedSample(settings: .other)
        other.settings.noise.decibels = 20
        let judged = scaling.scaled(try Self.histories(other, seeds: Self.validationSeeds, threads: threads))
        let task = ScorerTask(shape, gapRule: description.gapRule, hasNull: true, longest: (128, 60))
        var staged: [StagedBatches<ScorerHistory>.Stage] = []
        for (place, histories) in raw.enumerated() {
            let source = ShuffledBatches(scaling.scaled(histories), size: batch, seed: seed &+ UInt64(place))
            staged.append(.init(batches: source.batchesPerEpoch * passes, source: source))
        }
        var source = StagedBatches(staged)
        let steps = staged.reduce(0) { $0 + $1.batches }
        var result = try train(task, scaling, &source, steps: steps, judged: judged, progress)
        let memory = PlantedMemory(raw.last ?? [])
        result.dual = memory.dualError(ModelRanker("", result.file))
        if layers > 0, isCompact { result.file = memory.withCompact(result.file) }
        return result
    }

    /// Worlds that no training sees.
    static let validationSeeds: Range<UInt64> = 900_000_000..<900_000_060

    private func stagedHistories() throws -> [[PlantedHistory]] {
        let stages = hasCurriculum ? Self.stages : [Stage(share: 1, window: 128, decibels: 20, hardNegatives: 0.5)]
        // Seeds of worlds: a million apart per run, so that no two runs and no evaluation share a world.
        var next = seed &* 1_000_000
        return try stages.map { stage in
            var sample = PlantedSample(settings: settings)
            sample.window = min(window, stage.window)
            sample.situations = situations
            sample.settings.noise.decibels = stage.decibels
            sample.settings.hardNegatives = stage.hardNegatives
            let count = UInt64(max(1, Double(worlds) * stage.share))
            defer { next += count }
            return try Self.histories(sample, seeds: next..<next + count, threads: threads)
        }
    }

    private func train(
        _ task: ScorerTask, _ scaling: PlantedScaling, _ source: inout StagedBatches<ScorerHistory>, steps: Int,
        judged: [ScorerHistory], _ progress: (Int, Int, Double) -> Void
    ) throws -> Result {
        var options = Trainer<ScorerTask>.Options(
            rate: LearningRate(peak: learningRate, warmUpSteps: steps / 20, totalSteps: steps, floor: 0.02))
        options.seed = seed
        options.threads = threads
        options.rule.weightDecay = 0.01
        let trainer = Trainer(task, parameters: task.initialParameters(seed: seed), options: options)
        let judge = task.makeWorker()
        var stops: [Stop] = []
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
            stops.append(Stop(loss: loss, step: now.report.step, values: trainer.parameters.array))
            stops.sort { $0.loss < $1.loss }
            if stops.count > Self.candidateStops { stops.removeLast() }
            return true
        }
        let (stop, passes) = try choose(stops, scaling)
        return Result(
            file: scaling.file(stop.values), parameters: task.layout.count, steps: steps, bestStep: stop.step,
            seconds: seconds, validationLoss: stop.loss, canariesPassed: passes, curve: curve)
    }
}

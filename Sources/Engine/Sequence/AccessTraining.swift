import Foundation
import StateSpace
import Training

/// Trains a sequence scorer for `libMambaScorer.so` on streams of accesses.
package struct AccessTraining: Sendable {
    package var folder: String
    /// Part of each stream that may be learned from; what comes after is for evaluation.
    package var share = 0.8
    package var width = 32
    /// 0 = no trunk: rows are judged by their columns alone.
    package var layers = 2
    package var state = 16
    package var block = Block.mamba
    package var usesGaps = true
    package var listMode = false
    package var epochs = 12
    package var batch = 8
    package var learningRate = 2e-3
    package var seed: UInt64 = 1
    package var threads = 2
    package var checkpoint: String?
    package var resumes = false

    /// The number is part of the state's id: sessions of one block mean nothing to another.
    package enum Block: UInt64, Sendable { case mamba = 1, mamba3 = 3, s4d = 4 }

    package init(folder: String) { self.folder = folder }

    package struct Progress: Sendable {
        package var step: Int
        package var steps: Int
        package var loss: Double
        package var examplesPerSecond: Double
        package var secondsLeft: Double
    }

    package struct Result: Sendable {
        package var parameters: Int
        package var histories: Int
        package var turns: Int
        package var steps: Int
        package var bestStep: Int
        package var validationLoss: Double
        package var seconds: Double
        /// Validation loss after each epoch.
        package var curve: [Double]
    }

    /// Writes the weights to `path`, and beside them `<path>.golden.json`: rows with the score that they must get, by
    /// which the load gate knows a model that is right way up.
    package func run(to path: String, progress: (Progress) -> Void) throws -> Result {
        let examples = try examples()
        let description = ScorerDescription(
            eventColumns: AccessColumns.events, rowColumns: AccessColumns.rows, referenceSeconds: 3600,
            stateID: SplitMix64(seeds: seed, UInt64(width), UInt64(layers), block.rawValue).first, replayEvents: 256, hasNull: false)
        var mixer = MixerShape(width: width, state: state)
        mixer.timeDecay = usesGaps
        var shape = ScorerShape(
            eventColumns: AccessColumns.events.count, rowColumns: AccessColumns.rows.count, codeWidth: layers == 0 ? 0 : 32,
            mixer: mixer, layers: layers, readers: 32, pointwise: 32,
            list: listMode ? .init(mixer: MixerShape(width: 16, state: 8), layers: 1) : nil)
        switch block {
        case .mamba: break
        case .mamba3: shape.block = .mamba3(Mamba3Shape(width: width, state: state, headWidth: min(16, 2 * width)))
        // As many numbers of state as Mamba's 2 × width channels have.
        case .s4d: shape.block = .s4d(S4DTrunkShape(width: width, stateSize: 2 * state))
        }
        let reader = SequenceScorer(shape, scales: examples.scales, gapRule: description.gapRule)
        let training = examples.scaled(examples.training, with: reader, description)
        let validation = examples.scaled(examples.validation, with: reader, description)
        let task = ScorerTask(shape, gapRule: description.gapRule, hasNull: false, longest: examples.longest)
        let (values, result) = try train(task, training, validation, progress)
        let file = ScorerFile(
            description: description, shape: shape, scales: examples.scales, values: values,
            compact: layers == 0 ? nil : Self.compact(shape, examples.scales, values, description, examples.training))
        try file.writer(metadata: ["trained_on": (folder as NSString).lastPathComponent]).write(to: path)
        try ScorerGolden.write(file, rows: examples.training.flatMap(\.turns).prefix(8).map { Array($0.columns) }, to: path)
        return result
    }

    private func examples() throws -> AccessExamples {
        var examples = AccessExamples(seed: seed)
        switch Swift.Result(catching: { () throws(ImportError) in try AccessStream.gitAccess(Dataset(folder: folder)) }) {
        case .success(let streams): for stream in streams { try examples.add(stream, share: share) }
        case .failure(let error): throw EngineError(.invalidInput, error.description)
        }
        guard !examples.training.isEmpty, !examples.validation.isEmpty else {
            throw EngineError(.invalidInput, "\(folder) has too few events to learn from: at least some hundred are needed")
        }
        return examples
    }

    private func train(
        _ task: ScorerTask, _ training: [ScorerHistory], _ validation: [ScorerHistory], _ progress: (Progress) -> Void
    ) throws -> (values: [Float], result: Result) {
        var source = ShuffledBatches(training, size: batch, seed: seed)
        let perEpoch = source.batchesPerEpoch
        let steps = epochs * perEpoch
        var options = Trainer<ScorerTask>.Options(
            rate: LearningRate(peak: learningRate, warmUpSteps: steps / 20, totalSteps: steps))
        options.seed = seed
        options.threads = threads
        let trainer = Trainer(task, parameters: task.initialParameters(seed: seed), options: options)
        if resumes, let checkpoint { try trainer.resume(from: checkpoint, source) }
        let judge = task.makeWorker()
        var best = (loss: Double.infinity, step: 0, values: trainer.parameters.array)
        var curve: [Double] = []
        var seconds = 0.0
        try trainer.run(&source, until: steps, checkpoint: checkpoint.map { CheckpointPlan(path: $0) }) { now in
            seconds = now.seconds
            progress(
                Progress(
                    step: now.report.step, steps: steps, loss: now.report.loss, examplesPerSecond: now.examplesPerSecond,
                    secondsLeft: now.secondsLeft))
            guard now.report.step % perEpoch == 0 else { return true }
            task.load(Floats(trainer.parameters.start), into: judge)
            let loss = task.loss(of: validation, worker: judge).mean
            curve.append(loss)
            if loss < best.loss { best = (loss, now.report.step, trainer.parameters.array) }
            return true
        }
        return (
            best.values,
            Result(
                parameters: task.layout.count, histories: training.count, turns: training.reduce(0) { $0 + $1.turns.count },
                steps: steps, bestStep: best.step, validationLoss: best.loss, seconds: seconds, curve: curve)
        )
    }

    /// Learned from states that occur while the training streams are walked.
    private static func compact(
        _ shape: ScorerShape, _ scales: ScorerScales, _ values: [Float], _ description: ScorerDescription,
        _ histories: [AccessExamples.RawHistory]
    ) -> CompactProjection {
        let file = ScorerFile(description: description, shape: shape, scales: scales, values: values)
        let scorer = file.model()
        let scratch = ScorerScratch(scorer)
        var samples: [[Float]] = []
        for history in histories.prefix(64) {
            let state = scorer.makeState()
            var before = history.events.first?.atMilliseconds ?? 0
            for (place, event) in history.events.enumerated() {
                let gap = Float(Double(max(0, event.atMilliseconds - before)) / 1000 / description.referenceSeconds)
                scorer.advance(
                    state, columns: AccessExamples.eventPlaces.map { event.features[$0] },
                    ids: event.pairs, gap: gap, atMilliseconds: event.atMilliseconds, scratch)
                before = event.atMilliseconds
                if place % 8 == 7 { samples.append(state.vector) }
            }
        }
        return CompactProjection.fitted(to: samples, seed: 1)
    }
}

extension SplitMix64 {
    fileprivate var first: UInt64 {
        var copy = self
        return copy.next()
    }
}

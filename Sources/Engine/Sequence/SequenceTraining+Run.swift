import Evaluation
import Foundation
import StateSpace
import Training

extension SequenceTraining {
    /// `onStep` is told how many of how many steps are done; `onEpoch` at each epoch's end, when weights and checkpoint are
    /// written: if it throws, the run ends there and can be resumed.
    package func run(
        onStep: (_ done: Int, _ total: Int, _ loss: Double) -> Void, onEpoch: (Epoch) throws -> Void
    ) throws -> Result {
        do {
            let run = try TrainingRun(self)
            return try run.run(onStep: onStep, onEpoch: onEpoch)
        } catch let error as SafetensorsError {
            throw EngineError(.invalidInput, error.description)
        } catch let error as TrainingError {
            throw EngineError(.invalidInput, error.description)
        }
    }
}

/// One training run: the trainer, the split it is judged on, and the best epoch so far.
private final class TrainingRun {
    private let plan: SequenceTraining
    private let options: SequenceTraining.Options
    private let set: SequenceSet
    private let index: ItemIndex
    private let gapUnit: Double?
    private let task: ItemTask
    private let trainer: Trainer<ItemTask>
    private var source: ShuffledBatches<ItemSequence>
    private let judges: SequenceQueries?
    private let positions, sequences: Int

    private var epochs: [SequenceTraining.Epoch] = []
    private var best: (epoch: Int, value: Double)?

    init(_ plan: SequenceTraining) throws {
        let options = plan.options
        let set = try SequenceFolder(plan.folder).read()
        let index = ItemIndex(set.items)
        let whole = set.users.map(index.sequence)
        // The target stays unseen in any case, and one more event where a split of one's own is wanted.
        let unseen = options.holdsOut ? 2 : 1
        let known = whole.map { $0.rows.count >= 3 ? $0.prefix($0.rows.count - unseen) : $0 }
        let unit = options.usesGaps ? Gaps.medianUnit(known) : nil
        if options.usesGaps, unit == nil {
            throw EngineError(
                .invalidInput, "\(plan.folder) has no times: train without gaps (--gaps off)")
        }
        let shape = ItemShape(
            items: index.count,
            mixer: MixerShape(width: options.width, state: options.state, timeDecay: unit != nil),
            layers: options.layers, expansion: options.expansion, hasItemBias: options.hasItemBias)
        let examples = known.flatMap { Self.examples($0, maxLength: options.maxLength, gapUnit: unit) }
        guard !examples.isEmpty else {
            throw EngineError(.invalidInput, "\(plan.folder) has no sequence of two events to train on")
        }
        self.plan = plan
        self.options = options
        self.set = set
        self.index = index
        gapUnit = unit
        task = ItemTask(
            shape, dropout: Float(options.dropout),
            augmentation: .init(leftOut: options.leftOut, reversed: options.reversed),
            smoothing: Float(options.smoothing), tableDecays: options.decaysTable)
        source = ShuffledBatches(
            examples, size: options.batch, seed: options.seed, buckets: .init(batches: 16) { $0.rows })
        sequences = examples.count
        positions = examples.reduce(0) { $0 + $1.rows }
        trainer = Self.trainer(task, options, batches: source.batchesPerEpoch)
        judges = options.holdsOut ? Self.judges(whole, index, options) : nil
    }

    private static func trainer(
        _ task: ItemTask, _ options: SequenceTraining.Options, batches: Int
    ) -> Trainer<ItemTask> {
        var settings = Trainer<ItemTask>.Options(
            rate: LearningRate(
                peak: options.learningRate, warmUpSteps: batches / 2, totalSteps: batches * options.epochs,
                floor: options.learningRateFloor))
        settings.seed = options.seed
        settings.threads = options.threads
        // A shard has a gradient of the whole table: as few as the threads that a small machine has.
        settings.shards = 2
        settings.rule.weightDecay = options.weightDecay
        return Trainer(task, parameters: task.initialParameters(seed: options.seed), options: settings)
    }

    /// A sequence as pieces of at most `maxLength` predicting events, the newest whole.
    private static func examples(
        _ sequence: IndexedSequence, maxLength: Int, gapUnit: Double?
    ) -> [ItemSequence] {
        let gaps = gapUnit.flatMap { Gaps.aged(sequence.seconds, unit: $0, rule: .logarithm) }
        var pieces: [ItemSequence] = []
        var end = sequence.rows.count
        while end >= 2 {
            let start = max(0, end - maxLength - 1)
            pieces.append(
                ItemSequence(
                    items: Array(sequence.rows[start..<end]), gaps: gaps.map { Array($0[start..<end]) }))
            // The first event of this piece is the target of the one before.
            end = start + 1
        }
        return pieces
    }

    /// A fixed draw of users, the same in every run.
    private static func judges(
        _ sequences: [IndexedSequence], _ index: ItemIndex, _ options: SequenceTraining.Options
    ) -> SequenceQueries {
        var split = SequenceQueries(sequences, items: index.count, fromEnd: 2)
        var random = StateSpace.SplitMix64(seed: 77)
        split.queries = Array(split.queries.shuffled(using: &random).prefix(options.judges))
        return split
    }

    func run(
        onStep: (_ done: Int, _ total: Int, _ loss: Double) -> Void,
        onEpoch: (SequenceTraining.Epoch) throws -> Void
    ) throws -> SequenceTraining.Result {
        if let checkpoint = plan.checkpoint, plan.resumes, access(checkpoint, F_OK) == 0 {
            try trainer.resume(from: checkpoint, source)
            try rememberBest()
        }
        let clock = ContinuousClock()
        let (start, firstStep) = (clock.now, trainer.step)
        let perEpoch = source.batchesPerEpoch
        let total = perEpoch * options.epochs
        while trainer.step < total {
            let epochStart = clock.now
            var loss = LossMean()
            try trainer.run(&source, until: (trainer.step / perEpoch + 1) * perEpoch) { progress in
                loss.add(progress.report.loss)
                onStep(progress.report.step, total, progress.report.loss)
                return true
            }
            let trained = (clock.now - epochStart) / .seconds(1)
            let seconds = (clock.now - start) / .seconds(1)
            var epoch = SequenceTraining.Epoch(
                number: trainer.step / perEpoch, loss: loss.mean,
                learningRate: trainer.options.rate[trainer.step - 1],
                positionsPerSecond: Double(positions) / trained, seconds: seconds,
                secondsLeft: seconds / Double(trainer.step - firstStep) * Double(total - trainer.step),
                full: nil, sampled: nil, isBest: false)
            try judge(&epoch)
            epochs.append(epoch)
            if let checkpoint = plan.checkpoint { try trainer.save(to: checkpoint, source) }
            try onEpoch(epoch)
            if let best, options.holdsOut, epoch.number - best.epoch >= options.patience { break }
        }
        return SequenceTraining.Result(
            dataset: set.name, parameters: task.layout.count, sequences: sequences, positions: positions,
            epochs: epochs, best: best?.epoch ?? 0, seconds: (clock.now - start) / .seconds(1),
            path: plan.output)
    }

    /// Asks the held-out events, and writes the model where it is the best so far.
    private func judge(_ epoch: inout SequenceTraining.Epoch) throws {
        var value = Double(epoch.number)
        if let judges {
            let judgement = ask(judges)
            (epoch.full, epoch.sampled) = judgement
            value = judgement.full.ndcg10
        }
        guard value > best?.value ?? -1 else { return }
        epoch.isBest = true
        best = (epoch.number, value)
        let network = ItemNetwork(task.shape)
        let model = ItemModel(
            network: network, ids: index.ids, gapUnit: gapUnit, maxLength: options.maxLength)
        try model.write(
            trainer.parameters.array, to: plan.output,
            metadata: [
                "dataset": set.name, "epoch": String(epoch.number), "held_out_value": String(value),
                "seed": String(options.seed),
                "dropout": String(options.dropout), "loss": String(epoch.loss),
            ])
    }

    /// A resumed run knows its best epoch from the file that it wrote then.
    private func rememberBest() throws {
        guard access(plan.output, F_OK) == 0 else { return }
        let metadata = try SafetensorsFile(path: plan.output).metadata
        guard metadata["dataset"] == set.name, let epoch = metadata["epoch"].flatMap(Int.init),
            let value = metadata["held_out_value"].flatMap(Double.init)
        else { return }
        best = (epoch, value)
    }

    private func ask(
        _ judges: SequenceQueries
    ) -> (full: SequenceTraining.Judgement, sampled: SequenceTraining.Judgement) {
        let network = ItemNetwork(task.shape)
        network.load(trainer.parameters.start)
        let ranker = ItemRanker(network, gapUnit: gapUnit, length: options.maxLength)
        var scores = [Float](repeating: 0, count: judges.items + 1)
        var (full, sampled) = ([RankedQuery](), [RankedQuery]())
        for query in judges.queries {
            ranker.score(query.context, to: &scores)
            let places = judges.places(query, scores: scores)
            if let query = RankedQuery(goldRanks: [places.full], goldCount: 1) { full.append(query) }
            if let query = RankedQuery(goldRanks: [places.sampled], goldCount: 1) { sampled.append(query) }
        }
        func judgement(_ queries: [RankedQuery]) -> SequenceTraining.Judgement {
            .init(
                hitRate10: RankingMetric.hitRate10.mean(queries), ndcg10: RankingMetric.ndcg10.mean(queries))
        }
        return (judgement(full), judgement(sampled))
    }
}

private struct LossMean {
    private var sum = 0.0
    private var count = 0

    mutating func add(_ loss: Double) {
        sum += loss
        count += 1
    }

    var mean: Double { count > 0 ? sum / Double(count) : 0 }
}

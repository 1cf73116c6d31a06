import StateSpace

/// One user's events and the turns among them, as a sequence scorer is trained on them.
package struct ScorerHistory: Sendable {
    /// [T, G + 4C] as `SequenceScorer.encode` writes them.
    package var events: [Float]
    /// g(δ) [T].
    package var gaps: [Float]
    package var eventCount: Int
    package var turns: [Turn]

    /// Candidates right after an event, and which of them were wanted.
    package struct Turn: Sendable {
        /// Index of the event with which the turn begins.
        package var event: Int
        /// [rows, F], scaled.
        package var columns: [Float]
        /// `IDCode.signs` per row.
        package var signs: [UInt64]
        /// Graded, at least 0; all 0 = nothing was relevant.
        package var labels: [Float]
        /// What «none of them» was worth; nil = 1 where nothing was relevant, else 0.
        package var nullLabel: Float?
        /// The heuristic's score per row; nil = the model isn't a residual.
        package var base: [Float]?

        package init(
            event: Int, columns: [Float], signs: [UInt64], labels: [Float], nullLabel: Float? = nil, base: [Float]? = nil
        ) {
            self.event = event
            self.columns = columns
            self.signs = signs
            self.labels = labels
            self.nullLabel = nullLabel
            self.base = base
        }
    }

    package init(events: [Float], gaps: [Float], eventCount: Int, turns: [Turn]) {
        self.events = events
        self.gaps = gaps
        self.eventCount = eventCount
        self.turns = turns
    }
}

/// Trains the first head of a sequence scorer with the listwise loss; where the model has a null candidate, it stands
/// in every list with logit 0 and is the one wanted where no row is (math 8).
package struct ScorerTask: TrainingTask {
    package let shape: ScorerShape
    package let layout: ParameterLayout
    private let gapRule: GapRule
    private let hasNull: Bool
    private let longest: (events: Int, rows: Int)
    private let kernels: KernelTable
    private let loss: ListwiseLoss

    /// - Parameter longest: history and list that will come.
    package init(
        _ shape: ScorerShape, gapRule: GapRule = .logarithm, hasNull: Bool, longest: (events: Int, rows: Int),
        kernels: KernelTable = .best
    ) {
        self.shape = shape
        self.gapRule = gapRule
        self.hasNull = hasNull
        self.longest = longest
        self.kernels = kernels
        layout = ScorerParameters(shape).layout
        loss = ListwiseLoss(kernels: kernels)
    }

    package func initialParameters(seed: UInt64) -> [Float] {
        let values = FloatBuffer(layout.count)
        var random = SplitMix64(seed: seed)
        ScorerParameters(shape).initialize(values.start, shape: shape, using: &random)
        return values.array
    }

    package final class Worker {
        let scorer: SequenceScorer
        let tape: ScorerTape
        /// [rows, heads]; the first head and the null candidate [rows + 1]; gradients of both.
        let out, scores, labels, slopes, dOut: FloatBuffer

        fileprivate init(_ scorer: SequenceScorer, events: Int, rows: Int) {
            self.scorer = scorer
            tape = ScorerTape(scorer, events: events, rows: rows)
            out = FloatBuffer(rows * scorer.shape.heads)
            dOut = FloatBuffer(rows * scorer.shape.heads)
            scores = FloatBuffer(rows + 1)
            labels = FloatBuffer(rows + 1)
            slopes = FloatBuffer(rows + 1)
        }
    }

    package func makeWorker() -> Worker {
        // The rows are scaled already.
        let scales = ScorerScales(events: .identity(shape.eventColumns), rows: .identity(shape.rowColumns))
        let scorer = SequenceScorer(shape, scales: scales, gapRule: gapRule, kernels: kernels, trains: true)
        return Worker(scorer, events: longest.events, rows: longest.rows)
    }

    package func load(_ parameters: Floats, into worker: Worker) { worker.scorer.load(parameters) }

    package func accumulate(
        _ examples: ArraySlice<ScorerHistory>, worker: Worker, gradients: MutableFloats, random: inout SplitMix64
    ) -> LossSum {
        var sum = LossSum()
        for history in examples { sum += pass(history, worker, gradients) }
        return sum
    }

    /// The loss without a gradient: for early stopping.
    package func loss(of examples: [ScorerHistory], worker: Worker) -> LossSum {
        examples.reduce(into: LossSum()) { $0 += pass($1, worker, nil) }
    }

    private func pass(_ history: ScorerHistory, _ worker: Worker, _ gradients: MutableFloats?) -> LossSum {
        var sum = LossSum()
        history.events.withUnsafeBufferPointer { events in
            history.gaps.withUnsafeBufferPointer { gaps in
                guard let start = events.baseAddress, let gaps = gaps.baseAddress else { return }
                worker.scorer.forward(start, rows: history.eventCount, gaps: gaps, tape: worker.tape)
            }
        }
        for turn in history.turns { sum += pass(turn, worker, gradients) }
        if let gradients { worker.scorer.backward(tape: worker.tape, gradients: gradients) }
        return sum
    }

    private func pass(_ turn: ScorerHistory.Turn, _ worker: Worker, _ gradients: MutableFloats?) -> LossSum {
        let count = turn.labels.count
        return turn.columns.withUnsafeBufferPointer { columns in
            turn.signs.withUnsafeBufferPointer { signs in
                withOptional(turn.base) { base in
                    // A turn has candidates; one without columns reads none of them.
                    guard let signs = signs.baseAddress, count > 0 else { return LossSum() }
                    let list = ScorerList(
                        columns: columns.baseAddress ?? Floats(worker.out.start), signs: signs, count: count, base: base)
                    worker.scorer.forward(list, afterEvent: turn.event, tape: worker.tape, to: worker.out.start)
                    guard let value = listLoss(turn, worker) else { return LossSum() }
                    if let gradients {
                        spread(count, worker)
                        worker.scorer.backward(
                            list, afterEvent: turn.event, dOut: worker.dOut.start, tape: worker.tape, gradients: gradients)
                    }
                    return LossSum(loss: Double(value), weight: 1)
                }
            }
        }
    }

    /// nil = the list says nothing.
    private func listLoss(_ turn: ScorerHistory.Turn, _ worker: Worker) -> Float? {
        let (heads, labels) = (shape.heads, turn.labels)
        for row in labels.indices {
            worker.scores.start[row] = worker.out.start[row * heads]
            worker.labels.start[row] = labels[row]
        }
        worker.scores.start[labels.count] = 0
        worker.labels.start[labels.count] = turn.nullLabel ?? (labels.contains { $0 > 0 } ? 0 : 1)
        return loss(
            scores: worker.scores.start, labels: worker.labels.start, mask: nil, count: labels.count + (hasNull ? 1 : 0),
            weight: 1, gradient: worker.slopes.start)
    }

    /// The null candidate's logit is fixed: its slope goes nowhere.
    private func spread(_ count: Int, _ worker: Worker) {
        worker.dOut.clear()
        for row in 0..<count { worker.dOut.start[row * shape.heads] = worker.slopes.start[row] }
    }
}

private func withOptional<Result>(_ values: [Float]?, _ body: (Floats?) -> Result) -> Result {
    guard let values else { return body(nil) }
    return values.withUnsafeBufferPointer { body($0.baseAddress) }
}

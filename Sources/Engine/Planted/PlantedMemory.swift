import StateSpace

/// Memorised or learned (SynTSBench): squared errors of predicted shares against what was observed in training lists
/// and against the truth behind it. On lists that were held out the second is smaller for anybody (learning.md).
package struct DualError: Sendable, Equatable {
    package var observed: Double
    package var truth: Double
    /// The noise of the labels was seen through.
    package var isLearned: Bool { truth < observed }
}

/// What a training run's own histories still tell after it.
struct PlantedMemory {
    let histories: [PlantedHistory]

    init(_ histories: [PlantedHistory]) { self.histories = Array(histories.prefix(200)) }

    func dualError(_ ranker: some PlantedRanker) -> DualError {
        var error = DualError(observed: 0, truth: 0)
        var rows = 0.0
        for history in histories {
            for (list, scores) in zip(history.lists, ranker.scores(history)) {
                let guess = PlantedScaling.shares(scores).rows
                let (seen, clean) = (PlantedScaling.shares(list.noisy).rows, PlantedScaling.shares(list.clean).rows)
                for row in guess.indices {
                    error.observed += Double((guess[row] - seen[row]) * (guess[row] - seen[row]))
                    error.truth += Double((guess[row] - clean[row]) * (guess[row] - clean[row]))
                    rows += 1
                }
            }
        }
        return DualError(observed: error.observed / max(rows, 1), truth: error.truth / max(rows, 1))
    }

    /// The same weights with a way to make a state small, learned from states that these histories lead to.
    func withCompact(_ file: ScorerFile) -> ScorerFile {
        let scorer = file.model()
        let scratch = ScorerScratch(scorer)
        var samples: [[Float]] = []
        for history in histories.prefix(64) {
            let state = scorer.makeState()
            for place in history.events.indices {
                let at = history.atMilliseconds[place]
                let seconds = Double(max(0, at - history.atMilliseconds[max(0, place - 1)])) / 1000
                scorer.advance(
                    state, columns: history.events[place], ids: history.ids[place],
                    gap: Float(seconds / file.description.referenceSeconds), atMilliseconds: at, scratch)
                if place % 8 == 7 { samples.append(state.vector) }
            }
        }
        return ScorerFile(
            description: file.description, shape: file.shape, scales: file.scales, values: file.values,
            compact: CompactProjection.fitted(to: samples, seed: 1))
    }
}

import Features
import StateSpace
import Training

/// Turns streams into what a sequence scorer is trained on.
struct AccessExamples {
    /// Events that one history holds; the trunk starts from nothing in each, so turns of its first half are asked only
    /// where nothing came before.
    static let window = 128
    /// Candidates of a training list beside those wanted.
    static let negatives = 80

    private(set) var training: [RawHistory] = []
    private(set) var validation: [RawHistory] = []
    private var random: SplitMix64

    /// Columns as they come, not scaled yet.
    struct RawHistory {
        var events: [StoredAccess]
        var turns: [RawTurn]
    }

    struct RawTurn {
        var event: Int
        /// [rows, F]
        var columns: [Float]
        var ids: [UInt64]
        var labels: [Float]
    }

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// Events before `share` of the stream; the last tenth of them validates.
    mutating func add(_ stream: AccessStream, share: Double) throws {
        let last = Int(Double(stream.events.count) * share)
        let validationFrom = last - last / 10
        var walk = AccessWalk(name: stream.name)
        var events: [StoredAccess] = []
        var turns: [RawTurn] = []
        for (index, event) in stream.events.prefix(last).enumerated() {
            events.append(walk.event(event))
            // The first few have nothing to choose from.
            if let turn = AccessTurn(event, walk), turn.candidates.count >= 10 {
                turns.append(try list(turn, event, walk, index))
            }
            walk.record(event)
        }
        let half = Self.window / 2
        for start in stride(from: 0, to: max(events.count - half, 1), by: half) {
            let end = min(start + Self.window, events.count)
            let asked = turns.filter { $0.event >= (start == 0 ? 0 : start + half) && $0.event < end }
            func cut(_ isWanted: (RawTurn) -> Bool) -> RawHistory? {
                let kept = asked.filter(isWanted).map { turn in
                    var turn = turn
                    turn.event -= start
                    return turn
                }
                return kept.isEmpty ? nil : RawHistory(events: Array(events[start..<end]), turns: kept)
            }
            if let history = cut({ $0.event < validationFrom }) { training.append(history) }
            if let history = cut({ $0.event >= validationFrom }) { validation.append(history) }
        }
    }

    /// The wanted, half of the others hard (used lately, by this actor or along with theirs), half at random.
    private mutating func list(
        _ turn: AccessTurn, _ event: AccessStream.Event, _ walk: AccessWalk, _ index: Int
    ) throws -> RawTurn {
        let others = turn.candidates.filter { !turn.gold.contains($0) }
        let newest = others.sorted {
            (walk.items[$0]?.lastAccessMilliseconds ?? 0) > (walk.items[$1]?.lastAccessMilliseconds ?? 0)
        }
        let near = walk.neighbours(of: event.actor)
        var chosen = Set(newest.prefix(Self.negatives / 4))
        chosen.formUnion(others.filter { near.contains($0) }.shuffled(using: &random).prefix(Self.negatives / 4))
        chosen.formUnion(others.shuffled(using: &random).prefix(Self.negatives / 2))
        // At most as many wanted ones as a person looks at.
        let wanted = turn.gold.sorted().shuffled(using: &random).prefix(16)
        let rows = Array(wanted) + chosen.subtracting(turn.gold).sorted()
        let facts = walk.facts(rows, at: event)
        let matrix = try ColumnMatrix(names: AccessColumns.rows, candidates: facts.candidates, turn: facts.turn)
        return RawTurn(
            event: index, columns: matrix.values, ids: rows.map(walk.rowID),
            labels: rows.indices.map { $0 < wanted.count ? 1 : 0 })
    }

    // MARK: Scaled

    /// Mean and 1/deviation of every column over the training turns.
    var scales: ScorerScales {
        let events = Self.eventPlaces
        var eventSums = ColumnMoments(events.count)
        var rowSums = ColumnMoments(AccessColumns.rows.count)
        for history in training {
            for event in history.events { eventSums.add(events.map { event.features[$0] }) }
            for turn in history.turns {
                let width = AccessColumns.rows.count
                for start in stride(from: 0, to: turn.columns.count, by: width) {
                    rowSums.add(turn.columns[start..<start + width])
                }
            }
        }
        return ScorerScales(events: eventSums.affine, rows: rowSums.affine)
    }

    static let eventPlaces = AccessColumns.events.map { EventCatalog.names.firstIndex(of: $0) ?? 0 }

    func scaled(
        _ histories: [RawHistory], with scorer: SequenceScorer, _ description: ScorerDescription
    ) -> [ScorerHistory] {
        histories.map { history in
            let inputs = scorer.shape.eventInputs
            let x = FloatBuffer(history.events.count * inputs)
            var gaps: [Float] = []
            for (place, event) in history.events.enumerated() {
                scorer.encode(
                    columns: Self.eventPlaces.map { event.features[$0] }, ids: event.pairs,
                    to: x.start + place * inputs)
                let before = place == 0 ? event.atMilliseconds : history.events[place - 1].atMilliseconds
                let seconds = Double(max(0, event.atMilliseconds - before)) / 1000
                gaps.append(description.gapRule(Float(seconds / description.referenceSeconds)))
            }
            return ScorerHistory(
                events: x.array, gaps: gaps, eventCount: history.events.count,
                turns: history.turns.map { turn in
                    ScorerHistory.Turn(
                        event: turn.event, columns: scorer.scales.rows.applied(turn.columns),
                        signs: turn.ids.map(IDCode.signs), labels: turn.labels)
                })
        }
    }

    /// Longest history and list.
    var longest: (events: Int, rows: Int) {
        let all = training + validation
        return (all.map(\.events.count).max() ?? 1, all.flatMap(\.turns).map(\.labels.count).max() ?? 1)
    }
}

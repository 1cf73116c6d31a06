import StateSpace

/// A small scorer with random weights, six events and a turn after each.
struct ScorerExample {
    static let turns = 6
    static let rows = 7

    let description: ScorerDescription
    let scorer: SequenceScorer
    var values: [Float]
    let events: [[Float]]
    let ids: [[(id: UInt64, role: UInt8)]]
    let gaps: [Float]
    let lists: [[Float]]
    let rowIDs: [UInt64]
    let base: [Float]
    /// Cotangent of all outputs.
    let weights: [Float]

    init(_ change: (inout ScorerShape) -> Void = { $0.list = .init(mixer: MixerShape(width: 4, state: 3), layers: 1) }) {
        var shape = ScorerShape(
            eventColumns: 3, rowColumns: 6, codeWidth: 8, mixer: MixerShape(width: 12, state: 4, timeDecay: true),
            layers: 2, readers: 5, pointwise: 9, heads: 2, isResidual: true)
        change(&shape)
        var random = SplitMix64(seed: 5)
        func normals(_ count: Int) -> [Float] { (0..<count).map { _ in Float(random.normal()) } }
        let scales = ScorerScales(
            events: .init(mean: [0.1, 0, -0.2], scale: [1, 2, 0.5]),
            rows: .init(mean: normals(6), scale: [1, 0.5, 2, 1, 1, 0.3]))
        scorer = SequenceScorer(shape, scales: scales, trains: true)
        values = [Float](repeating: 0, count: scorer.place.layout.count)
        events = (0..<Self.turns).map { _ in normals(3) }
        gaps = normals(Self.turns).map(abs)
        ids = (0..<Self.turns).map(Self.ids)
        lists = (0..<Self.turns).map { _ in normals(Self.rows * 6) }
        rowIDs = (0..<UInt64(Self.rows)).map { 100 + $0 }
        base = normals(Self.rows)
        weights = normals(Self.turns * Self.rows * 2)
        description = ScorerDescription(
            eventColumns: ["event.log_gap_s@1", "event.tod_sin@1", "event.tod_cos@1"],
            rowColumns: (0..<6).map { "column.\($0)@1" }, heads: [.relevance, .retention], referenceSeconds: 60,
            stateID: 0xABCD)
        let place = scorer.place
        values.withUnsafeMutableBufferPointer { buffer in
            // Force unwrap: a model has parameters.
            place.initialize(buffer.baseAddress!, shape: shape, using: &random)
            // Heads start small; here every tensor shall matter.
            for entry in place.layout.entries where entry.name.hasPrefix("head.") {
                for index in entry.range { buffer[index] = Float(random.normal()) * 0.5 }
            }
        }
        load(values)
    }

    /// What a turn knows of the turns before it.
    private static func ids(of turn: Int) -> [(id: UInt64, role: UInt8)] {
        (0..<turn).map { place in
            let role = UInt8(1 + (place + turn) % 4)
            return (id: UInt64(100 + place % 4), role: role)
        }
    }

    func load(_ values: [Float]) {
        let parameters = FloatBuffer(values)
        scorer.load(parameters.start)
    }

    /// Scores [turns][rows × heads] by the trainer's path.
    func scores(gradients: FloatBuffer? = nil) -> [[Float]] {
        let shape = scorer.shape
        let tape = ScorerTape(scorer, events: Self.turns, rows: Self.rows)
        let x = FloatBuffer(Self.turns * shape.eventInputs)
        for turn in 0..<Self.turns where shape.hasTrunk {
            scorer.encode(columns: events[turn], ids: ids[turn], to: x.start + turn * shape.eventInputs)
        }
        let aged = FloatBuffer(gaps.map { GapRule.logarithm($0) })
        scorer.forward(x.start, rows: Self.turns, gaps: aged.start, tape: tape)
        let signs = rowIDs.map(IDCode.signs)
        let bases = FloatBuffer(base)
        var results: [[Float]] = []
        for turn in 0..<Self.turns {
            let scaled = FloatBuffer(scorer.scales.rows.applied(lists[turn]))
            let out = FloatBuffer(Self.rows * shape.heads)
            signs.withUnsafeBufferPointer { signs in
                let list = ScorerList(
                    columns: scaled.start, signs: signs.baseAddress!, count: Self.rows, base: bases.start)
                // Force unwrap: there are rows.
                scorer.forward(list, afterEvent: turn, tape: tape, to: out.start)
                guard let gradients else { return }
                let size = Self.rows * shape.heads
                let slopes = FloatBuffer(weights[turn * size..<(turn + 1) * size])
                scorer.backward(list, afterEvent: turn, dOut: slopes.start, tape: tape, gradients: gradients.start)
            }
            results.append(out.array)
        }
        if let gradients { scorer.backward(tape: tape, gradients: gradients.start) }
        return results
    }

    func gradients() -> [Float] {
        let gradients = FloatBuffer(values.count)
        _ = scores(gradients: gradients)
        return gradients.array
    }

    func slope(along gradients: [Float], _ range: Range<Int>) -> Double {
        let length = Float(gradients[range].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
        guard length > 0 else { return 0 }
        let step: Float = 4e-3
        func loss(_ sign: Float) -> Double {
            var moved = values
            for index in range { moved[index] += sign * step * gradients[index] / length }
            load(moved)
            defer { load(values) }
            return zip(scores().joined(), weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        return (loss(1) - loss(-1)) / Double(2 * step)
    }

    // MARK: Serving

    func advance(_ state: ScorerState, from first: Int = 0, through last: Int, _ scratch: ScorerScratch) {
        for turn in first..<last {
            scorer.advance(
                state, columns: events[turn], ids: ids[turn], gap: gaps[turn], atMilliseconds: Int64(turn) * 60_000, scratch)
        }
    }

    func served() -> [[Float]] {
        let scratch = ScorerScratch(scorer)
        let state = scorer.makeState()
        return (0..<Self.turns).map { turn in
            advance(state, from: turn, through: turn + 1, scratch)
            return scores(state, bare: nil, scratch, turn: turn)
        }
    }

    func scores(
        _ state: ScorerState, bare: (columns: [Float], gap: Float)?, _ scratch: ScorerScratch, turn: Int = 5,
        parts: UnsafeMutablePointer<ScorerParts>? = nil
    ) -> [Float] {
        scorer.beginTurn(state, bare: bare, scratch)
        let out = FloatBuffer(Self.rows * scorer.shape.heads)
        let columns = FloatBuffer(lists[turn])
        let bases = FloatBuffer(base)
        rowIDs.withUnsafeBufferPointer { ids in
            let rows = ScorerRows(columns: columns.start, stride: 6, ids: ids.baseAddress, base: bases.start)
            scorer.score(rows, range: 0..<Self.rows, order: Array(0..<6), scratch, to: out.start, parts: parts)
        }
        return out.array
    }

    func explained() -> (scores: [Float], parts: [ScorerParts]) {
        let scratch = ScorerScratch(scorer)
        let state = scorer.makeState()
        advance(state, through: 5, scratch)
        var parts = [ScorerParts](repeating: ScorerParts(), count: Self.rows)
        let all = parts.withUnsafeMutableBufferPointer { scores(state, bare: nil, scratch, parts: $0.baseAddress) }
        return (stride(from: 0, to: all.count, by: scorer.shape.heads).map { all[$0] }, parts)
    }

    /// Directions of a few states that occur, made orthogonal.
    func projection() -> CompactProjection {
        let scratch = ScorerScratch(scorer)
        var samples: [[Float]] = []
        for last in 1...5 {
            let state = scorer.makeState()
            advance(state, through: last, scratch)
            samples.append(state.vector)
        }
        return CompactProjection.fitted(to: samples, most: 16, seed: 1)
    }
}

import StateSpace
import Testing

/// A trunk of S4D layers in the sequence scorer: what the tests of all trunks can't see.
@Suite struct S4DTrunkTests {
    /// Up to 16 events are convolved in training, longer histories run as a recurrence; a server always steps.
    @Test(arguments: [1, 16, 17, 60]) func aHistoryOfAnyLengthIsServedAsItWasTrained(length: Int) {
        let scorer = Self.scorer
        var random = SplitMix64(seed: UInt64(length))
        let events = (0..<length).map { _ in random.normals(3) }
        let row = FloatBuffer(random.normals(2))
        let out = (trained: FloatBuffer(1), served: FloatBuffer(1))

        let tape = ScorerTape(scorer, events: length, rows: 1)
        let x = FloatBuffer(length * scorer.shape.eventInputs)
        let scratch = ScorerScratch(scorer)
        let state = scorer.makeState()
        for (place, columns) in events.enumerated() {
            let ids = [(id: UInt64(place % 5), role: UInt8(1))]
            scorer.encode(columns: columns, ids: ids, to: x.start + place * scorer.shape.eventInputs)
            scorer.advance(state, columns: columns, ids: ids, gap: 3, atMilliseconds: Int64(place), scratch)
        }
        var sign = IDCode.signs(3)
        scorer.forward(x.start, rows: length, gaps: nil, tape: tape)
        scorer.forward(
            ScorerList(columns: row.start, signs: &sign, count: 1), afterEvent: length - 1, tape: tape, to: out.trained.start)
        scorer.beginTurn(state, bare: nil, scratch)
        var id: UInt64 = 3
        scorer.score(
            ScorerRows(columns: row.start, stride: 2, ids: &id), range: 0..<1, order: [0, 1], scratch, to: out.served.start)
        #expect(abs(out.trained.start[0] - out.served.start[0]) < 1e-5)
        #expect(state.vector.contains { $0 != 0 })
    }

    @Test func aGapDoesNotAgeTheState() {
        let scorer = Self.scorer
        let scratch = ScorerScratch(scorer)
        let states = [Float(0), 1000].map { gap in
            let state = scorer.makeState()
            for place in 0..<4 {
                scorer.advance(
                    state, columns: [1, 2, 3], ids: [(id: 7, role: 1)], gap: gap, atMilliseconds: Int64(place), scratch)
            }
            return state.exactBytes()
        }
        #expect(states[0] == states[1])
    }

    @Test func whatCameLongAgoDecaysWhateverComesAfter() {
        let scorer = Self.scorer
        let scratch = ScorerScratch(scorer)
        func vector(first: Float, events: Int) -> [Float] {
            let state = scorer.makeState()
            for place in 0..<events {
                let columns = [place == 0 ? first : 0, Float(place % 3), 1]
                scorer.advance(state, columns: columns, ids: [], gap: 0, atMilliseconds: Int64(place), scratch)
            }
            return state.vector
        }
        /// How far two histories that differ in their first event are apart after so many.
        func distance(_ events: Int) -> Float {
            zip(vector(first: 1, events: events), vector(first: -1, events: events)).reduce(0) { max($0, abs($1.0 - $1.1)) }
        }
        // dt is at least 0.01 and Re A = -0.5: after 4000 events e^-20 is left.
        #expect(distance(1) > 0.01 && distance(4000) < 1e-4)
    }

    /// Two layers of random weights.
    private static let scorer: SequenceScorer = {
        var shape = ScorerShape(
            eventColumns: 3, rowColumns: 2, codeWidth: 4, mixer: MixerShape(width: 8), readers: 4, pointwise: 3)
        shape.block = .s4d(S4DTrunkShape(width: 8, stateSize: 4))
        let scorer = SequenceScorer(shape, scales: .init(events: .identity(3), rows: .identity(2)), trains: true)
        var random = SplitMix64(seed: 3)
        let values = FloatBuffer(scorer.place.layout.count)
        scorer.place.initialize(values.start, shape: shape, using: &random)
        scorer.load(values.start)
        return scorer
    }()

    @Test func aFileThatDoesNotSayWhatItsShapesLeaveOpenIsRefused() throws {
        let example = ScorerExample(SequenceScorerTests.Trunk.s4d.change)
        let file = ScorerFile(
            description: example.description, shape: example.scorer.shape, scales: example.scorer.scales,
            values: example.values)
        for key in ["block", "norm", "discretisation"] {
            let bytes = file.writer(metadata: [:]).bytes()
            let quoted = Array("\"\(key)\"".utf8)
            // Force unwrap: the writer puts every key in the header.
            let place = bytes.indices.first { bytes[$0...].starts(with: quoted) }!
            var broken = bytes
            broken[place + 1] = UInt8(ascii: "x")
            let error = broken.withUnsafeBytes { bytes in
                Result { () throws(SafetensorsError) in try ScorerFile(try SafetensorsFile(borrowing: bytes)) }
            }
            guard case .failure(let reason) = error else {
                Issue.record("a file without \(key) was taken")
                continue
            }
            #expect("\(reason)".contains("\"\(key)\""), "\(reason)")
        }
    }
}

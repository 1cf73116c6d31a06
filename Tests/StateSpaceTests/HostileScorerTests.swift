import StateSpace
import Testing

/// Weights of a scorer come from a disk: whatever stands there is refused, or it is a model that answers.
@Suite struct HostileScorerTests {
    @Test(arguments: SequenceScorerTests.Trunk.allCases) func mutatedWeightsAreRefusedOrServe(
        trunk: SequenceScorerTests.Trunk
    ) {
        let example = ScorerExample(trunk.change)
        let good = ScorerFile(
            description: example.description, shape: example.scorer.shape, scales: example.scorer.scales,
            values: example.values, compact: trunk == .none ? nil : example.projection()
        ).writer().bytes()
        let header = 8 + Int(good[..<8].enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) })
        var random = SplitMix64(seed: 17)
        var served = 0
        for round in 0..<3000 {
            let bytes = Self.mutated(good, header: header, round, &random)
            if Self.serves(bytes, example) { served += 1 }
        }
        // Flips in the data leave a model; those in the header rarely do.
        #expect(served > 300 && served < 2700, "\(served)")
    }

    /// Mostly the header: names, shapes, offsets, metadata; digits become other digits.
    private static func mutated(_ good: [UInt8], header: Int, _ round: Int, _ random: inout SplitMix64) -> [UInt8] {
        var bytes = good
        func place(_ range: Range<Int>) -> Int { range.lowerBound + Int(random.next() % UInt64(range.count)) }
        switch round % 4 {
        case 0:
            for _ in 0..<3 { bytes[place(header..<good.count)] = UInt8(truncatingIfNeeded: random.next()) }
        case 1: bytes.removeLast(place(1..<good.count))
        case 2: bytes[place(8..<header)] = UInt8(truncatingIfNeeded: random.next())
        default:
            let digits = (8..<header).filter { (0x30...0x39).contains(good[$0]) }
            for _ in 0..<2 { bytes[digits[place(0..<digits.count)]] = 0x30 + UInt8(random.next() % 10) }
        }
        return bytes
    }

    /// false = refused.
    private static func serves(_ bytes: [UInt8], _ example: ScorerExample) -> Bool {
        let file = bytes.withUnsafeBytes { bytes in
            Result { () throws(SafetensorsError) in try ScorerFile(try SafetensorsFile(borrowing: bytes)) }
        }
        guard case .success(let file) = file else { return false }
        let model = file.model()
        let scratch = ScorerScratch(model)
        let state = model.makeState()
        let columns = [Float](repeating: 0.5, count: file.shape.eventColumns)
        model.advance(
            state, columns: columns, ids: [(id: 7, role: 1)], gap: 0.5, atMilliseconds: 1000, scratch)
        model.beginTurn(state, bare: nil, scratch)
        let rows = FloatBuffer(2 * max(file.shape.rowColumns, 1))
        let out = FloatBuffer(2 * file.shape.heads)
        model.score(
            ScorerRows(columns: rows.start, stride: file.shape.rowColumns, ids: nil), range: 0..<2,
            order: Array(0..<file.shape.rowColumns), scratch, to: out.start)
        return true
    }
}

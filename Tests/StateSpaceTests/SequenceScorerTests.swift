import StateSpace
import Testing

/// The model behind libMambaScorer.so: what it is trained as is what it serves as.
@Suite struct SequenceScorerTests {
    @Test(arguments: Trunk.allCases) func gradientsAreSlopes(trunk: Trunk) {
        let example = ScorerExample(trunk.change)
        let gradients = example.gradients()
        for entry in example.scorer.place.layout.entries {
            let slope = example.slope(along: gradients, entry.range)
            let length = gradients[entry.range].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            // Central differences in float32, as in GradientTests.
            #expect(abs(slope - length) <= 4e-3 * length + 5e-4, "\(entry.name): \(slope), \(length)")
        }
    }

    enum Trunk: CaseIterable {
        case mamba, constant, mamba3, s4d, s4dPost, none

        /// Those that carry something from event to event.
        static let carrying = allCases.filter { $0 != .none }

        func change(_ shape: inout ScorerShape) {
            shape.list = .init(mixer: MixerShape(width: 4, state: 3), layers: 1)
            switch self {
            case .mamba: break
            case .constant: shape.mixer.isSelective = false
            case .mamba3:
                shape.mixer = MixerShape(width: 12)
                shape.block = .mamba3(Mamba3Shape(width: 12, state: 4, headWidth: 6, groups: 2))
            case .s4d:
                shape.mixer = MixerShape(width: 12)
                shape.block = .s4d(S4DTrunkShape(width: 12, stateSize: 6))
            case .s4dPost:
                shape.mixer = MixerShape(width: 12)
                shape.block = .s4d(
                    S4DTrunkShape(width: 12, stateSize: 4, norm: .post, discretisation: .bilinear, hasInputMatrix: true))
            case .none:
                shape.mixer = MixerShape(width: 12)
                shape.layers = 0
            }
        }
    }

    @Test(arguments: Trunk.allCases) func aTurnIsServedAsItWasTrained(trunk: Trunk) {
        let example = ScorerExample(trunk.change)
        let trained = example.scores()
        let served = example.served()
        for (turn, (a, b)) in zip(trained, served).enumerated() {
            for (x, y) in zip(a, b) { #expect(abs(x - y) <= 1e-5 * max(1, abs(x)), "turn \(turn): \(x), \(y)") }
        }
    }

    @Test func partsAddUpToTheFirstHead() {
        let example = ScorerExample()
        let (scores, parts) = example.explained()
        for (score, part) in zip(scores, parts) {
            #expect(abs(score - part.values.sum()) < 1e-5)
            #expect(part.values[0] != 0 && part.values[2] != 0 && part.values[4] != 0)
        }
    }

    @Test(arguments: Trunk.carrying) func theHistoryDecidesNotTheNumberOfCalls(trunk: Trunk) throws {
        let example = ScorerExample(trunk.change)
        let scorer = example.scorer
        let scratch = ScorerScratch(scorer)
        let state = scorer.makeState()
        example.advance(state, through: 3, scratch)
        let copy = scorer.makeState()
        try copy.restore(exact: state.exactBytes())
        example.advance(state, from: 3, through: 5, scratch)
        example.advance(copy, from: 3, through: 5, scratch)
        #expect(state.exactBytes() == copy.exactBytes())
    }

    @Test func timeThatPassesAfterTheLastEventCounts() {
        let example = ScorerExample()
        let scratch = ScorerScratch(example.scorer)
        let state = example.scorer.makeState()
        example.advance(state, through: 5, scratch)
        let before = state.exactBytes()
        let columns = [Float](repeating: 0.1, count: example.scorer.shape.eventColumns)
        let soon = example.scores(state, bare: (columns, 0.01), scratch)
        let late = example.scores(state, bare: (columns, 1000), scratch)
        #expect(soon != late)
        // Reading is not writing.
        #expect(state.exactBytes() == before)
    }

    @Test func aCompactStateIsSmallAndClose() throws {
        let example = ScorerExample()
        let projection = example.projection()
        let scratch = ScorerScratch(example.scorer)
        let state = example.scorer.makeState()
        example.advance(state, through: 5, scratch)
        let bytes = state.compactBytes(projection)
        #expect(bytes.count <= 256)
        let restored = example.scorer.makeState()
        try restored.restore(compact: bytes, projection)
        let (a, b) = (example.scores(state, bare: nil, scratch), example.scores(restored, bare: nil, scratch))
        for (x, y) in zip(a, b) { #expect(abs(x - y) < 0.1, "\(x), \(y)") }
    }

    @Test(arguments: Trunk.carrying) func damagedStatesAreRefusedAndChangeNothing(trunk: Trunk) {
        let example = ScorerExample(trunk.change)
        let scratch = ScorerScratch(example.scorer)
        let state = example.scorer.makeState()
        example.advance(state, through: 4, scratch)
        let good = state.exactBytes()
        var random = SplitMix64(seed: 11)
        for _ in 0..<2000 {
            var bytes = good
            switch random.next() % 3 {
            case 0: bytes.removeLast(Int(random.next() % UInt64(bytes.count)))
            case 1: bytes.append(contentsOf: [UInt8](repeating: 7, count: 1 + Int(random.next() % 9)))
            default: for _ in 0..<4 { bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next()) }
            }
            let other = example.scorer.makeState()
            do throws(ScorerStateError) {
                try other.restore(exact: bytes)
                let isFinite = other.vector.allSatisfy(\.isFinite)
                #expect(isFinite)
            } catch {
                let isUntouched = other.exactBytes() == example.scorer.makeState().exactBytes()
                #expect(isUntouched)
            }
        }
    }

    @Test(arguments: Trunk.allCases) func aModelComesBackFromItsFile(trunk: Trunk) throws {
        let example = ScorerExample(trunk.change)
        let file = ScorerFile(
            description: example.description, shape: example.scorer.shape, scales: example.scorer.scales,
            values: example.values, compact: trunk == .none ? nil : example.projection())
        let bytes = file.writer().bytes()
        let read = try self.read(bytes)
        #expect(read.values == file.values)
        #expect(read.shape == file.shape)
        #expect(read.description == file.description)
        #expect(read.scales == file.scales)
        #expect(read.compact == file.compact)
    }

    @Test func aFileWhoseNamesDoNotFitItsShapesIsRefusedWithBoth() throws {
        let example = ScorerExample()
        var description = example.description
        description.rowColumns.append("memory.age_days@1")
        let file = ScorerFile(
            description: description, shape: example.scorer.shape, scales: example.scorer.scales, values: example.values)
        let bytes = file.writer().bytes()
        var text = ""
        do {
            _ = try read(bytes)
        } catch {
            text = "\(error)"
        }
        // 5 readers of 6 columns and a code of 8 stand in the file; 7 columns are named.
        #expect(text.contains("[5, 14]") && text.contains("[5, 15]"), "\(text)")
    }

    private func read(_ bytes: [UInt8]) throws -> ScorerFile {
        try bytes.withUnsafeBytes { bytes in try ScorerFile(try SafetensorsFile(borrowing: bytes)) }
    }
}

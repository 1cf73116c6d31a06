import Glibc
import StateSpace
import Testing

/// A network over items: one forward for training and serving, and its file.
@Suite struct ItemNetworkTests {
    static let shape = ItemShape(
        items: 9, mixer: MixerShape(width: 12, state: 4, timeDecay: true), layers: 2, expansion: 3,
        hasItemBias: true)
    static let ids: [Int64] = [3, 5, 8, 13, 21, 34, 55, 89, 144]

    static func parameters(_ shape: ItemShape = shape) -> FloatBuffer {
        let values = FloatBuffer(ItemParameters(shape).layout.count)
        var random = SplitMix64(seed: 8)
        ItemParameters(shape).initialize(values.start, shape: shape, using: &random)
        return values
    }

    static func model() -> ItemModel {
        let network = ItemNetwork(shape)
        network.load(keeping: parameters())
        return ItemModel(network: network, ids: ids, gapUnit: 60)
    }

    /// All rows at once on a training tape.
    static func hidden(_ model: ItemModel, _ items: [Int64], seconds: [Double]) -> [Float] {
        let network = model.network
        let tape = ItemTape(network.shape, capacity: items.count, trains: true)
        let hidden = FloatBuffer(items.count * network.shape.width)
        let gaps = seconds.indices.map {
            $0 == 0 ? 0 : network.gapRule(Float((seconds[$0] - seconds[$0 - 1]) / 60))
        }
        var dropout = Dropout.none
        gaps.withUnsafeBufferPointer { gaps in
            items.map(model.row(of:)).withUnsafeBufferPointer { rows in
                // Forced: there are items.
                network.forward(
                    ItemPass(items: rows.baseAddress!, gaps: gaps.baseAddress!, rows: items.count),
                    state: network.makeState(), tape: tape, dropout: &dropout, to: hidden.start)
            }
        }
        return hidden.array
    }

    @Test func steppingWithCarriedStateScoresAsTheTrainingForwardDoes() {
        let model = Self.model()
        let items: [Int64] = [5, 144, 7, 3, 3, 55]
        let seconds = [0.0, 30, 45, 4000, 4001, 90_000]
        let width = Self.shape.width
        let whole = Self.hidden(model, items, seconds: seconds)
        let session = ItemSession(model)
        var scores = [Float](repeating: 0, count: Self.ids.count)
        for (index, item) in items.enumerated() {
            session.step(item: item, atMilliseconds: 1_000_000 + Int64(seconds[index] * 1000))
            let row = Array(whole[index * width..<(index + 1) * width])
            model.network.score(
                row, items: Self.ids.map(model.row(of:)), count: Self.ids.count, to: &scores)
            #expect(Self.ids.map { session.score($0) } == scores)
        }
    }

    @Test func anItemThatIsNotKnownHasNoScoreAndNoneHasBeforeTheFirstEvent() {
        let session = ItemSession(Self.model())
        #expect(session.score(3) == nil)
        session.step(item: 5, atMilliseconds: 0)
        #expect(session.score(4) == nil)
        #expect(session.score(3) != nil && session.score(3) != session.score(144))
    }

    @Test func elapsedTimeChangesTheAnswerWhereTimeCounts() {
        let (early, late) = (ItemSession(Self.model()), ItemSession(Self.model()))
        for session in [early, late] { session.step(item: 5, atMilliseconds: 0) }
        early.step(item: 8, atMilliseconds: 1000)
        late.step(item: 8, atMilliseconds: 10_000_000_000)
        #expect(early.score(13) != late.score(13))
    }

    @Test func aSessionGoesOnFromItsBytesBitForBit() throws {
        let model = Self.model()
        let (first, second) = (ItemSession(model), ItemSession(model))
        first.step(item: 34, atMilliseconds: 5000)
        try second.restore(exact: first.exactBytes())
        #expect(Self.ids.map { first.score($0) } == Self.ids.map { second.score($0) })
        for session in [first, second] { session.step(item: 3, atMilliseconds: 65_000) }
        #expect(first.exactBytes() == second.exactBytes())
    }

    @Test func bytesThatAreNoSessionAreRefusedAndChangeNothing() {
        let session = ItemSession(Self.model())
        session.step(item: 34, atMilliseconds: 5000)
        let good = session.exactBytes()
        var marked = good
        marked[8] = 2
        var infinite = good
        infinite[11] = 0x80
        infinite[12] = 0x7F
        var broken = good
        broken[good.count - 1] = 0x7F
        broken[good.count - 2] = 0xC0
        for bytes in [marked, infinite, broken, Array(good.dropLast()), []] {
            #expect(throws: StateError.self) { try session.restore(exact: bytes) }
            #expect(session.exactBytes() == good)
        }
    }

    @Test func aModelComesBackFromItsFileBitForBit() throws {
        let path = "/tmp/mneme-items-\(getpid()).safetensors"
        defer { unlink(path) }
        let model = Self.model()
        try model.write(Self.parameters().array, to: path, metadata: ["dataset": "none"])
        let file = try SafetensorsFile(path: path)
        #expect(file.metadata["model"] == "item-sequence" && file.metadata["dataset"] == "none")
        let read = try ItemModel(file)
        #expect(read.network.shape == Self.shape && read.ids == Self.ids && read.gapUnit == 60)
        #expect(read.maxLength == 50 && read.stateID != 0)
        let (before, after) = (ItemSession(model), ItemSession(read))
        for session in [before, after] {
            session.step(item: 34, atMilliseconds: 0)
            session.step(item: 21, atMilliseconds: 700_000)
        }
        #expect(before.exactBytes() == after.exactBytes())
        #expect(Self.ids.map { before.score($0) } == Self.ids.map { after.score($0) })
    }

    @Test(arguments: [
        ("ids that are too few", "items.ids"), ("a tensor too many", "stranger"), ("no unit of time", "gap_unit"),
        ("another model", "model"), ("an id twice", "twice"),
        ("no length", "max_length"),
    ])
    func aFileThatDoesNotFitIsRefused(_ problem: String, _ change: String) throws {
        let model = Self.model()
        var writer = SafetensorsWriter(
            metadata: [
                "model": change == "model" ? "mamba" : "item-sequence", "gap_rule": "log",
                "max_length": change == "max_length" ? "0" : "50", "state_id": "7f",
            ])
        if change != "gap_unit" { writer.metadata["gap_unit"] = "60" }
        model.network.place.layout.add(Self.parameters().array, to: &writer)
        var ids = change == "items.ids" ? Array(Self.ids.dropLast()) : Self.ids
        if change == "twice" { ids[1] = ids[0] }
        writer.add("items.ids", .int64, [ids.count], ids.flatMap { withUnsafeBytes(of: $0, Array.init) })
        if change == "stranger" { writer.add("stranger", [Float(1)], shape: [1]) }
        let bytes = writer.bytes()
        bytes.withUnsafeBytes { bytes in
            let error = #expect(throws: SafetensorsError.self, "\(problem)") {
                try ItemModel(SafetensorsFile(borrowing: bytes))
            }
            let place = error?.place ?? ""
            #expect(place.contains(change == "twice" ? "items.ids" : change), "\(place)")
        }
    }
}

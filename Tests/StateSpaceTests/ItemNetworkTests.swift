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
        gaps.withUnsafeBufferPointer {
            // Forced: there are items.
            network.forward(
                ItemPass(
                    items: items.map(model.row(of:)), gaps: $0.baseAddress!, rows: items.count),
                state: network.makeState(), tape: tape, dropout: &dropout, to: hidden.start)
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
            session.step(item: item, seconds: index == 0 ? 0 : seconds[index] - seconds[index - 1])
            let row = Array(whole[index * width..<(index + 1) * width])
            model.network.score(
                row, items: Self.ids.map(model.row(of:)), count: Self.ids.count, to: &scores)
            #expect(session.scores(Self.ids) == scores)
        }
    }

    @Test func anItemThatIsNotKnownIsScoredLast() {
        let session = ItemSession(Self.model())
        session.step(item: 5)
        let scores = session.scores([3, 4, 144])
        #expect(scores[1] == -.infinity)
        #expect(scores[0].isFinite && scores[2].isFinite && scores[0] != scores[2])
    }

    @Test func elapsedTimeChangesTheAnswerWhereTimeCounts() {
        let (early, late) = (ItemSession(Self.model()), ItemSession(Self.model()))
        for session in [early, late] { session.step(item: 5) }
        early.step(item: 8, seconds: 1)
        late.step(item: 8, seconds: 1e7)
        #expect(early.scores(Self.ids) != late.scores(Self.ids))
    }

    @Test func aModelComesBackFromItsFileBitForBit() throws {
        let path = "/tmp/mneme-items-\(getpid()).safetensors"
        defer { unlink(path) }
        let model = Self.model()
        try model.write(Self.parameters().array, to: path, metadata: ["max_length": "50"])
        let file = try SafetensorsFile(path: path)
        #expect(file.metadata["model"] == "item-sequence" && file.metadata["max_length"] == "50")
        let read = try ItemModel(file)
        #expect(read.network.shape == Self.shape && read.ids == Self.ids && read.gapUnit == 60)
        let (before, after) = (ItemSession(model), ItemSession(read))
        for session in [before, after] {
            session.step(item: 34)
            session.step(item: 21, seconds: 700)
        }
        #expect(before.scores(Self.ids) == after.scores(Self.ids))
    }

    @Test(arguments: [
        ("ids that are too few", "items.ids"), ("a tensor too many", "stranger"), ("no unit of time", "gap_unit"),
        ("another model", "model"), ("an id twice", "twice"),
    ])
    func aFileThatDoesNotFitIsRefused(_ problem: String, _ change: String) throws {
        let model = Self.model()
        var writer = SafetensorsWriter(
            metadata: ["model": change == "model" ? "mamba" : "item-sequence", "gap_rule": "log"])
        if change != "gap_unit" { writer.metadata["gap_unit"] = "60" }
        model.network.place.layout.add(Self.parameters().array, to: &writer)
        var ids = change == "items.ids" ? Array(Self.ids.dropLast()) : Self.ids
        if change == "twice" { ids[1] = ids[0] }
        writer.add("items.ids", .int64, [ids.count], ids.flatMap { withUnsafeBytes(of: $0, Array.init) })
        if change == "stranger" { writer.add("stranger", [1], shape: [1]) }
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

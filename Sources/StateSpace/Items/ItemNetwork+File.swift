/// A network over items as a file: tensors, the items' own ids, and in the metadata what shapes can't tell.
///
/// `model` = "item-sequence", `gap_rule` = log | bounded:δ, `gap_unit` = seconds of one unit of δ where time counts,
/// `max_length` = events of a context while training, `state_id` = which weights a session's state belongs to.
/// `items.ids` I64 [V]: the id of row 1, 2, … (64 bits; ids of the host are taken as they are).
package struct ItemModel: Sendable {
    package let network: ItemNetwork
    /// Ids as the data have them, of rows 1…V.
    package let ids: [Int64]
    /// Seconds of one unit of a gap; nil where time doesn't count.
    package let gapUnit: Double?
    /// Events that training saw at once: more of the past is no use.
    package let maxLength: Int
    /// Of the parameters' own bytes: a state means something under equal weights only.
    package let stateID: UInt64
    private let rows: [Int64: Int32]

    package init(
        network: ItemNetwork, ids: [Int64], gapUnit: Double?, maxLength: Int = 50, stateID: UInt64 = 0
    ) {
        precondition(ids.count == network.shape.items, "one id per item")
        self.maxLength = maxLength
        self.stateID = stateID
        self.network = network
        self.ids = ids
        self.gapUnit = gapUnit
        rows = Dictionary(zip(ids, 1...Int32(ids.count)), uniquingKeysWith: { first, _ in first })
    }

    /// The table's row of an item; 0 where the model doesn't know it.
    package func row(of id: Int64) -> Int32 { rows[id] ?? 0 }

    /// Refused unless every tensor of such a network is there in its shape, and no other.
    package init(_ file: SafetensorsFile, kernels: KernelTable = .best) throws(SafetensorsError) {
        let shape = try ItemShape(file)
        let place = ItemParameters(shape)
        let expected = Set(place.layout.entries.map(\.name) + ["items.ids"])
        if let stranger = file.names.first(where: { !expected.contains($0) }) {
            throw SafetensorsError(
                "a tensor that this network hasn't", at: "tensor \"\(stranger)\"",
                found: "\(file.names.count) tensors", allowed: "the \(expected.count) of an item-sequence model")
        }
        try file.check("items.ids", shape: [shape.items])
        guard let ids = file.withView(of: "items.ids", as: .int64, Int64.self, { Array($0) }) else {
            throw SafetensorsError(
                "ids of another kind", at: "tensor \"items.ids\"", found: "not I64", allowed: "I64, aligned")
        }
        guard Set(ids).count == ids.count else {
            throw SafetensorsError(
                "an id that occurs twice", at: "tensor \"items.ids\"", found: "\(ids.count) ids",
                allowed: "each once")
        }
        let network = ItemNetwork(shape, gapRule: try GapRule(file), kernels: kernels)
        network.load(keeping: FloatBuffer(try place.layout.read(file)))
        let length = try Self.number(file, "max_length", "1 to 100000") { word in
            Int(word).flatMap { (1...100_000).contains($0) ? $0 : nil }
        }
        let stateID = try Self.number(file, "state_id", "up to 16 hexadecimal digits") { UInt64($0, radix: 16) }
        self.init(
            network: network, ids: ids, gapUnit: try Self.gapUnit(file, shape), maxLength: length,
            stateID: stateID)
    }

    private static func number<Value>(
        _ file: SafetensorsFile, _ key: String, _ allowed: String, _ read: (String) -> Value?
    ) throws(SafetensorsError) -> Value {
        guard let value = file.metadata[key].flatMap(read) else {
            throw SafetensorsError(
                "no such number", at: "metadata \"\(key)\"", found: file.metadata[key] ?? "nothing",
                allowed: allowed)
        }
        return value
    }

    private static func gapUnit(
        _ file: SafetensorsFile, _ shape: ItemShape
    ) throws(SafetensorsError) -> Double? {
        guard shape.mixer.timeDecay else { return nil }
        guard let unit = file.metadata["gap_unit"].flatMap(Double.init), unit.isFinite, unit > 0 else {
            throw SafetensorsError(
                "no unit of time", at: "metadata \"gap_unit\"", found: file.metadata["gap_unit"] ?? "nothing",
                allowed: "seconds above 0")
        }
        return unit
    }

    /// The whole file; `parameters` [layout.count], `metadata` join the model's own.
    package func writer(_ parameters: [Float], metadata: [String: String] = [:]) -> SafetensorsWriter {
        var own = [
            "model": "item-sequence", "gap_rule": network.gapRule.word, "max_length": String(maxLength),
            "state_id": String(Self.stateID(of: parameters), radix: 16),
        ]
        if let gapUnit { own["gap_unit"] = String(gapUnit) }
        var writer = SafetensorsWriter(metadata: own.merging(metadata) { own, _ in own })
        network.place.layout.add(parameters, to: &writer)
        let bytes = ids.flatMap { id in withUnsafeBytes(of: id.littleEndian, Array.init) }
        writer.add("items.ids", .int64, [ids.count], bytes)
        return writer
    }

    package func write(
        _ parameters: [Float], to path: String, metadata: [String: String] = [:]
    ) throws(SafetensorsError) {
        try writer(parameters, metadata: metadata).write(to: path)
    }

    /// FNV-1a over the bits.
    private static func stateID(of parameters: [Float]) -> UInt64 {
        parameters.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01B3 }
    }
}

extension ItemShape {
    /// Read from a file's metadata and shapes; whether all other shapes fit is checked when they are read.
    package init(_ file: SafetensorsFile) throws(SafetensorsError) {
        guard file.metadata["model"] == "item-sequence" else {
            throw SafetensorsError(
                "another kind of model", at: "metadata \"model\"", found: file.metadata["model"] ?? "nothing",
                allowed: "item-sequence")
        }
        let table = try file.shape("items.weight", dimensions: 2)
        guard table[0] >= 2 else {
            throw SafetensorsError(
                "a table without items", at: "tensor \"items.weight\"", found: "\(table)",
                allowed: "a row for unknown items and at least one more")
        }
        let layers = file.count { "backbone.layers.\($0).mixer.A_log" }
        let mixer = try MixerShape(file, prefix: "backbone.layers.0.mixer.", width: table[1])
        var expansion = 0
        if file.tensor("backbone.layers.0.feed.up.weight") != nil {
            let inner = try file.shape("backbone.layers.0.feed.up.weight", dimensions: 2)[0]
            guard inner % table[1] == 0, inner <= 64 * table[1] else {
                throw SafetensorsError(
                    "an inner width that is no multiple", at: "tensor \"backbone.layers.0.feed.up.weight\"",
                    found: "\(inner)", allowed: "1 to 64 times the width \(table[1])")
            }
            expansion = inner / table[1]
        }
        self.init(
            items: table[0] - 1, mixer: mixer, layers: layers, expansion: expansion,
            hasItemBias: file.tensor("items.bias") != nil)
    }
}

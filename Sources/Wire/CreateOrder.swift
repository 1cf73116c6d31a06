/// All that `create` needs, by value: sent to a worker, or used in this process.
package struct CreateOrder: Sendable {
    package enum OptionValue: Sendable {
        case number(kind: UInt32, Double)
        case text(String)
    }

    package var options: [OptionValue] = []
    /// Names; the bytes are mapped apart.
    package var assets: [String] = []
    package var rowColumns: [String] = []
    package var hopColumns: [String] = []
    package var eventColumns: [String] = []
    package var embeddingModel = ""
    package var embeddingDimension: UInt32 = 0
    package var dispatchLevel: UInt32 = 0
    package var maxRows: UInt32 = 0
    package var memoryBytes: UInt64 = 0
    package var seed: UInt64 = 0
    package var schema: UInt64 = 0

    package init() {}

    package var encoded: [UInt8] {
        var out = ByteWriter()
        out.write(UInt32(options.count))
        for option in options {
            switch option {
            case .number(let kind, let value):
                out.write(kind)
                out.write(value)
            case .text(let text):
                out.write(UInt32(0))
                out.write(text)
            }
        }
        for list in [assets, rowColumns, hopColumns, eventColumns] {
            out.write(UInt32(list.count))
            for text in list { out.write(text) }
        }
        out.write(embeddingModel)
        for value in [embeddingDimension, dispatchLevel, maxRows] { out.write(value) }
        for value in [memoryBytes, seed, schema] { out.write(value) }
        return out.bytes
    }

    package init(decoding bytes: UnsafeRawBufferPointer) throws(ByteReader.Truncated) {
        var input = ByteReader(bytes)
        for _ in 0..<(try input.integer(UInt32.self)) {
            let kind = try input.integer(UInt32.self)
            options.append(kind == 0 ? .text(try input.text()) : .number(kind: kind, try input.number()))
        }
        func list() throws(ByteReader.Truncated) -> [String] {
            var texts: [String] = []
            for _ in 0..<(try input.integer(UInt32.self)) { texts.append(try input.text()) }
            return texts
        }
        assets = try list()
        rowColumns = try list()
        hopColumns = try list()
        eventColumns = try list()
        embeddingModel = try input.text()
        embeddingDimension = try input.integer()
        dispatchLevel = try input.integer()
        maxRows = try input.integer()
        memoryBytes = try input.integer()
        seed = try input.integer()
        schema = try input.integer()
    }
}

import PluginABI

/// What a model is made from. A value: copied out of the host's struct, so it may be kept.
public struct Setup: Sendable {
    public let options: Options
    /// Columns of every row, hop and event, in the order in which they will come.
    public let columns: Columns
    public let hopColumns: Columns
    public let eventColumns: Columns
    public let assets: [Asset]
    /// The one embedding model whose vectors will come; `nil` = none granted.
    public let embedding: (model: String, dimension: Int)?
    /// Kernel dispatch level to use: 0 best available, 1 baseline, 3 x86-64-v3, 4 x86-64-v4.
    public let dispatchLevel: Int
    /// Rows of the largest batch that will come.
    public let maxRows: Int
    /// Memory this model may use; `nil` = no limit given.
    public let memoryBytes: UInt64?
    /// Seed for whatever the model draws at random.
    public let seed: UInt64
    public let log: Log

    let shape: Shape

    /// The asset of this name, or an error that names those that came.
    public func asset(_ name: String) throws(ScorerError) -> Asset {
        for asset in assets where asset.name == name { return asset }
        throw .asset("asset \(name) is missing; given: \(listed(assets.map(\.name)))")
    }

    init(
        _ config: UnsafePointer<mneme_config>, host: UnsafePointer<mneme_host>?, optionNames: [String]
    ) throws(ScorerError) {
        let needed = MemoryLayout<mneme_config>.size
        guard config.pointee.struct_size >= needed else {
            throw .invalid("mneme_config has \(config.pointee.struct_size) bytes; version 1 has \(needed)")
        }
        options = try Options(
            names: optionNames, values: config.pointee.options, count: Int(config.pointee.option_count))
        columns = Columns(config.pointee.row_columns, count: config.pointee.row_column_count)
        hopColumns = Columns(config.pointee.hop_columns, count: config.pointee.hop_column_count)
        eventColumns = Columns(config.pointee.event_columns, count: config.pointee.event_column_count)
        assets = UnsafeBufferPointer(start: config.pointee.assets, count: Int(config.pointee.asset_count))
            .map(Asset.init)
        let dimension = Int(config.pointee.embedding_dim)
        embedding =
            dimension == 0
            ? nil : (config.pointee.embedding_model.map { String(cString: $0) } ?? "", dimension)
        dispatchLevel = Int(config.pointee.dispatch_level)
        maxRows = Int(config.pointee.max_rows)
        memoryBytes = config.pointee.memory_bytes == 0 ? nil : config.pointee.memory_bytes
        seed = config.pointee.seed
        shape = Shape(
            schema: config.pointee.schema, columns: columns.names.count, hopColumns: hopColumns.names.count,
            eventColumns: eventColumns.names.count)
        log = Log(host)
    }
}

/// What every batch and event list of a model must have: the columns that it was made for.
struct Shape: Sendable {
    let schema: UInt64
    let columns: Int
    let hopColumns: Int
    let eventColumns: Int
}

func listed(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.joined(separator: ", ")
}

import PluginSDK
import StateSpace

/// Where the model's columns and tables stand in the host's rows and hops.
struct PathReader: Sendable {
    private let columns: [Int]
    private let hopTables: [(place: Int, table: PathConfiguration.Table)]
    private let queryTables: [(place: Int, table: PathConfiguration.Table)]

    /// Refused with both lists where a column that the weights name isn't sent.
    init(_ configuration: PathConfiguration, _ setup: Setup) throws(ScorerError) {
        let hopNames = configuration.columns + configuration.hopTables.map(\.column)
        let hops = try setup.hopColumns.require(hopNames)
        let rows = try setup.columns.require(configuration.queryTables.map(\.column))
        columns = Array(hops.prefix(configuration.columns.count))
        hopTables = Array(zip(hops.dropFirst(configuration.columns.count), configuration.hopTables)).map { ($0, $1) }
        queryTables = zip(rows, configuration.queryTables).map { ($0, $1) }
    }

    /// One row with all its paths.
    func append(_ batch: borrowing Batch, _ row: Int, heuristic: Float, to inputs: inout PathInputs) {
        let hopRows = batch.hopRows
        for path in batch.paths(row) {
            let hops = batch.hops(path)
            for hop in hops {
                for column in columns { inputs.append(column: hopRows[hop, column]) }
                for (place, table) in hopTables { inputs.append(hopIndex: table.index(hopRows[hop, place])) }
            }
            inputs.endPath(hops: hops.count)
        }
        let rows = batch.rows
        for (place, table) in queryTables { inputs.append(queryIndex: table.index(rows[row, place])) }
        inputs.endRow(heuristic: heuristic)
    }
}

/// A path scorer as a file: tensors under PyTorch's names, and in the metadata its shape and what it reads.
///
/// `model` = "s4d-paths" · `channels`, `state_size`, `layers`, `readout` = mean | mean_max, `norm`, `discretisation` ·
/// `columns`: hop columns, separated by spaces · `hop_tables`, `query_tables`: `column:rows:scale:width` ·
/// `no_path` = abstain | learned · `residual` = none | heuristic.
extension PathModel {
    package static let kind = "s4d-paths"

    /// Refused unless every tensor of such a model is there in its shape, and no other.
    package convenience init(_ file: SafetensorsFile) throws(SafetensorsError) {
        let configuration = try PathConfiguration(file)
        let layout = PathParameters(configuration).layout
        let expected = Set(layout.entries.map(\.name))
        if let stranger = file.names.first(where: { !expected.contains($0) }) {
            throw SafetensorsError(
                "a tensor that this model hasn't", at: "tensor \"\(stranger)\"",
                found: "\(file.names.count) tensors", allowed: "the \(expected.count) that its metadata describe")
        }
        self.init(configuration, values: try layout.read(file))
    }

    /// Writes the model atomically; `metadata` join the model's own.
    package func write(to path: String, metadata: [String: String] = [:]) throws(SafetensorsError) {
        precondition(configuration.trunk == .s4d, "models for comparison have no file")
        var writer = SafetensorsWriter(metadata: configuration.metadata.merging(metadata) { own, _ in own })
        parameters.layout.add(values, to: &writer)
        try writer.write(to: path)
    }
}

extension PathConfiguration {
    package var metadata: [String: String] {
        func text(_ tables: [Table]) -> String {
            tables.map { "\($0.column):\($0.rows):\($0.scale):\($0.width)" }.joined(separator: " ")
        }
        return [
            "model": PathModel.kind, "channels": "\(s4d.channels)", "state_size": "\(s4d.stateSize)",
            "layers": "\(s4d.layers)", "readout": s4d.readout.rawValue, "norm": s4d.norm.rawValue,
            "discretisation": s4d.discretisation.rawValue, "columns": columns.joined(separator: " "),
            "hop_tables": text(hopTables), "query_tables": text(queryTables), "no_path": noPath.rawValue,
            "residual": residual.rawValue,
        ]
    }

    package init(_ file: SafetensorsFile) throws(SafetensorsError) {
        guard file.metadata["model"] == PathModel.kind else {
            throw SafetensorsError(
                "another kind of model", at: "metadata \"model\"", found: file.metadata["model"] ?? "nothing",
                allowed: PathModel.kind)
        }
        let columns = (file.metadata["columns"] ?? "").split(separator: " ").map(String.init)
        let hopTables = try file.tables("hop_tables")
        let queryTables = try file.tables("query_tables")
        let width = columns.count + (hopTables + queryTables).reduce(0) { $0 + $1.width }
        guard width > 0 else {
            throw SafetensorsError(
                "a model that reads nothing", at: "metadata \"columns\"", found: "no column and no table",
                allowed: "at least one")
        }
        var s4d = S4DConfiguration(
            inputs: width, outputs: 1, channels: try file.number("channels", in: 1...1024),
            stateSize: 2 * (try file.number("state_size", in: 2...1024) / 2), layers: try file.number("layers", in: 1...64))
        s4d.readout = try file.choice("readout")
        s4d.norm = try file.choice("norm")
        s4d.discretisation = try file.choice("discretisation")
        s4d.hasInputMatrix = file.tensor("s4_layers.0.kernel.B") != nil
        self.init(
            s4d, columns: columns, hopTables: hopTables, queryTables: queryTables, noPath: try file.choice("no_path"),
            residual: try file.choice("residual"))
    }
}

extension SafetensorsFile {
    fileprivate func number(_ key: String, in range: ClosedRange<Int>) throws(SafetensorsError) -> Int {
        guard let number = metadata[key].flatMap({ Int($0) }), range.contains(number) else {
            throw SafetensorsError(
                "no such shape", at: "metadata \"\(key)\"", found: metadata[key] ?? "nothing",
                allowed: "\(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    fileprivate func tables(_ key: String) throws(SafetensorsError) -> [PathConfiguration.Table] {
        var tables: [PathConfiguration.Table] = []
        for text in (metadata[key] ?? "").split(separator: " ") {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            let numbers = parts.dropFirst().compactMap { Int($0) }
            guard parts.count == 4, numbers.count == 3, !parts[0].isEmpty, (1...1 << 20).contains(numbers[0]),
                (1...1 << 20).contains(numbers[1]), (1...1024).contains(numbers[2]), tables.count < 16
            else {
                throw SafetensorsError(
                    "no table", at: "metadata \"\(key)\"", found: String(text),
                    allowed: "column:rows:scale:width, rows and scale 1 to \(1 << 20), width 1 to 1024, at most 16")
            }
            tables.append(.init(column: String(parts[0]), rows: numbers[0], scale: numbers[1], width: numbers[2]))
        }
        return tables
    }
}

/// Reads rows with known scores, from plugins.json or from a file of their own.
struct GoldenRowReader {
    let columns: [String]
    let sink: ComplaintSink

    func read(_ nodes: [JSONNode], path: String) -> [GoldenRow] {
        nodes.enumerated().compactMap { index, node in
            let name = "\(path)[\(index)]"
            guard let fields = FieldReader(node, path: name, sink: sink) else { return nil }
            // The last part is enough in a message that names the scorer.
            let row = read(fields, name: "golden[\(index)]")
            fields.finish()
            return row
        }
    }

    private func read(_ fields: FieldReader, name: String) -> GoldenRow? {
        let score = fields.number("score", in: -3.4e38...3.4e38, required: true)
        let tolerance = fields.number("tolerance", in: 0...1)
        guard let node = fields.required("row") else { return nil }
        let entries = fields.entries("row")
        var values: [String: Float] = [:]
        for entry in entries {
            guard columns.contains(entry.key) else {
                fields.complain(
                    "row.\(entry.key)", entry.node,
                    allowed: "the function's columns: \(columns.joined(separator: ", "))")
                continue
            }
            guard case .number(let value, _) = entry.node.value, abs(value) <= 3.4e38 else {
                fields.complain("row.\(entry.key)", entry.node, allowed: "a number")
                continue
            }
            values[entry.key] = Float(value)
        }
        let row = columns.compactMap { values[$0] }
        if row.count < columns.count, entries.count == values.count {
            fields.complain("row", node, allowed: "a value for each of \(columns.joined(separator: ", "))")
        }
        guard let score, row.count == columns.count else { return nil }
        return GoldenRow(
            name: name, values: row, score: score, tolerance: tolerance ?? GoldenRow.standardTolerance)
    }

    /// A file that holds the same list.
    static func read(_ bytes: [UInt8], path: String, columns: [String]) throws(LoadError) -> [GoldenRow] {
        let root: JSONNode
        do {
            root = try JSONReader.read(bytes)
        } catch {
            throw LoadError(
                .golden,
                "\(path):\(error.position.line):\(error.position.column): \(error.message); allowed: JSON")
        }
        guard case .array(let items) = root.value, !items.isEmpty else {
            throw LoadError(
                .golden,
                "\(path) holds \(root.found); allowed: a list of records { \"row\", \"score\", \"tolerance\" }"
            )
        }
        let sink = ComplaintSink()
        let rows = GoldenRowReader(columns: columns, sink: sink).read(items, path: "")
        guard sink.complaints.isEmpty else {
            throw LoadError(.golden, PluginsFileError(path: path, complaints: sink.sorted).description)
        }
        return rows
    }
}

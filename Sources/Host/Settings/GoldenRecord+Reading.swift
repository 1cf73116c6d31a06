extension GoldenRecord {
    /// A file of records: a JSON list like the one that may stand in plugins.json.
    package static func read(_ bytes: [UInt8], path: String) throws(LoadError) -> [GoldenRecord] {
        let root: JSONNode
        do {
            root = try JSONReader.read(bytes)
        } catch {
            throw LoadError(.gate, "\(path): \(error.description)")
        }
        let sink = ComplaintSink()
        var records: [GoldenRecord] = []
        if case .array(let items) = root.value, !items.isEmpty {
            records = items.enumerated().compactMap { index, node in read(node, "[\(index)]", sink) }
        } else {
            sink.add(Complaint(root.position, key: "", found: root.found, allowed: "a list of records, not empty"))
        }
        guard sink.complaints.isEmpty else {
            throw LoadError(.gate, "\(path): \(sink.sorted.map(\.description).joined(separator: "; "))")
        }
        return records
    }

    /// { "row": { column: value }, "score", "tolerance"? }
    static func read(_ node: JSONNode, _ path: String, _ sink: ComplaintSink) -> GoldenRecord? {
        guard let fields = FieldReader(node, path: path, sink: sink) else { return nil }
        var row: [String: Double] = [:]
        _ = fields.required("row")
        for entry in fields.entries("row") {
            guard case .number(let value, _) = entry.node.value else {
                fields.complain("row.\(entry.key)", entry.node, allowed: "a number")
                continue
            }
            row[entry.key] = value
        }
        let score = fields.number("score", in: -1e300...1e300, required: true)
        let tolerance = fields.number("tolerance", in: 0...1e300)
        fields.finish()
        return score.map { GoldenRecord(row: row, score: $0, tolerance: tolerance) }
    }
}

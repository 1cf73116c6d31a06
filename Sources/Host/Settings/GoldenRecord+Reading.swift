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

    /// { "row": { column: value }, "paths"?: [[{ hop column: value }]], "score", "tolerance"? }
    static func read(_ node: JSONNode, _ path: String, _ sink: ComplaintSink) -> GoldenRecord? {
        guard let fields = FieldReader(node, path: path, sink: sink) else { return nil }
        _ = fields.required("row")
        let row = numbers(fields.entries("row"), "row", fields)
        let paths = (fields.array("paths", allowed: "a list of paths") ?? []).enumerated().map {
            hops($1, "paths[\($0)]", fields)
        }
        let score = fields.number("score", in: -1e300...1e300, required: true)
        let tolerance = fields.number("tolerance", in: 0...1e300)
        fields.finish()
        return score.map {
            var record = GoldenRecord(row: row, score: $0, tolerance: tolerance)
            record.paths = paths
            return record
        }
    }

    private static func numbers(_ entries: [JSONMember], _ path: String, _ fields: FieldReader) -> [String: Double] {
        var numbers: [String: Double] = [:]
        for entry in entries {
            guard case .number(let value, _) = entry.node.value else {
                fields.complain("\(path).\(entry.key)", entry.node, allowed: "a number")
                continue
            }
            numbers[entry.key] = value
        }
        return numbers
    }

    private static func hops(_ node: JSONNode, _ path: String, _ fields: FieldReader) -> [[String: Double]] {
        guard case .array(let items) = node.value, (1...PathLimits.hopsPerPath).contains(items.count) else {
            fields.complain(path, node, allowed: "a list of 1 to \(PathLimits.hopsPerPath) hops")
            return []
        }
        return items.enumerated().map { index, item in
            guard case .object(let members) = item.value else {
                fields.complain("\(path)[\(index)]", item, allowed: "an object of hop columns")
                return [:]
            }
            return numbers(members, "\(path)[\(index)]", fields)
        }
    }
}

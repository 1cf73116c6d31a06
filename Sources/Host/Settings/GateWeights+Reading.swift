import Gate

extension GateWeights {
    /// Longest file that is read, bytes: sixteen scorers with sixteen columns take a fiftieth of it.
    package static let largestFile = 1 << 20

    /// Reads and judges a weights file as a whole; `GateWeights.json` writes it.
    ///
    /// - Parameter offered: columns that the engine can fill.
    /// - Throws: every mistake at once: where, what stands there, what may.
    package static func read(_ bytes: [UInt8], path: String, offered: [String]) throws(LoadError) -> GateWeights {
        guard bytes.count <= largestFile else {
            throw LoadError(.assets, "\(path) has \(bytes.count) bytes; allowed for a gate: \(largestFile)")
        }
        let root: JSONNode
        do { root = try JSONReader.read(bytes) } catch { throw LoadError(.assets, "\(path): \(error.description)") }
        let sink = ComplaintSink()
        let weights = FieldReader(root, path: "", sink: sink).flatMap { GateReader($0, sink, offered).read() }
        guard sink.complaints.isEmpty, let weights else {
            throw LoadError(.assets, "\(path): \(sink.sorted.map(\.description).joined(separator: "; "))")
        }
        return weights
    }
}

/// One reading of one weights file.
private struct GateReader {
    private let fields: FieldReader
    private let sink: ComplaintSink
    private let offered: [String]

    init(_ fields: FieldReader, _ sink: ComplaintSink, _ offered: [String]) {
        self.fields = fields
        self.sink = sink
        self.offered = offered
    }

    /// nil = there are complaints.
    func read() -> GateWeights? {
        _ = fields.integer("gate", in: GateWeights.formatVersion...GateWeights.formatVersion, required: true)
        let training = fields.string("training")
        let temperature = fields.number("temperature", in: 0.001...1000, required: true)
        let columns = objects("columns", 0...GateShape.mostColumns).compactMap(column)
        let entries = objects("scorers", 1...GateShape.mostScorers)
        let scorers = entries.compactMap(scorer)
        if !sink.complaints.isEmpty { return nil }
        let shape = GateShape(scorers: scorers, columns: columns)
        noteRepeats(shape, entries)
        let places = GatePlaces(shape)
        var parameters = [Float](repeating: 0, count: places.count)
        for (index, entry) in entries.enumerated() { fill(&parameters, entry, index, shape, places) }
        if fields.required("confidence") != nil, let confidence = fields.object("confidence") {
            parameters[places.confidenceOffset.lowerBound] = number(confidence, "offset", 50)
            parameters[places.confidenceLogSlope.lowerBound] = number(confidence, "logSlope", 50)
            confidence.finish()
        }
        entries.forEach { $0.finish() }
        fields.finish()
        guard sink.complaints.isEmpty, let temperature else { return nil }
        return GateWeights(shape, parameters: parameters, temperature: Float(temperature), trainingHash: training ?? "")
    }

    private func objects(_ key: String, _ counts: ClosedRange<Int>) -> [FieldReader] {
        let allowed = "a list of \(counts.lowerBound) to \(counts.upperBound) objects"
        guard let node = fields.required(key), let items = fields.array(key, allowed: allowed) else { return [] }
        guard counts.contains(items.count) else {
            fields.complain(key, node, allowed: allowed)
            return []
        }
        return items.enumerated().compactMap { FieldReader($1, path: "\(key)[\($0)]", sink: sink) }
    }

    private func column(_ entry: FieldReader) -> GateShape.Column? {
        let name = entry.string("name", required: true)
        if let name, !offered.contains(name), let node = entry.node("name") {
            entry.complain("name", node, allowed: "columns of this host (mneme columns lists them)")
        }
        let mean = entry.number("mean", in: -1e9...1e9, required: true)
        let scale = entry.number("scale", in: 1e-9...1e9, required: true)
        entry.finish()
        guard let name, let mean, let scale else { return nil }
        return GateShape.Column(name: name, mean: Float(mean), scale: Float(scale))
    }

    private func scorer(_ entry: FieldReader) -> GateShape.Scorer? {
        let id = entry.string("id", required: true)
        let scale: GateShape.Scale? = entry.choice("scale", required: true)
        guard let id, let scale else { return nil }
        return GateShape.Scorer(id: id, scale: scale)
    }

    private func noteRepeats(_ shape: GateShape, _ entries: [FieldReader]) {
        for (index, entry) in entries.enumerated() where shape.index(of: shape.scorers[index].id) != index {
            if let node = entry.node("id") { entry.complain("id", node, allowed: "each scorer once") }
        }
        for (index, column) in shape.columns.enumerated() where shape.columns.firstIndex(where: { $0.name == column.name }) != index {
            guard let node = fields.node("columns") else { continue }
            fields.complain("columns", node, allowed: "each column once; \(column.name) is there twice")
        }
    }

    /// Every place of the flat vector by its name: [S] and [1 + S] hold one number per scorer, [S, width] a list.
    private func fill(_ parameters: inout [Float], _ entry: FieldReader, _ index: Int, _ shape: GateShape, _ places: GatePlaces) {
        for place in places.entries {
            let first = place.range.lowerBound
            if place.shape.count == 1 {
                let common = place.shape[0] - shape.scorers.count
                parameters[first + common + index] = number(entry, place.name, Double(place.largest))
            } else {
                let width = place.shape[1]
                for (offset, value) in numbers(entry, place.name, count: width, Double(place.largest)).enumerated() {
                    parameters[first + index * width + offset] = value
                }
            }
        }
    }

    private func number(_ entry: FieldReader, _ key: String, _ largest: Double) -> Float {
        Float(entry.number(key, in: -largest...largest, required: true) ?? 0)
    }

    private func numbers(_ entry: FieldReader, _ key: String, count: Int, _ largest: Double) -> [Float] {
        let allowed = "a list of \(count) numbers from \(Int(-largest)) to \(Int(largest))"
        guard let node = entry.required(key), let items = entry.array(key, allowed: allowed) else { return [] }
        let values = items.compactMap { item -> Float? in
            guard case .number(let number, _) = item.value, abs(number) <= largest else { return nil }
            return Float(number)
        }
        guard values.count == count, items.count == count else {
            entry.complain(key, node, allowed: allowed)
            return []
        }
        return values
    }
}

import PluginABI

extension Manifest {
    package static func read(_ text: String) throws(ManifestError) -> Manifest {
        let root: JSONNode
        do {
            root = try JSONReader.read(Array(text.utf8))
        } catch {
            throw ManifestError(complaints: [
                Complaint(error.position, key: "", found: error.message, allowed: "JSON (RFC 8259)")
            ])
        }
        let sink = ComplaintSink()
        var manifest = Manifest()
        manifest.text = text
        if let fields = FieldReader(root, path: "", sink: sink) { manifest.fill(from: fields, sink) }
        guard sink.complaints.isEmpty else { throw ManifestError(complaints: sink.sorted) }
        return manifest
    }

    private mutating func fill(from fields: FieldReader, _ sink: ComplaintSink) {
        _ = fields.integer("manifest", in: 1...1, required: true)
        id = fields.string("id", required: true) ?? ""
        version = fields.string("version", required: true) ?? ""
        licence = fields.string("licence")
        readABI(fields)
        isa = fields.string("isa") ?? isa
        if let toolchain = fields.object("toolchain") {
            self.toolchain = (toolchain.string("language") ?? "", toolchain.string("version") ?? "")
            toolchain.finish()
        }
        scope = fields.choice("scope", required: true) ?? .row
        isConcurrent = fields.bool("concurrent") ?? false
        isDeterministic = fields.bool("deterministic") ?? false
        learns = fields.bool("learns") ?? false
        threads = fields.integer("threads", in: 0...256) ?? 0
        if fields.required("inputs") != nil, let inputs = fields.object("inputs") {
            read(inputs: inputs, sink)
        }
        read(heads: fields, sink)
        parts = (fields.strings("parts") ?? []).map(\.text)
        if let state = fields.object("state") {
            var read = State()
            if let version = state.integer("version", in: 1...Int(UInt32.max), required: true) { read.version = version }
            for item in state.array("imports", allowed: "a list of state versions") ?? [] {
                if case .number(let number, true) = item.value, (1...Double(UInt32.max)).contains(number) {
                    read.imports.append(Int(number))
                } else {
                    state.complain("imports", item, allowed: "state versions: whole numbers from 1")
                }
            }
            read.hasCompact = state.bool("compact") ?? false
            self.state = read
            state.finish(tolerant: isNewer)
        }
        for entry in fields.entries("options") {
            guard let inner = FieldReader(entry.node, path: "options.\(entry.key)", sink: sink) else {
                continue
            }
            if let option = readOption(entry.key, inner) { options.append(option) }
            inner.finish(tolerant: isNewer)
        }
        for entry in fields.entries("assets") {
            guard let inner = FieldReader(entry.node, path: "assets.\(entry.key)", sink: sink) else {
                continue
            }
            assets.append(
                AssetSlot(
                    name: entry.key, format: inner.string("format"),
                    isRequired: inner.bool("required") ?? true,
                    maxBytes: inner.integer("maxBytes", in: 1...(1 << 40))))
            inner.finish(tolerant: isNewer)
        }
        fields.finish(tolerant: isNewer)
    }

    /// Built for a newer minor: keys that this host doesn't know are then no mistake.
    private var isNewer: Bool { abiMinor > Int(MNEME_ABI_MINOR) }

    private mutating func readABI(_ fields: FieldReader) {
        guard fields.required("abi") != nil, let abi = fields.object("abi") else { return }
        abiMinor = abi.integer("minor", in: 0...65_535, required: true) ?? 0
        abiMajor = abi.integer("major", in: 0...65_535, required: true) ?? 0
        if abiMajor != Int(MNEME_ABI_MAJOR), let node = abi.node("major") {
            abi.complain("major", node, allowed: "\(MNEME_ABI_MAJOR) (this host's ABI)")
        }
        abi.finish(tolerant: isNewer)
    }

    private mutating func read(inputs fields: FieldReader, _ sink: ComplaintSink) {
        rowColumns = readColumns("row_columns", fields, sink)
        hopColumns = readColumns("hop_columns", fields, sink)
        eventColumns = readColumns("event_columns", fields, sink)
        let plain: [(String, [Grant])] = [
            ("row_texts", [.rowTexts]), ("query_text", [.queryText]), ("row_embeddings", [.rowEmbeddings]),
            ("query_embedding", [.queryEmbedding]), ("embeddings", [.rowEmbeddings, .queryEmbedding]),
            ("paths", [.paths]), ("history", [.history]),
        ]
        for (key, grants) in plain {
            guard let input = readInput(key, fields) else { continue }
            for grant in grants { self.inputs[grant] = input }
        }
        fields.finish(tolerant: isNewer)
    }

    /// true, or { "required", "maxBytes" }; false = not asked for.
    private func readInput(_ key: String, _ fields: FieldReader) -> Input? {
        guard let node = fields.node(key) else { return nil }
        if case .bool(let isWanted) = node.value { return isWanted ? Input(isRequired: true) : nil }
        guard case .object = node.value, let inner = fields.object(key) else {
            fields.complain(key, node, allowed: "true, false or { \"required\", \"maxBytes\" }")
            return nil
        }
        let input = Input(
            isRequired: inner.bool("required") ?? true, maxBytes: inner.integer("maxBytes", in: 1...(1 << 30))
        )
        inner.finish(tolerant: isNewer)
        return input
    }

    private func readColumns(_ key: String, _ fields: FieldReader, _ sink: ComplaintSink) -> [Column] {
        var columns: [Column] = []
        for (index, node) in (fields.array(key, allowed: "a list of columns") ?? []).enumerated() {
            let path = "\(fields.name(key))[\(index)]"
            guard let inner = FieldReader(node, path: path, sink: sink) else { continue }
            let name = inner.string("name", required: true) ?? ""
            if columns.contains(where: { $0.name == name }), let node = inner.node("name") {
                inner.complain("name", node, allowed: "each column once")
            }
            columns.append(
                Column(
                    name: name, isRequired: inner.bool("required") ?? true,
                    isMonotone: inner.bool("monotone") ?? false))
            inner.finish(tolerant: isNewer)
        }
        return columns
    }

    private mutating func read(heads fields: FieldReader, _ sink: ComplaintSink) {
        guard let node = fields.required("heads") else { return }
        let items = fields.array("heads", allowed: "a list of 1 to 32 heads") ?? []
        if case .array = node.value, items.isEmpty || items.count > 32 {
            fields.complain("heads", node, allowed: "a list of 1 to 32 heads")
        }
        for (index, node) in items.enumerated() {
            guard let inner = FieldReader(node, path: "heads[\(index)]", sink: sink) else { continue }
            heads.append(
                Head(
                    name: inner.string("name", required: true) ?? "",
                    over: inner.choice("over", required: true) ?? .candidate,
                    scale: inner.choice("scale", required: true) ?? .rankOnly,
                    isCalibrated: inner.bool("calibrated") ?? false))
            inner.finish(tolerant: isNewer)
        }
    }
}

extension PluginsFile {
    mutating func read(scorers fields: FieldReader, _ sink: ComplaintSink) {
        for (index, node) in (fields.array("scorers", allowed: "a list of scorers") ?? []).enumerated() {
            guard let entry = FieldReader(node, path: "scorers[\(index)]", sink: sink),
                let setting = readScorer(entry, sink)
            else { continue }
            if let first = scorers.first(where: { $0.id == setting.id }) {
                entry.complain(
                    "id", entry.node("id") ?? node,
                    allowed: "an id of its own; the scorer at \(first.position) has it")
            }
            scorers.append(setting)
        }
    }

    private func readScorer(_ fields: FieldReader, _ sink: ComplaintSink) -> ScorerSetting? {
        let id = readID(fields)
        let foreign = readForeign(fields, sink)
        let library =
            fields.has("foreign")
            ? foreign?.library : fields.required("library").flatMap { readFile("library", $0, fields, sink) }
        let place = TextPosition(line: 1, column: 1)
        var setting = ScorerSetting(
            id: id ?? "", position: fields.position,
            library: library ?? PinnedFile(path: "", position: place))
        setting.foreign = foreign?.setting
        setting.tier = readTier("tier", fields)
        if fields.has("foreign") { requireProcessTier(&setting, fields) }
        setting.deadlineMilliseconds = fields.number("deadlineMilliseconds", in: 0.01...60_000)
        if let grace = fields.number("graceMilliseconds", in: 1...60_000) { setting.graceMilliseconds = grace }
        if let sandbox = fields.object("sandbox") {
            if let threads = sandbox.integer("threads", in: 0...256) { setting.sandbox.threads = threads }
            setting.sandbox.memoryMegabytes = sandbox.integer("memoryMegabytes", in: 16...1_048_576)
            sandbox.finish()
        }
        for entry in fields.entries("assets") {
            setting.assets[entry.key] = readFile("assets.\(entry.key)", entry.node, fields, sink)
        }
        if let golden = foreign?.goldenFile { setting.assets[ForeignSetting.goldenAsset] = golden }
        setting.options = fields.entries("options")
        for option in setting.options where !option.node.isScalar {
            fields.complain("options.\(option.key)", option.node, allowed: "a text, a number, true or false")
        }
        setting.heads = fields.strings("heads", allowed: "a list of head names")
        if let heads = setting.heads, heads.isEmpty, let node = fields.node("heads") {
            fields.complain("heads", node, allowed: "at least one head; leave the key out for all")
        }
        for (index, grant) in (fields.strings("grants", allowed: "a list of inputs") ?? []).enumerated() {
            guard let known = Grant(rawValue: grant.text) else {
                let names = Grant.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
                fields.complain("grants[\(index)]", grant.node, allowed: names)
                continue
            }
            setting.grants.insert(known)
        }
        readGolden(fields, &setting, sink)
        if let isEnabled = fields.bool("enabled") { setting.isEnabled = isEnabled }
        fields.finish()
        // An entry without library stays out of the list only if it has no id: others may refer to it.
        return id == nil ? nil : setting
    }

    private func readForeign(_ fields: FieldReader, _ sink: ComplaintSink) -> ForeignReader.Entry? {
        guard let node = fields.node("foreign") else { return nil }
        if fields.node("library") != nil { fields.complain("foreign", node, allowed: "library or foreign, not both") }
        guard let inner = fields.object("foreign") else { return nil }
        var reader = ForeignReader(inner, sink)
        return reader.read()
    }

    /// What a stranger's function does must end with a process.
    private func requireProcessTier(_ setting: inout ScorerSetting, _ fields: FieldReader) {
        if let tier = setting.tier, tier != .process, let node = fields.node("tier") {
            fields.complain("tier", node, allowed: "\"process\" (a foreign function runs in no other)")
        }
        setting.tier = .process
    }

    /// A list of records, or { "path", "sha256"? } of a file with one.
    private func readGolden(_ fields: FieldReader, _ setting: inout ScorerSetting, _ sink: ComplaintSink) {
        guard let node = fields.node("golden") else { return }
        guard case .array(let items) = node.value else {
            setting.goldenFile = readFile("golden", node, fields, sink)
            return
        }
        if items.isEmpty { fields.complain("golden", node, allowed: "at least one record; leave the key out for none") }
        setting.golden = items.enumerated().compactMap { index, item in
            GoldenRecord.read(item, "\(fields.name("golden"))[\(index)]", sink)
        }
    }

    private func readID(_ fields: FieldReader) -> String? {
        guard let id = fields.string("id", required: true) else { return nil }
        let isPlain = id.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x5F
                || byte == 0x2E
        }
        guard isPlain, id.utf8.count <= 64 else {
            if let node = fields.node("id") {
                fields.complain("id", node, allowed: "1 to 64 of a–z, 0–9, '-', '_', '.'")
            }
            return nil
        }
        return id
    }

    /// "path" or { "path", "sha256"? }.
    func readFile(
        _ key: String, _ node: JSONNode, _ fields: FieldReader, _ sink: ComplaintSink
    ) -> PinnedFile? {
        if case .string(let path) = node.value, !path.isEmpty {
            return PinnedFile(path: path, position: node.position, pathPosition: node.position, isBare: true)
        }
        guard case .object = node.value else {
            fields.complain(key, node, allowed: "a path, or { \"path\", \"sha256\" }")
            return nil
        }
        guard let inner = FieldReader(node, path: fields.name(key), sink: sink) else { return nil }
        let path = inner.string("path", required: true, allowed: "a path")
        let hash = inner.string("sha256", allowed: "64 hexadecimal digits in lower case")
        if let hash, !SHA256.isHexadecimal(hash), let hashNode = inner.node("sha256") {
            inner.complain("sha256", hashNode, allowed: "64 hexadecimal digits in lower case")
        }
        let place = inner.node("path")?.position ?? node.position
        inner.finish()
        return path.map { PinnedFile(path: $0, sha256: hash, position: node.position, pathPosition: place) }
    }
}

extension JSONNode {
    var isScalar: Bool {
        switch value {
        case .bool, .number, .string: true
        case .null, .array, .object: false
        }
    }
}

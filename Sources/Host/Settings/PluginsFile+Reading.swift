extension PluginsFile {
    /// Reads and judges a file.
    package static func read(path: String) throws(PluginsFileError) -> PluginsFile {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(path, limit: 4 << 20)
        } catch {
            let place = TextPosition(line: 1, column: 1)
            throw PluginsFileError(
                path: path,
                complaints: [Complaint(place, key: "", found: error.reason, allowed: "a readable file")])
        }
        return try read(bytes: bytes, path: path)
    }

    /// Judges bytes that came from `path`; relative paths in them mean its folder.
    package static func read(bytes: [UInt8], path: String) throws(PluginsFileError) -> PluginsFile {
        let root: JSONNode
        do {
            root = try JSONReader.read(bytes)
        } catch {
            throw PluginsFileError(
                path: path,
                complaints: [
                    Complaint(error.position, key: "", found: error.message, allowed: "JSON (RFC 8259)")
                ])
        }
        let sink = ComplaintSink()
        var file = PluginsFile()
        if let fields = FieldReader(root, path: "", sink: sink) { file.fill(from: fields, sink) }
        guard sink.complaints.isEmpty else {
            throw PluginsFileError(path: path, complaints: sink.sorted)
        }
        file.hash = SHA256.hexadecimal(of: bytes)
        file.text = String(decoding: bytes, as: UTF8.self)
        file.path = path
        file.folder = Path.folder(of: path)
        return file
    }

    /// Sections of the format that this version doesn't serve yet.
    private static let laterSections = [
        "experiments": "arrives with experiments; take the section out",
        "shadows": "arrives with experiments; take the section out",
    ]

    private mutating func fill(from fields: FieldReader, _ sink: ComplaintSink) {
        if let version = fields.required("version") {
            if case .number(1, _) = version.value {
            } else {
                fields.complain("version", version, allowed: "\(Self.version) (this host reads no other)")
            }
        }
        _ = fields.string("$schema")
        if let paths = fields.object("paths") { read(paths: paths) }
        if let turn = fields.object("turn") { read(turn: turn) }
        if let limits = fields.object("limits") { read(limits: limits) }
        if let trust = fields.object("trust") { read(trust: trust) }
        if let sessions = fields.object("sessions") { read(sessions: sessions) }
        if let health = fields.object("health") { read(health: health) }
        if let gate = fields.object("loadGate") { read(loadGate: gate) }
        read(scorers: fields, sink)
        if let combiner = fields.object("combiner") { read(combiner: combiner, sink) }
        read(fallback: fields)
        if let exploration = fields.object("exploration") { read(exploration: exploration) }
        if let embedder = fields.object("embedder") { read(embedder: embedder) }
        fields.later(Self.laterSections)
        fields.finish()
    }

    private mutating func read(paths fields: FieldReader) {
        if let plugins = fields.strings("plugins", allowed: "a list of folders") {
            paths.plugins = plugins.map(\.text)
        }
        paths.objects = fields.string("objects", allowed: "a folder")
        if let keep = fields.integer("keepRevisions", in: 0...10_000) { paths.keepRevisions = keep }
        fields.finish()
    }

    private mutating func read(turn fields: FieldReader) {
        if let budget = fields.number("scoringBudgetMilliseconds", in: 0.1...60_000) {
            turn.scoringBudgetMilliseconds = budget
        }
        if let reserve = fields.number("selectionReserveMilliseconds", in: 0...60_000) {
            turn.selectionReserveMilliseconds = reserve
        }
        if let rows = fields.integer("rowsPerCall", in: 1...1_048_576) { turn.rowsPerCall = rows }
        fields.finish()
    }

    private mutating func read(limits fields: FieldReader) {
        if let libraries = fields.integer("residentLibraries", in: 1...4096) {
            limits.residentLibraries = libraries
        }
        if let threads = fields.integer("hungThreads", in: 0...64) { limits.hungThreads = threads }
        if let workers = fields.integer("workers", in: 0...256) { limits.workers = workers }
        if let memory = fields.integer("workerMemoryMegabytes", in: 16...1_048_576) { limits.workerMemoryMegabytes = memory }
        if let arena = fields.integer("arenaMegabytes", in: 1...4096) { limits.arenaMegabytes = arena }
        if let memory = fields.integer("sessionMemoryMegabytes", in: 1...1_048_576) { limits.sessionMemoryMegabytes = memory }
        fields.finish()
    }

    private mutating func read(sessions fields: FieldReader) {
        if let events = fields.integer("checkpointEveryEvents", in: 1...1_000_000) { sessions.checkpointEveryEvents = events }
        if let events = fields.integer("replayEvents", in: 1...1_000_000) { sessions.replayEvents = events }
        if let minutes = fields.number("compactAfterIdleMinutes", in: 0.01...1_000_000) {
            sessions.compactAfterIdleMinutes = minutes
        }
        fields.finish()
    }

    private mutating func read(health fields: FieldReader) {
        if let count = fields.integer("openAfterLate", in: 1...1000) { health.openAfterLate = count }
        if let count = fields.integer("openAfterErrors", in: 1...1000) { health.openAfterErrors = count }
        if let wait = fields.number("halfOpenAfterMilliseconds", in: 1...3_600_000) {
            health.halfOpenAfterMilliseconds = wait
        }
        if let waits = fields.array("restartBackoffMilliseconds", allowed: "a list of 1 to 10 numbers") {
            let numbers = waits.compactMap { node -> Double? in
                if case .number(let number, _) = node.value, (1...3_600_000).contains(number) { return number }
                fields.complain("restartBackoffMilliseconds", node, allowed: "numbers from 1 to 3600000")
                return nil
            }
            if waits.isEmpty || waits.count > 10, let node = fields.node("restartBackoffMilliseconds") {
                fields.complain("restartBackoffMilliseconds", node, allowed: "a list of 1 to 10 numbers")
            }
            if numbers.count == waits.count, !numbers.isEmpty { health.restartBackoffMilliseconds = numbers }
        }
        fields.finish()
    }

    private mutating func read(loadGate fields: FieldReader) {
        if let timeout = fields.number("timeoutMilliseconds", in: 10...600_000) { loadGate.timeoutMilliseconds = timeout }
        if let names = fields.strings("worlds", allowed: "a list of \"quick\", \"full\"") {
            loadGate.worlds = names.enumerated().compactMap { index, name in
                if let world = LoadGate.World(rawValue: name.text) { return world }
                fields.complain("worlds[\(index)]", name.node, allowed: "\"quick\", \"full\"")
                return nil
            }
        }
        // 2^53: beyond it a JSON number isn't the integer that was written.
        if let seed = fields.integer("worldSeed", in: 0...9_007_199_254_740_992) { loadGate.worldSeed = UInt64(seed) }
        if let failure: LoadGate.Failure = fields.choice("onFailure") { loadGate.onFailure = failure }
        fields.finish()
    }

    private mutating func read(trust fields: FieldReader) {
        if let unpinned: Trust.Unpinned = fields.choice("unpinned") { trust.unpinned = unpinned }
        if let writable: Trust.Writable = fields.choice("writableByOthers") {
            trust.writableByOthers = writable
        }
        if let tier = readTier("thirdPartyTier", fields) { trust.thirdPartyTier = tier }
        fields.finish()
    }

    private mutating func read(combiner fields: FieldReader, _ sink: ComplaintSink) {
        if fields.required("kind") != nil, let kind: CombinerSetting.Kind = fields.choice("kind") { combiner.kind = kind }
        let known = scorers.map(\.id) + [Self.floor]
        for (name, node) in fields.strings("scorers", allowed: "a list of scorer ids") ?? [] {
            combiner.scorers.append(name)
            if !known.contains(name) {
                fields.complain("scorers", node, allowed: "ids of scorers: \(known.joined(separator: ", "))")
            }
        }
        if combiner.kind == .fixed { read(weights: fields, known) }
        if combiner.kind == .rrf, let k = fields.number("k", in: 1...10_000) { combiner.k = k }
        if combiner.kind == .gate { combiner.gate = readGate(fields, sink) }
        fields.finish()
    }

    private func readGate(_ fields: FieldReader, _ sink: ComplaintSink) -> GateSetting? {
        let weights = fields.required("weights").flatMap { readFile("weights", $0, fields, sink) }
        var temperature: Double?
        if let node = fields.node("temperature") {
            switch node.value {
            case .string("from-weights"): break
            case .number(let number, _) where (0.001...1000).contains(number): temperature = number
            default: fields.complain("temperature", node, allowed: "a number from 0.001 to 1000, or \"from-weights\"")
            }
        }
        let strangers: GateSetting.Strangers? = fields.choice("whenNoWeightsFor")
        return weights.map {
            GateSetting(weights: $0, temperature: temperature, whenNoWeightsFor: strangers ?? .fallback)
        }
    }

    private mutating func read(weights fields: FieldReader, _ known: [String]) {
        guard fields.required("weights") != nil else { return }
        let entries = fields.entries("weights")
        for entry in entries {
            guard case .number(let weight, _) = entry.node.value, weight >= 0, weight <= 1000 else {
                fields.complain("weights.\(entry.key)", entry.node, allowed: "a number from 0 to 1000")
                continue
            }
            combiner.weights[entry.key] = weight
            if !known.contains(entry.key) {
                fields.complain(
                    "weights.\(entry.key)", entry.node,
                    allowed: "ids of scorers: \(known.joined(separator: ", "))")
            }
        }
    }

    private mutating func read(fallback fields: FieldReader) {
        guard let names = fields.strings("fallback", allowed: "a list of scorer ids that ends in \"@floor\"")
        else { return }
        let known = scorers.map(\.id) + [Self.floor]
        for (index, entry) in names.enumerated() where !known.contains(entry.text) {
            fields.complain(
                "fallback[\(index)]", entry.node,
                allowed: "ids of scorers: \(known.joined(separator: ", "))")
        }
        fallback = names.map(\.text)
        if fallback.last != Self.floor, let node = fields.node("fallback") {
            fields.complain("fallback", node, allowed: "a list whose last entry is \"@floor\"")
        }
    }

    private mutating func read(exploration fields: FieldReader) {
        if fields.required("kind") != nil, let kind: Exploration.Kind = fields.choice("kind") {
            exploration.kind = kind
        }
        if let temperature = fields.number("temperature", in: 0.001...100) {
            exploration.temperature = temperature
        }
        // 2^53: beyond it a JSON number isn't the integer that was written.
        if let seed = fields.integer("seed", in: 0...9_007_199_254_740_992) {
            exploration.seed = UInt64(seed)
        }
        let reason = "arrives with experiments; take the key out"
        fields.later(["qualityBudget": reason, "never": reason])
        fields.finish()
    }

    private mutating func read(embedder fields: FieldReader) {
        let commandNode = fields.required("command")
        var command: [String] = []
        for (index, item) in (fields.array("command", allowed: "a list: program and arguments") ?? [])
            .enumerated()
        {
            guard case .string(let text) = item.value, index > 0 || !text.isEmpty else {
                fields.complain("command[\(index)]", item, allowed: "a text")
                continue
            }
            command.append(text)
        }
        if command.isEmpty, let commandNode, case .array(let items) = commandNode.value, items.isEmpty {
            fields.complain("command", commandNode, allowed: "a list: program and arguments")
        }
        let model = fields.string("model", required: true)
        let dimension = fields.integer("dimension", in: 1...65_536, required: true)
        fields.finish()
        if let model, let dimension, !command.isEmpty {
            embedder = Embedder(command: command, model: model, dimension: dimension)
        }
    }
}

/// A tier, with a reason for those that the format knows and this version doesn't serve.
func readTier(_ key: String, _ fields: FieldReader) -> Tier? {
    guard let node = fields.node(key) else { return nil }
    if case .string(let text) = node.value, text == "foreign" {
        fields.complain(
            key, node, allowed: "\"inline\", \"watched\", \"process\" (a foreign function is named by \"foreign\", not by its tier)")
        return nil
    }
    return fields.choice(key)
}

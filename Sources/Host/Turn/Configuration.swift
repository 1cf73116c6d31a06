/// Everything that decides how a turn is scored. Immutable: a turn takes one and keeps it; the last turn's
/// release ends its models.
package final class Configuration: Sendable {
    package let settings: PluginsFile
    /// In the file's order, refused ones included.
    package let plugins: [ScorerStatus]
    package let floor: FloorScorer
    let models: [String: Model]
    /// The combiner's gate, or why there is none; nil = the combiner is of another kind.
    package let gate: Result<CombinerGate, LoadError>?

    init(
        settings: PluginsFile, plugins: [ScorerStatus], models: [Model], gate: Result<CombinerGate, LoadError>?, floor: FloorScorer
    ) {
        self.settings = settings
        self.gate = gate
        self.plugins = plugins
        self.models = Dictionary(models.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.floor = floor
        let serving = try? gate?.get()
        identity = Self.identity(settings, plugins, serving)
        wantedColumns = models.reduce(into: Set(serving?.columns ?? [])) { $0.formUnion($1.columns) }
    }

    /// Loads what the file selects. A scorer that can't be loaded stays out, and its reason is kept.
    ///
    /// - Parameter old: whose models serve on where nothing about them changed.
    package static func load(
        _ settings: PluginsFile, _ environment: HostEnvironment, reusing old: Configuration? = nil
    ) -> Configuration {
        let loader = ModelLoader(settings, environment)
        // First everything that runs nothing: where one is refused, a reload hasn't loaded the others either.
        let prepared = settings.scorers.map { setting in
            Result { () throws(LoadError) in setting.isEnabled ? try loader.prepare(setting) : nil }
        }
        let gate = settings.combiner.gate.map { setting in
            Result { () throws(LoadError) in (try loader.gate(setting), setting) }
        }
        let isRefused = prepared.contains { if case .failure = $0 { true } else { false } }
        let isGateRefused = if case .failure = gate { true } else { false }
        let isDoomed = old != nil && (isRefused || isGateRefused)
        var statuses: [ScorerStatus] = []
        var models: [Model] = []
        for (setting, scorer) in zip(settings.scorers, prepared) {
            var status = ScorerStatus(setting, tier: setting.tier ?? settings.trust.thirdPartyTier)
            do throws(LoadError) {
                if let ready = try scorer.get() {
                    if !isDoomed { models.append(try load(ready, loader, old, &status)) }
                } else {
                    status.describe(try loader.inspect(setting))
                    status.state = .disabled
                }
            } catch {
                status.state = .refused(error)
            }
            statuses.append(status)
        }
        let seen = Self.combined(settings)
        let served = gate?.map { file, setting in CombinerGate(file, setting, scorers: models.filter { seen.contains($0.id) }) }
        return Configuration(settings: settings, plugins: statuses, models: models, gate: served, floor: environment.floor)
    }

    private static func load(
        _ prepared: PreparedScorer, _ loader: ModelLoader, _ old: Configuration?, _ status: inout ScorerStatus
    ) throws(LoadError) -> Model {
        let id = prepared.plan.setting.id
        if let serving = old?.models[id], serving.key == prepared.key {
            status.describe(serving)
            status.warnings = old?.plugins.first { $0.id == id }?.warnings ?? prepared.warnings
            status.state = .serving
            return serving
        }
        let loaded = try loader.make(prepared)
        status.describe(loaded.model)
        status.warnings = loaded.warnings
        status.state = .serving
        return loaded.model
    }

    /// SHA-256 over plugins.json and the bytes of every library and asset that it names: equal identities decide alike.
    package let identity: String

    private static func identity(_ settings: PluginsFile, _ plugins: [ScorerStatus], _ gate: CombinerGate?) -> String {
        var words = [settings.hash]
        if let gate { words.append("gate \(gate.hash)") }
        for plugin in plugins {
            words.append("\(plugin.id) \(plugin.hash)")
            words += plugin.assets.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        }
        return SHA256.hexadecimal(of: Array(words.joined(separator: "\n").utf8))
    }

    /// SHA-256 of every library and asset that was read, by its path.
    package var files: [String: String] {
        var files: [String: String] = [:]
        for (setting, plugin) in zip(settings.scorers, plugins) {
            if let path = plugin.path, !plugin.hash.isEmpty { files[path] = plugin.hash }
            for (name, asset) in setting.assets {
                if let hash = plugin.assets[name] { files[Path.resolve(asset.path, in: settings.folder)] = hash }
            }
        }
        if let gate = try? gate?.get() { files[gate.path] = gate.hash }
        return files
    }

    /// A served scorer, for measuring and for `plugin info`.
    package func model(_ id: String) -> Model? { models[id] }

    /// What the operator should know of the gate though it serves.
    var gateWarnings: [String] { (try? gate?.get())?.warnings.map { "combiner: \($0)" } ?? [] }

    /// The combiner for people: its kind, and of a gate its file, or why it isn't used.
    package var combinerSummary: String {
        switch gate {
        case .success(let gate): (["gate \(gate.path) \(gate.hash.prefix(12))"] + gate.warnings).joined(separator: "; ")
        case .failure(let error): "gate refused: \(error)"
        case nil: settings.combiner.kind.rawValue
        }
    }

    /// Columns that at least one served scorer is sent, or the gate reads.
    package let wantedColumns: Set<String>

    /// Inputs beyond the columns that at least one served scorer is given: the rest needn't be fetched.
    package var wantedInputs: Set<Grant> {
        models.values.reduce(into: []) { $0.formUnion($1.inputs.keys) }
    }

    /// Ids and versions of what serves, the floor last.
    package var versions: [String] {
        plugins.filter { $0.state == .serving }.map { "\($0.id) \($0.version)" } + ["@floor \(floor.version)"]
    }
}

/// One scorer of plugins.json, as it stands now.
package struct ScorerStatus: Sendable {
    package enum State: Sendable, Equatable {
        case serving
        case refused(LoadError)
        case disabled
    }

    package var id: String
    package var library: String
    /// Where the library was found; nil = it wasn't.
    package var path: String?
    package var tier: Tier
    package var version = ""
    /// Of the library; empty = it couldn't be read.
    package var hash = ""
    package var columns: [String] = []
    /// SHA-256 of each asset, by name.
    package var assets: [String: String] = [:]
    package var state = State.disabled
    package var warnings: [String] = []
    /// What the load gate found; nil = it wasn't judged.
    package var gate: GateReport?

    /// SHA-256 over library and assets: another one is another scorer, whatever its id.
    package var identity: String {
        let words = [hash] + assets.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return SHA256.hexadecimal(of: Array(words.joined(separator: "\n").utf8))
    }

    init(_ setting: ScorerSetting, tier: Tier) {
        id = setting.id
        library = setting.library.path
        self.tier = tier
    }

    mutating func describe(_ model: Model) {
        version = model.version
        hash = model.hash
        path = model.path
        columns = model.columns
        assets = model.assetHashes
        gate = model.gate
    }

    mutating func describe(_ file: LibraryFile) {
        version = file.manifest.version
        hash = file.hash
        path = file.path
        warnings = file.warnings
    }
}

/// From an entry of plugins.json to a serving model. A failure names its step; nothing else is touched.
package struct ModelLoader: Sendable {
    let settings: PluginsFile
    let environment: HostEnvironment
    private let locator: LibraryLocator
    let store: ObjectStore

    package init(_ settings: PluginsFile, _ environment: HostEnvironment) {
        self.settings = settings
        self.environment = environment
        locator = LibraryLocator(settings)
        store = ObjectStore(settings)
    }

    /// Steps that run none of the library's code.
    package func inspect(_ setting: ScorerSetting) throws(LoadError) -> LibraryFile {
        let path = try locator.locate(setting.library.path)
        if let foreign = setting.foreign { return try .open(foreign: setting, foreign, path, trust: settings.trust) }
        return try LibraryFile.open(path, pin: setting.library.sha256, trust: settings.trust)
    }

    /// All steps that run nothing: locate to copy.
    func prepare(_ setting: ScorerSetting) throws(LoadError) -> PreparedScorer {
        let file = try inspect(setting)
        let plan = try ModelPlan(setting, file, settings, environment)
        var warnings = plan.warnings
        let assets = try openAssets(setting, file.manifest, &warnings)
        let copy = try store.keep(file.bytes, hash: file.hash)
        let records = try goldenRecords(setting)
        let golden = records.isEmpty ? nil : SHA256.hexadecimal(of: Array(String(describing: records).utf8))
        return PreparedScorer(plan, assets: assets, copy: copy, warnings: warnings, golden: golden, settings, environment)
    }

    /// Load and create, in the scorer's tier.
    func make(_ scorer: PreparedScorer) throws(LoadError) -> (model: Model, warnings: [String]) {
        var warnings = scorer.warnings
        // Bytes never seen before are loaded and judged in a worker first, whatever their tier.
        let report = try judge(scorer, &warnings)
        let model = scorer.plan.tier == .process ? try makeThere(scorer, report, &warnings) : try makeHere(scorer, report, &warnings)
        return (model, warnings)
    }

    private func makeThere(
        _ scorer: PreparedScorer, _ report: GateReport?, _ warnings: inout [String]
    ) throws(LoadError) -> Model {
        let plan = scorer.plan
        let serving = WorkerClient.serving.load(ordering: .relaxed)
        // Twice the number: while a configuration is exchanged, the old one's workers still serve.
        guard serving < 2 * settings.limits.workers else {
            throw LoadError(.limits, "\(serving) workers serve and limits.workers is \(settings.limits.workers)")
        }
        let client = WorkerClient(workerPlan(plan, library: scorer.copy, assets: scorer.assets))
        try client.start()
        if client.changesFloatMode { warnings.append(Self.floatModeWarning) }
        if client.walls & 7 != 7 {
            warnings.append("not all walls stand around its process (see health.walls): this kernel or container refuses Landlock or seccomp")
        }
        let facts: MadeFacts
        do {
            facts = try MadeFacts(client.info, plan)
        } catch {
            client.stop()
            throw error
        }
        return Model(scorer, .worker(client), facts, settings, environment, gate: report)
    }

    private func makeHere(
        _ scorer: PreparedScorer, _ report: GateReport?, _ warnings: inout [String]
    ) throws(LoadError) -> Model {
        guard scorer.plan.setting.foreign == nil else {
            throw LoadError(.load, "a foreign function is called in the process tier only")
        }
        let hung = ModelStatistics.hungThreads.load(ordering: .relaxed)
        guard hung == 0 || hung < settings.limits.hungThreads else {
            throw LoadError(
                .limits,
                "\(hung) threads hang in plugins and limits.hungThreads is \(settings.limits.hungThreads); restart"
            )
        }
        let (plan, file) = (scorer.plan, scorer.plan.file)
        let library = try Library.load(
            hash: file.hash, path: scorer.copy, manifest: file.manifest, limit: settings.limits.residentLibraries)
        let made = try MadeModel.make(plan, library, assets: scorer.assets, environment)
        if library.changesFloatMode || made.changedFloatMode {
            warnings.append(Self.floatModeWarning)
        }
        guard let score = library.table.pointee.score else { throw LoadError(.table, "score is null") }
        return Model(scorer, .here(made, score), made.facts, settings, environment, gate: report)
    }

    private static let floatModeWarning =
        "it changes the floating-point mode when it is loaded (-ffast-math?); that was restored"

    func workerPlan(_ plan: ModelPlan, library: String, assets: [MappedAsset]) -> WorkerClient.Plan {
        let spawn = WorkerSpawn(
            assetPaths: assets.map { store.path(of: $0.hash) }, memoryMegabytes: plan.memoryMegabytes,
            arenaMegabytes: settings.limits.arenaMegabytes,
            allowsThreads: plan.file.manifest.threads > 0 && plan.setting.sandbox.threads > 0,
            readable: Dependencies.readable + [library])
        return WorkerClient.Plan(
            scorer: plan.setting.id, libraryPath: library, manifest: plan.file.manifest,
            foreign: plan.setting.foreign?.order(path: library, plan.file.manifest), order: plan.order(environment),
            spawn: spawn, graceNanoseconds: Int64(plan.setting.graceMilliseconds * 1e6),
            backoffMilliseconds: settings.health.restartBackoffMilliseconds, log: environment.log)
    }

    func openAssets(
        _ setting: ScorerSetting, _ manifest: Manifest, _ warnings: inout [String]
    ) throws(LoadError) -> [MappedAsset] {
        let names = manifest.assets.map(\.name)
        let list = names.isEmpty ? "none" : names.joined(separator: ", ")
        for name in setting.assets.keys.sorted() where !names.contains(name) {
            throw LoadError(.assets, "found asset \"\(name)\"; allowed: \(list)")
        }
        var assets: [MappedAsset] = []
        for slot in manifest.assets {
            guard let asset = setting.assets[slot.name] else {
                guard !slot.isRequired else {
                    throw LoadError(
                        .assets, "asset \"\(slot.name)\" is required; assets of the manifest: \(list)")
                }
                continue
            }
            let path = Path.resolve(asset.path, in: settings.folder)
            let bytes = try LibraryFile.readTrusted(path, settings.trust, &warnings)
            if let limit = slot.maxBytes, bytes.count > limit {
                throw LoadError(.assets, "\(path) has \(bytes.count) bytes; the manifest allows \(limit)")
            }
            let hash = try LibraryFile.checkPin(bytes, asset.sha256, path, settings.trust, &warnings)
            assets.append(
                try MappedAsset(name: slot.name, hash: hash, path: try store.keep(bytes, hash: hash)))
        }
        return assets
    }
}

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
        let folder = settings.paths.objects.map { Path.resolve($0, in: settings.folder) }
        store = ObjectStore(folder: folder ?? ObjectStore.standardFolder)
    }

    /// Steps that run none of the library's code.
    package func inspect(_ setting: ScorerSetting) throws(LoadError) -> LibraryFile {
        try LibraryFile.open(
            try locator.locate(setting.library.path), pin: setting.library.sha256, trust: settings.trust)
    }

    /// All steps. Between `keep` and `Library.load`, bytes never seen before are loaded and judged in a worker.
    func load(_ setting: ScorerSetting) throws(LoadError) -> (model: Model, warnings: [String]) {
        let file = try inspect(setting)
        let plan = try ModelPlan(setting, file, settings, environment)
        var warnings = plan.warnings
        let assets = try openAssets(setting, file.manifest, &warnings)
        let copy = try store.keep(file.bytes, hash: file.hash)
        let report = try judge(plan, library: copy, assets: assets, &warnings)
        if plan.tier == .process {
            let client = WorkerClient(workerPlan(plan, library: copy, assets: assets))
            try client.start()
            if client.changesFloatMode { warnings.append(Self.floatModeWarning) }
            return (Model(plan, .worker(client), try MadeFacts(client.info, plan), health: settings.health, gate: report), warnings)
        }
        let hung = ModelStatistics.hungThreads.load(ordering: .relaxed)
        guard hung == 0 || hung < settings.limits.hungThreads else {
            throw LoadError(
                .limits,
                "\(hung) threads hang in plugins and limits.hungThreads is \(settings.limits.hungThreads); restart"
            )
        }
        let library = try Library.load(
            hash: file.hash, path: copy, manifest: file.manifest, limit: settings.limits.residentLibraries)
        let made = try MadeModel.make(plan, library, assets: assets, environment)
        if library.changesFloatMode || made.changedFloatMode {
            warnings.append(Self.floatModeWarning)
        }
        guard let score = library.table.pointee.score else { throw LoadError(.table, "score is null") }
        return (Model(plan, .here(made, score), made.facts, health: settings.health, gate: report), warnings)
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
            scorer: plan.setting.id, libraryPath: library, manifest: plan.file.manifest, order: plan.order(environment),
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

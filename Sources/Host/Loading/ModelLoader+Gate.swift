// The load gate's place among the steps.
extension ModelLoader {
    /// The stored verdict, or a run of the gate.
    func judge(_ scorer: PreparedScorer, _ warnings: inout [String]) throws(LoadError) -> GateReport? {
        let (plan, assets) = (scorer.plan, scorer.assets)
        guard environment.usesLoadGate else {
            try prove(scorer, &warnings)
            return nil
        }
        guard TrialWorker.executable != nil else {
            // The process tier says itself, in a moment, that it can't start.
            if plan.tier != .process {
                warnings.append(
                    "it was not judged before going live: mneme-worker is neither beside mneme nor in ../libexec/mneme")
            }
            return nil
        }
        let golden = try goldenRecords(plan.setting)
        let verdicts = VerdictStore(store)
        let key = VerdictStore.key(dependencies(plan, assets: assets, golden))
        if let known = verdicts.verdict(key) { return known }
        // First: under a wrong signature nothing else means anything.
        try prove(scorer, &warnings)
        // Drawn before the gate's clock starts: the first scorer of a process doesn't pay for the worlds of all.
        let planted = PlantedSupply.of(
            environment.plantedWorlds, settings.loadGate, rowColumns: plan.rowColumns, eventColumns: plan.eventColumns)
        let gate = LoadGate(
            plan: plan, trial: trialPlan(plan, library: scorer.copy, assets: assets), settings: settings, maker: maker(plan),
            golden: golden, planted: planted, measuresTime: environment.gateMeasuresTime)
        let report = try gate.judge()
        verdicts.keep(report, key)
        return report
    }

    private func prove(_ scorer: PreparedScorer, _ warnings: inout [String]) throws(LoadError) {
        guard let foreign = scorer.plan.setting.foreign else { return }
        try prove(foreign, scorer, workerPlan(scorer.plan, library: scorer.copy, assets: scorer.assets), &warnings)
    }

    private func trialPlan(_ plan: ModelPlan, library: String, assets: [MappedAsset]) -> TrialWorker.Plan {
        var trial = TrialWorker.Plan(libraryPath: library, manifest: plan.file.manifest, order: plan.order(environment))
        trial.foreign = plan.setting.foreign?.order(path: library, plan.file.manifest)
        trial.assetPaths = assets.map { store.path(of: $0.hash) }
        trial.memoryMegabytes = plan.setting.sandbox.memoryMegabytes ?? settings.limits.workerMemoryMegabytes
        trial.arenaMegabytes = settings.limits.arenaMegabytes
        // In-process nobody could stop its threads; in the process tier the operator decides.
        trial.allowsThreads = plan.file.manifest.threads > 0 && (plan.tier != .process || plan.setting.sandbox.threads > 0)
        trial.callSeconds = settings.loadGate.timeoutMilliseconds / 1000
        return trial
    }

    private func maker(_ plan: ModelPlan) -> ProbeMaker {
        var maker = ProbeMaker(
            columns: plan.rowColumns, schema: plan.schema, heads: plan.wantedHeads, inputs: Set(plan.inputs.keys),
            vectorDimension: environment.embedding?.dimension ?? 0, textLimit: plan.inputs[.rowTexts]?.maxBytes,
            seed: settings.loadGate.worldSeed, span: environment.columnSpan)
        maker.eventColumnCount = plan.eventColumns.count
        maker.hopColumns = plan.hopColumns
        maker.hopSpans = plan.hopColumns.map { environment.columnSpan($0) ?? .standard }
        return maker
    }

    /// Everything that could change the verdict.
    private func dependencies(_ plan: ModelPlan, assets: [MappedAsset], _ golden: [GoldenRecord]) -> [String] {
        let setting = plan.setting
        let deadline = setting.deadlineMilliseconds ?? settings.turn.scoringBudgetMilliseconds
        return [
            "host \(VerdictStore.hostBuild)", "dispatch \(plan.order(environment).dispatchLevel)", "library \(plan.file.hash)",
            "assets \(assets.map { "\($0.name) \($0.hash)" })", "options \(plan.options)",
            "columns \(plan.rowColumns.map { "\($0) \(environment.columnSpan($0) ?? .standard)" })",
            "events \(plan.eventColumns)",
            "hops \(plan.hopColumns.map { "\($0) \(environment.columnSpan($0) ?? .standard)" })",
            "inputs \(plan.inputs.sorted { $0.key < $1.key })", "heads \(plan.wantedHeads)", "tier \(plan.tier) \(deadline) ms",
            "rows \(plan.maxRows)", "memory \(setting.sandbox.memoryMegabytes ?? settings.limits.workerMemoryMegabytes)",
            "threads \(setting.sandbox.threads)", "seed \(environment.seed) \(settings.loadGate.worldSeed)",
            "worlds \(environment.plantedWorlds.map { "\($0.version)" } ?? "none") \(settings.loadGate.worlds)",
            "embedding \(environment.embedding.map { "\($0.model) \($0.dimension)" } ?? "none")",
            "time \(environment.gateMeasuresTime)",
            "signature \(plan.setting.foreign.map { String(describing: $0) } ?? "none")",
            "golden \(golden.map { "\($0.row.sorted { $0.key < $1.key }) \($0.paths.map { $0.map { $0.sorted { $0.key < $1.key } } }) \($0.score) \($0.allowedError)" })",
        ]
    }

    /// Inline, or from the file that plugins.json names.
    func goldenRecords(_ setting: ScorerSetting) throws(LoadError) -> [GoldenRecord] {
        guard let file = setting.goldenFile else { return setting.golden }
        let path = Path.resolve(file.path, in: settings.folder)
        var warnings: [String] = []
        let bytes = try LibraryFile.readTrusted(path, settings.trust, &warnings)
        // Unpinned records can refuse a scorer and never run: only a wrong pin is refused.
        if let pin = file.sha256, pin != SHA256.hexadecimal(of: bytes) {
            throw LoadError(.pin, "\(path) has sha256 \(SHA256.hexadecimal(of: bytes)); plugins.json pins \(pin)")
        }
        return try GoldenRecord.read(bytes, path: path)
    }
}

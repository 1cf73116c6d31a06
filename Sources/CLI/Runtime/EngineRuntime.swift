import Engine
import Foundation
import Server

/// The real runtime: `Engine` over a store and a configuration.
struct EngineRuntime: Runtime {
    func openService(_ store: StoreOptions) throws -> any MemoryService { try open(store) }

    func open(_ options: StoreOptions) throws -> Engine {
        try Engine(databasePath: options.databasePath, configuration: try configuration(options))
    }

    /// The named file, else the XDG file if there is one, else nil: the built-in.
    func configuration(_ options: StoreOptions) throws -> (text: String, path: String)? {
        let manager = FileManager.default
        guard
            let path = options.configurationPath
                ?? (manager.fileExists(atPath: options.defaultConfigurationPath)
                    ? options.defaultConfigurationPath : nil)
        else { return nil }
        guard let data = manager.contents(atPath: path) else {
            throw EngineError(
                .configuration, "cannot read the configuration \(path): no such file, or no permission")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw EngineError(.configuration, "\(path) is not valid UTF-8")
        }
        return (text, URL(fileURLWithPath: path).standardizedFileURL.path)
    }

    func initialize(_ store: StoreOptions, writeConfiguration: Bool) throws -> InitReport {
        let manager = FileManager.default
        var report = InitReport(
            databasePath: store.databasePath, isNewDatabase: !manager.fileExists(atPath: store.databasePath),
            configurationPath: nil,
            isNewConfiguration: false)
        if writeConfiguration {
            let path = store.configurationPath ?? store.defaultConfigurationPath
            report.configurationPath = path
            if !manager.fileExists(atPath: path) {
                try manager.createDirectory(
                    atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path,
                    withIntermediateDirectories: true)
                try Data(Engine.builtInConfiguration.utf8).write(
                    to: URL(fileURLWithPath: path), options: .atomic)
                report.isNewConfiguration = true
            }
        }
        _ = try open(store)
        return report
    }

    func importItems(_ request: ImportRequest, progress: @escaping @Sendable (ImportEvent) -> Void) throws
        -> ImportSummary
    {
        let started = ContinuousClock.now
        let (source, format) = try ImportFormat.open(request.source, format: request.format)
        let engine = try open(request.store)
        var run = ImportRun(engine: engine, scope: request.scope)
        if let size = request.batchSize { run.batchSize = size }
        run.limit = request.limit
        run.storesFloat16 = request.storesFloat16
        let totals = try run.run(
            source,
            onProgress: { totals, done in
                progress(
                    .progress(
                        ImportProgress(
                            recordsDone: totals.read, unitsDone: Int64(done.done),
                            unitsTotal: done.total.map(Int64.init))))
            },
            onCommit: { progress(.committed(memories: $0.added + $0.unchanged, events: $0.events)) },
            onProblem: { progress(.rejected(line: $0, reason: $1)) })
        var summary = ImportSummary(format: format)
        summary.added = totals.added
        summary.unchanged = totals.unchanged
        summary.rejected = totals.rejected
        summary.events = totals.events
        summary.statements = totals.statements
        let elapsed = ContinuousClock.now - started
        summary.seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        return summary
    }

    func exportMemories(_ request: ExportRequest, line: (String) throws -> Void) throws -> Int {
        try open(request.store).export(
            scope: request.scope, includeForgotten: request.includeForgotten,
            includeEmbeddings: request.includeEmbeddings, line: line)
    }

    func backup(_ store: StoreOptions, to path: String) throws -> BackupReport {
        let engine = try open(store)
        try engine.backup(to: path)
        let bytes =
            (try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.int64Value ?? 0
        return BackupReport(path: path, bytes: bytes, memories: try engine.memoryCount())
    }

    func evaluateRetrieval(
        _ request: EvaluationRequest, progress: @escaping @Sendable (EvaluationProgress) -> Void
    ) throws -> EvaluationTable {
        var evaluation = RetrievalEvaluation(
            folder: request.folder, rankers: request.rankers,
            pluginFolders: try pluginFolders(request.store, plugins: request.plugins))
        evaluation.plugins = try request.plugins.flatMap { try configuration(named: $0, request.store) }
        evaluation.seed = request.seed
        evaluation.resamples = request.resamples
        evaluation.poolSize = request.poolSize
        evaluation.questionLimit = request.questionLimit
        let table = try evaluation.run { progress(EvaluationProgress(ranker: $0, done: $1, total: $2)) }
        return EvaluationTable(
            dataset: URL(fileURLWithPath: request.folder).standardizedFileURL.path,
            conversations: table.conversations,
            memories: table.memories, questions: table.questions,
            intervalMethod:
                "95 % BCa bootstrap over questions, \(request.resamples) resamples, seed \(request.seed)",
            rows: table.rows.map { row in
                EvaluationRow(
                    ranker: row.ranker,
                    metrics: row.metrics.map {
                        EvaluationMetric(name: $0.name, mean: $0.mean, low: $0.low, high: $0.high)
                    },
                    poolRecall: row.poolRecall, millisecondsPerQuery: row.millisecondsPerQuery,
                    scorers: row.scorers, degraded: row.degraded)
            })
    }

    func evaluatePaths(
        _ request: PathEvaluationRequest, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
    ) throws -> PathEvaluation.Table {
        let subject: PathEvaluation.Subject
        if let weights = request.weights {
            subject = .weights(weights, pluginFolders: try open(request.store).pluginFolders)
        } else {
            guard let (text, path) = try configuration(request.store) else {
                throw EngineError(
                    .configuration, "the built-in configuration serves no path scorer; give --weights FILE or --config plugins.json")
            }
            subject = .configuration(text: text, path: path)
        }
        var evaluation = PathEvaluation(folder: request.folder, set: request.set, subject: subject)
        evaluation.seed = request.seed
        evaluation.resamples = request.resamples
        evaluation.questionLimit = request.questionLimit
        evaluation.withheld = request.withheld
        return try evaluation.run(progress: progress)
    }

    func trainPlantedPaths(
        _ request: PlantedPathTraining.Request, progress: @escaping @Sendable (PlantedPathTraining.Progress) -> Void
    ) throws -> PlantedPathTraining.Summary {
        try PlantedPathTraining(request).run(progress: progress)
    }

    func evaluatePlantedPaths(
        _ request: PlantedPathEvaluation.Request, progress: @escaping @Sendable (PlantedPathTraining.Progress) -> Void
    ) throws -> PlantedPathEvaluation.Table {
        try PlantedPathEvaluation(request).run(progress: progress)
    }

    func trainGate(
        _ request: JointGateTraining.Request, progress: @escaping @Sendable (JointGateTraining.Progress) -> Void
    ) throws -> JointGateTraining.Summary {
        try JointGateTraining(request).run(progress: progress)
    }

    func evaluateGate(
        _ request: JointGateEvaluation.Request, progress: @escaping @Sendable (_ done: Int) -> Void
    ) throws -> JointGateEvaluation.Table {
        try JointGateEvaluation(request).run(progress: progress)
    }

    func trainPaths(
        _ request: PathTraining.Request, progress: @escaping @Sendable (PathTraining.Progress) -> Void
    ) throws -> PathTraining.Summary {
        try PathTraining(request).run(progress: progress)
    }

    func trainPlanted(
        _ training: PlantedTraining, to path: String, progress: (_ step: Int, _ steps: Int, _ loss: Double) -> Void
    ) throws -> PlantedTraining.Result {
        try training.run(to: path, progress: progress)
    }

    func canary(_ study: CanaryStudy, progress: (_ done: Int, _ total: Int) -> Void) throws -> CanaryStudy.Report {
        try study.run(progress: progress)
    }

    func evaluatePlanted(_ evaluation: PlantedEvaluation) throws -> PlantedEvaluation.Table { try evaluation.run() }

    func trainTask(
        _ request: TaskTraining, onStep: (TaskTraining.Progress) -> Void,
        onPoint: (TaskTraining.Point) throws -> Void
    ) throws -> TaskTraining.Report {
        try request.run(onStep: onStep, onPoint: onPoint)
    }

    func evaluateGolden(_ folder: String) throws -> GoldenEvaluation.Table {
        try GoldenEvaluation(folder: folder).run()
    }

    func evaluateSequence(
        _ plan: SequenceEvaluation, store: StoreOptions, progress: @escaping (EvaluationProgress) -> Void
    ) throws -> SequenceEvaluation.Table {
        var plan = plan
        // Where libraries lie stands in the configuration.
        if plan.tier != nil { plan.pluginFolders = try open(store).pluginFolders }
        return try plan.run { progress(EvaluationProgress(ranker: $0, done: $1, total: $2)) }
    }

    func trainSequence(
        _ plan: SequenceTraining, progress: @escaping (SequenceTrainingProgress) -> Void
    ) throws -> SequenceTraining.Result {
        try plan.run(
            onStep: { progress(.step(done: $0, total: $1, loss: $2)) }, onEpoch: { progress(.epoch($0)) })
    }

    func trainAccess(
        _ training: AccessTraining, to path: String, progress: @escaping @Sendable (AccessTraining.Progress) -> Void
    ) throws -> AccessTraining.Result {
        try training.run(to: path, progress: progress)
    }

    func evaluateAccess(
        _ folder: String, weights: String, tier: String, store: StoreOptions, resamples: Int, seed: UInt64,
        progress: @escaping @Sendable (_ part: String, _ done: Int, _ total: Int) -> Void
    ) throws -> AccessEvaluation.Table {
        var evaluation = AccessEvaluation(
            folder: folder, weights: URL(fileURLWithPath: weights).standardizedFileURL.path,
            pluginFolders: try open(store).pluginFolders)
        evaluation.tier = tier
        evaluation.resamples = resamples
        evaluation.seed = seed
        return try evaluation.run(progress: progress)
    }

    func recordGolden(_ folder: String) throws -> [String] { try GoldenRecording(folder: folder).run() }

    func evaluateEquivalence(_ evaluation: EquivalenceEvaluation) -> [EquivalenceEvaluation.Row] {
        evaluation.run()
    }

    func doctor(_ store: StoreOptions, scope: Scope) -> [DoctorFinding] {
        Examination(runtime: self, store: store, scope: scope).examine()
    }

    func pluginInfo(_ path: String, store: StoreOptions) throws -> PluginInformation {
        let sheet = try open(store).inspect(path)
        var info = PluginInformation(
            id: sheet.id, version: sheet.version, path: sheet.path, sha256: sheet.sha256,
            fields: sheet.fields.map { .init(name: $0.name, value: $0.value) }, columns: sheet.columns,
            heads: sheet.heads,
            options: sheet.options.map { .init(name: $0.name, value: $0.value) }, assets: sheet.assets,
            problems: [])
        info.problems = sheet.problems
        info.pin = sheet.pin
        return info
    }

    func columnsMarkdown() -> String { Engine.columnsMarkdown }

    func benchSubjects() -> [BenchSubject] {
        Engine.benchSubjects.map { BenchSubject(name: $0.name, summary: $0.summary) }
    }

    func bench(_ request: BenchRequest) throws -> [BenchFigure] {
        let engine = try open(request.store)
        return try request.subjects.flatMap { subject in
            try engine.bench(subject, sizes: request.sizes, repetitions: request.repetitions).map {
                BenchFigure(
                    subject: subject, size: $0.size, unit: $0.unit, p50: $0.p50, p99: $0.p99,
                    repetitions: $0.repetitions)
            }
        }
    }

    func serveStdio(_ store: StoreOptions, scope: Scope) throws {
        let engine = try open(store)
        let serving = Serving(engine)
        defer { serving.end() }
        let handler = RequestHandler(service: engine, scope: scope, options: SidecarOptions(arguments: []))
        StdioServer(handler: handler).run()
    }

    func configurationHistory(_ store: StoreOptions, limit: Int) throws -> [ConfigurationRevision] {
        try archive(store).history(limit: limit)
    }

    func configurationRevision(_ store: StoreOptions, _ number: Int) throws -> ConfigurationRevision {
        try archive(store).revision(number)
    }

    func revertConfiguration(_ store: StoreOptions, to revision: Int?) throws -> ConfigurationArchive.Reverting {
        try archive(store).revert(to: revision)
    }

    func reloadServers(_ store: StoreOptions, seconds: Double) throws -> (answers: [ReloadView], silent: [Int32]) {
        try archive(store).askServers(seconds: seconds)
    }

    private func archive(_ store: StoreOptions) throws -> ConfigurationArchive {
        try ConfigurationArchive(databasePath: store.databasePath, configurationPath: try configuration(store)?.path)
    }

    func serveSidecar(arguments: [String]) -> Int32 {
        do {
            let options = SidecarOptions(arguments: arguments)
            options.createCheckpointFolder()
            let service = try open(try StoreOptions(environment: .ofThisProcess()))
            let serving = Serving(service)
            defer { serving.end() }
            StdioServer(handler: RequestHandler(service: service, scope: Scope(), options: options)).run()
            return 0
        } catch {
            FileHandle.standardError.write(Data("mneme: \(error)\n".utf8))
            return 69
        }
    }
}

extension ImportFormat {
    /// A file is JSONL or a Signet database; a folder is what is found in it.
    static func open(_ path: String, format: ImportFormat?) throws -> (any ImportReader, ImportFormat) {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        var isFolder: ObjCBool = false
        if path != "-", !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            throw EngineError(.invalidInput, "cannot read \(path): no such file or folder")
        }
        let wanted = format ?? guess(path, isFolder: isFolder.boolValue)
        let opened = Result { () throws(ImportError) -> any ImportReader in
            switch wanted {
            case .jsonl: try JSONLReader(file: path, nowMilliseconds: now)
            case .markdown: try MarkdownFolderReader(folder: path)
            case .conversations: try Dataset(folder: path).reader()
            case .git: try GitRepositoryReader(path: path)
            case .signet: try SignetReader(path: path, nowMilliseconds: now)
            }
        }
        switch opened {
        case .success(let reader): return (reader, wanted)
        case .failure(let error): throw EngineError(.invalidInput, error.description)
        }
    }

    private static func guess(_ path: String, isFolder: Bool) -> ImportFormat {
        guard isFolder else {
            let start = path == "-" ? nil : try? FileHandle(forReadingAtPath: path)?.read(upToCount: 15)
            return start == Data("SQLite format 3".utf8) ? .signet : .jsonl
        }
        if (try? Dataset(folder: path)) != nil { return .conversations }
        return (try? GitRepositoryReader(path: path)) != nil ? .git : .markdown
    }
}

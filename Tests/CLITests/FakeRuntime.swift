import Engine
import Foundation
import Synchronization
import Testing

@testable import mneme

/// A runtime that keeps what it was asked and answers from a script.
final class FakeRuntime: Runtime {
    struct State: Sendable {
        var calls: [String] = []
        var search: SearchRequest?
        var score: ScoreRequest?
        var added: [NewMemory] = []
        var change: MemoryChange?
        var filter: ListFilter?
        var feedback: [Feedback] = []
        var hard = false
        var scope = Scope()
        var store: StoreOptions?
        var importRequest: ImportRequest?
        var evaluation: EvaluationRequest?
        var golden = Fixture.golden
        var equivalence = [
            EquivalenceEvaluation.Row(
                model: "mamba d64 L4 N16", check: "scan = step", length: 256, level: "x86-64-v4", error: 0,
                limit: 2e-6)
        ]
        var training: TaskTraining?
        var bench: BenchRequest?
        var sidecarArguments: [String] = []

        var ranking = Fixture.ranking
        var plugins = Fixture.plugins
        var error: EngineError?
        var views: [MemoryView] = [Fixture.view]
        var importEvents: [ImportEvent] = []
        var summary = ImportSummary(
            format: .jsonl, added: 3, unchanged: 1, rejected: 0, events: 2, seconds: 0.5)
        var findings: [DoctorFinding] = [
            DoctorFinding(subject: "store", level: .ok, detail: "/tmp/m.db, integrity ok", remedy: nil)
        ]
        var information = Fixture.information
        var revisions: [ConfigurationRevision] = []
        var reverting = ConfigurationArchive.Reverting(revision: 1, path: "/etc/plugins.json", text: "{}")
        var reloads: [ReloadView] = []
        var silent: [Int32] = []
        var exported = ["{\"text\":\"a\"}", "{\"text\":\"b\"}"]
    }

    private let state = Mutex(State())

    func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }
    var seen: State { state.withLock { $0 } }

    /// Notes the call; throws the scripted error.
    func note(_ call: String, _ change: (inout State) -> Void = { _ in }) throws {
        try state.withLock {
            $0.calls.append(call)
            change(&$0)
            if let error = $0.error { throw error }
        }
    }

    func openService(_ store: StoreOptions) throws -> any MemoryService {
        set { $0.store = store }
        return FakeService(runtime: self)
    }

    func initialize(_ store: StoreOptions, writeConfiguration: Bool) throws -> InitReport {
        try note("init") { $0.store = store }
        return InitReport(
            databasePath: store.databasePath, isNewDatabase: true,
            configurationPath: writeConfiguration ? store.defaultConfigurationPath : nil,
            isNewConfiguration: writeConfiguration)
    }

    func importItems(
        _ request: ImportRequest, progress: @escaping @Sendable (ImportEvent) -> Void
    ) throws -> ImportSummary {
        try note("import") { $0.importRequest = request }
        for event in seen.importEvents { progress(event) }
        return seen.summary
    }

    func exportMemories(_ request: ExportRequest, line: (String) throws -> Void) throws -> Int {
        try note("export")
        for text in seen.exported { try line(text) }
        return seen.exported.count
    }

    func backup(_ store: StoreOptions, to path: String) throws -> BackupReport {
        try note("backup")
        return BackupReport(path: path, bytes: 4_200_000, memories: 12)
    }

    func evaluateRetrieval(
        _ request: EvaluationRequest, progress: @escaping @Sendable (EvaluationProgress) -> Void
    ) throws -> EvaluationTable {
        try note("eval") { $0.evaluation = request }
        progress(EvaluationProgress(ranker: "fts5", done: 1, total: 2))
        return Fixture.table
    }

    func trainAccess(
        _ training: AccessTraining, to path: String, progress: @escaping @Sendable (AccessTraining.Progress) -> Void
    ) throws -> AccessTraining.Result {
        throw EngineError(.invalidInput, "not in these tests")
    }

    func evaluateAccess(
        _ folder: String, weights: String, tier: String, store: StoreOptions, resamples: Int, seed: UInt64,
        progress: @escaping @Sendable (_ part: String, _ done: Int, _ total: Int) -> Void
    ) throws -> AccessEvaluation.Table {
        throw EngineError(.invalidInput, "not in these tests")
    }

    func evaluateData(
        _ evaluation: DataEvaluation, plugins: String?, store: StoreOptions,
        progress: @escaping (EvaluationProgress) -> Void
    ) throws -> [ComparisonTable] {
        let options = [evaluation.weights, evaluation.tier, plugins].map { $0 ?? "-" }.joined(separator: " ")
        try note("eval data \(evaluation.folder) \(options) \(evaluation.seed) \(evaluation.resamples)")
        return [Fixture.comparison]
    }

    func evaluatePaths(
        _ request: PathEvaluationRequest, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
    ) throws -> PathEvaluation.Table {
        try note("eval paths \(request.folder) \(request.set ?? "") \(request.weights ?? "")")
        progress(1, 2)
        return Fixture.pathTable
    }

    func trainPaths(
        _ request: PathTraining.Request, progress: @escaping @Sendable (PathTraining.Progress) -> Void
    ) throws -> PathTraining.Summary {
        try note("train paths \(request.folder) \(request.size) \(request.epochs) \(request.output)")
        return PathTraining.Summary(
            set: "umls", lists: 2000, paths: 1_600_000, parameters: 61_000, steps: 1000, loss: 0.25, seconds: 90,
            examplesPerSecond: 177.7, output: request.output, golden: "w.golden.json")
    }

    func trainPlanted(
        _ training: PlantedTraining, to path: String, progress: (_ step: Int, _ steps: Int, _ loss: Double) -> Void
    ) throws -> PlantedTraining.Result {
        throw EngineError(.invalidInput, "not in these tests")
    }

    func canary(_ study: CanaryStudy, progress: (_ done: Int, _ total: Int) -> Void) throws -> CanaryStudy.Report {
        try note("canary \(study.weights.joined(separator: " ")) \(study.worlds) \(study.levels.count)")
        return try study.run(progress: progress)
    }

    func evaluatePlanted(_ evaluation: PlantedEvaluation) throws -> PlantedEvaluation.Table {
        try note("eval planted \(evaluation.weights.joined(separator: " ")) \(evaluation.worlds)")
        return try evaluation.run()
    }

    func trainPlantedPaths(
        _ request: PlantedPathTraining.Request, progress: @escaping @Sendable (PlantedPathTraining.Progress) -> Void
    ) throws -> PlantedPathTraining.Summary {
        try note("train planted-paths \(request.size) \(request.steps) \(request.seed) \(request.output)")
        return PlantedPathTraining.Summary(
            size: request.size, parameters: 57_980, steps: 6000, bestStep: 5625, lists: 192_000, loss: 0.8,
            curve: [(5625, 0.88), (6000, 0.87)], seconds: 110, listsPerSecond: 1800, output: request.output,
            golden: "w.golden.json")
    }

    func evaluatePlantedPaths(
        _ request: PlantedPathEvaluation.Request, progress: @escaping @Sendable (PlantedPathTraining.Progress) -> Void
    ) throws -> PlantedPathEvaluation.Table {
        try note("eval planted-paths \(request.worlds) \(request.weights ?? "")")
        return Fixture.plantedTable
    }

    func trainGate(
        _ request: JointGateTraining.Request, progress: @escaping @Sendable (JointGateTraining.Progress) -> Void
    ) throws -> JointGateTraining.Summary {
        try note("train gate \(request.mamba) \(request.paths) \(request.worlds) \(request.seed) \(request.output)")
        return JointGateTraining.Summary(
            output: request.output, sha256: "ab", parameters: 71, lists: 13_000, emptyLists: 4000, steps: 3000, bestStep: 2700,
            curve: [(2700, 1.92), (3000, 1.93)], askingSeconds: 14, seconds: 18)
    }

    func evaluateGate(
        _ request: JointGateEvaluation.Request, progress: @escaping @Sendable (_ done: Int) -> Void
    ) throws -> JointGateEvaluation.Table {
        try note("eval gate \(request.gate) \(request.mamba) \(request.paths) \(request.worlds)")
        return Fixture.gateTable(ratio: request.gate == "bad.json" ? 0.9 : 1.1)
    }

    func evaluateGolden(_ folder: String) throws -> GoldenEvaluation.Table {
        try note("eval golden \(folder)")
        return seen.golden
    }

    func recordGolden(_ folder: String) throws -> [String] {
        try note("eval golden \(folder) --record")
        return [folder + "/mamba1-block.safetensors"]
    }

    func evaluateEquivalence(_ evaluation: EquivalenceEvaluation) -> [EquivalenceEvaluation.Row] {
        try? note("eval equivalence \(evaluation.width) \(evaluation.pathLengths)")
        return seen.equivalence
    }

    func evaluateSequence(
        _ plan: SequenceEvaluation, store: StoreOptions, progress: @escaping (EvaluationProgress) -> Void
    ) throws -> SequenceEvaluation.Table {
        try note("eval sequence \(plan.folder) \(plan.weights ?? "-")")
        return Fixture.sequences
    }

    func trainSequence(
        _ plan: SequenceTraining, progress: @escaping (SequenceTrainingProgress) -> Void
    ) throws -> SequenceTraining.Result {
        try note("train sequence \(plan.folder) \(plan.output) \(plan.options.width)")
        let result = Fixture.sequenceTraining
        for epoch in result.epochs { progress(.epoch(epoch)) }
        return result
    }

    func trainTask(
        _ request: TaskTraining, onStep: (TaskTraining.Progress) -> Void,
        onPoint: (TaskTraining.Point) throws -> Void
    ) throws -> TaskTraining.Report {
        try note("train") { $0.training = request }
        onStep(.init(step: 50, steps: request.steps, loss: 2.5, examplesPerSecond: 900, secondsLeft: 61))
        try onPoint(.init(step: 50, loss: 2.5, accuracy: 0.125, seconds: 1.5))
        return Fixture.training
    }

    func doctor(_ store: StoreOptions, scope: Scope) -> [DoctorFinding] { seen.findings }

    func serveStdio(_ store: StoreOptions, scope: Scope) throws { try note("serve") }

    func serveSidecar(arguments: [String]) -> Int32 {
        set { $0.sidecarArguments = arguments }
        return 0
    }

    func pluginInfo(_ path: String, store: StoreOptions) throws -> PluginInformation {
        try note("plugin info \(path)")
        return seen.information
    }

    func configurationHistory(_ store: StoreOptions, limit: Int) throws -> [ConfigurationRevision] {
        try note("config history \(limit)")
        return Array(seen.revisions.prefix(limit))
    }

    func configurationRevision(_ store: StoreOptions, _ number: Int) throws -> ConfigurationRevision {
        try note("config revision \(number)")
        return try #require(seen.revisions.first { $0.revision == number })
    }

    func revertConfiguration(_ store: StoreOptions, to revision: Int?) throws
        -> ConfigurationArchive.Reverting
    {
        try note("config revert \(revision.map(String.init) ?? "-")")
        return seen.reverting
    }

    func reloadServers(_ store: StoreOptions, seconds: Double) throws -> (
        answers: [ReloadView], silent: [Int32]
    ) {
        try note("plugin reload \(seconds)")
        return (seen.reloads, seen.silent)
    }

    func columnsMarkdown() -> String { "| name | formula |\n|---|---|\n" }

    func benchSubjects() -> [BenchSubject] {
        [
            BenchSubject(name: "score", summary: "candidates through the library"),
            BenchSubject(name: "search", summary: "a whole turn"),
        ]
    }

    func bench(_ request: BenchRequest) throws -> [BenchFigure] {
        try note("bench") { $0.bench = request }
        return [
            BenchFigure(
                subject: "score", size: "1000 candidates", unit: "µs/call", p50: 12.34, p99: 20.5,
                repetitions: 200)
        ]
    }
}

/// The service half: writes what it is asked into its runtime.
struct FakeService: MemoryService {
    let runtime: FakeRuntime

    func reload(cause: String) throws -> ReloadView {
        try runtime.note("reload \(cause)")
        return try #require(runtime.seen.reloads.first)
    }

    func search(_ request: SearchRequest) throws -> Ranking {
        try runtime.note("search") { $0.search = request }
        return runtime.seen.ranking
    }

    func score(_ request: ScoreRequest) throws -> Ranking {
        try runtime.note("score") { $0.score = request }
        return runtime.seen.ranking
    }

    func add(_ memories: [NewMemory], scope: Scope) throws -> AddReport {
        try runtime.note("add") {
            $0.added += memories
            $0.scope = scope
        }
        return AddReport(added: memories.map { $0.id ?? "m_new" })
    }

    func get(_ id: String, scope: Scope) throws -> MemoryView? {
        try runtime.note("get \(id)")
        return runtime.seen.views.first { $0.id == id }
    }

    func list(_ filter: ListFilter, scope: Scope) throws -> [MemoryView] {
        try runtime.note("list") { $0.filter = filter }
        return runtime.seen.views
    }

    func update(_ id: String, _ change: MemoryChange, scope: Scope) throws -> MemoryView {
        try runtime.note("update \(id)") { $0.change = change }
        return Fixture.view
    }

    func forget(_ ids: [String], hard: Bool, scope: Scope) throws -> Int {
        try runtime.note("forget \(ids.joined(separator: " "))") { $0.hard = hard }
        let known = Set(runtime.seen.views.map(\.id))
        return ids.count { known.contains($0) }
    }

    func feedback(_ feedback: [Feedback], retrievalID: String) throws -> Int {
        try runtime.note("feedback \(retrievalID)") { $0.feedback = feedback }
        return feedback.count
    }

    func explain(retrievalID: String) throws -> Ranking {
        try runtime.note("explain \(retrievalID)")
        return runtime.seen.ranking
    }

    func plugins() -> [PluginStatus] { runtime.seen.plugins }

    func status(scope: Scope) throws -> StoreStatus { StoreStatus(databasePath: "/tmp/m.db") }
}

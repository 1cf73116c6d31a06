import Engine
import Server

/// What the CLI needs beyond `MemoryService`, as one protocol of values: it opens the engine and does what
/// isn't one memory's business. Errors are `EngineError` (or `CommandFailure`, which says more).
///
/// Calls block until they are done. Progress closures may be called from any thread, one call at a time.
protocol Runtime: Sendable {
    /// Opens the store (it is created if it doesn't exist) and loads the configured scorers.
    func openService(_ store: StoreOptions) throws -> any MemoryService

    /// Creates the store, and the configuration file if `writeConfiguration` is set and there is none.
    func initialize(_ store: StoreOptions, writeConfiguration: Bool) throws -> InitReport

    /// Reads a source into the store. `.committed` is reported after a batch's commit and not before: what it
    /// names survives kill -9.
    func importItems(
        _ request: ImportRequest, progress: @escaping @Sendable (ImportEvent) -> Void
    ) throws -> ImportSummary

    /// Hands out the scope's memories as lines of the import's JSONL, without line breaks, oldest first.
    /// Returns their number.
    func exportMemories(_ request: ExportRequest, line: (String) throws -> Void) throws -> Int

    /// A consistent copy of the store while others use it. `path` doesn't exist yet.
    func backup(_ store: StoreOptions, to path: String) throws -> BackupReport

    /// Compares rankers on a folder of conversations with questions and evidence.
    func evaluateRetrieval(
        _ request: EvaluationRequest, progress: @escaping @Sendable (EvaluationProgress) -> Void
    ) throws -> EvaluationTable

    /// Measures rankers on a folder of evaluation data. `plugins`: a plugins.json whose scorers are measured too.
    func evaluateData(
        _ evaluation: DataEvaluation, plugins: String?, store: StoreOptions,
        progress: @escaping (EvaluationProgress) -> Void
    ) throws -> [ComparisonTable]

    /// Measures a path scorer on a set of knowledge-graph paths, beside rankers without a model.
    func evaluatePaths(
        _ request: PathEvaluationRequest, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
    ) throws -> PathEvaluation.Table

    /// Trains a path scorer and writes its weights.
    func trainPaths(
        _ request: PathTraining.Request, progress: @escaping @Sendable (PathTraining.Progress) -> Void
    ) throws -> PathTraining.Summary

    /// Trains a sequence scorer on planted worlds and writes its weights.
    func trainPlanted(
        _ training: PlantedTraining, to path: String, progress: (_ step: Int, _ steps: Int, _ loss: Double) -> Void
    ) throws -> PlantedTraining.Result

    /// Asks whether weights find planted patterns.
    func canary(_ study: CanaryStudy, progress: (_ done: Int, _ total: Int) -> Void) throws -> CanaryStudy.Report

    /// Measures weights on held-out planted worlds.
    func evaluatePlanted(_ evaluation: PlantedEvaluation) throws -> PlantedEvaluation.Table

    /// Trains a path scorer on planted worlds and writes its weights.
    func trainPlantedPaths(
        _ request: PlantedPathTraining.Request, progress: @escaping @Sendable (PlantedPathTraining.Progress) -> Void
    ) throws -> PlantedPathTraining.Summary

    /// Measures models of planted paths, pattern by pattern.
    func evaluatePlantedPaths(
        _ request: PlantedPathEvaluation.Request, progress: @escaping @Sendable (PlantedPathTraining.Progress) -> Void
    ) throws -> PlantedPathEvaluation.Table

    /// Trains a gate over scorers on planted worlds and writes it.
    func trainGate(
        _ request: JointGateTraining.Request, progress: @escaping @Sendable (JointGateTraining.Progress) -> Void
    ) throws -> JointGateTraining.Summary

    /// Measures a gate on held-out planted worlds, for every subset of its scorers. `progress`: worlds so far.
    func evaluateGate(
        _ request: JointGateEvaluation.Request, progress: @escaping @Sendable (_ done: Int) -> Void
    ) throws -> JointGateEvaluation.Table

    /// Runs the models' code on a folder of recorded tensors, on every dispatch level.
    func evaluateGolden(_ folder: String) throws -> GoldenEvaluation.Table

    /// Compares rankers of the next item on a folder of sequences.
    func evaluateSequence(
        _ plan: SequenceEvaluation, store: StoreOptions, progress: @escaping (EvaluationProgress) -> Void
    ) throws -> SequenceEvaluation.Table

    /// Trains a network of the next item and writes its weights.
    func trainSequence(
        _ plan: SequenceTraining, progress: @escaping (SequenceTrainingProgress) -> Void
    ) throws -> SequenceTraining.Result

    /// Trains weights for libMambaScorer.so on streams of accesses, and writes them.
    func trainAccess(
        _ training: AccessTraining, to path: String, progress: @escaping @Sendable (AccessTraining.Progress) -> Void
    ) throws -> AccessTraining.Result

    /// Ranks what streams of accesses touch next, through the real library and beside simple rankers. `tier`: inline,
    /// watched or process.
    func evaluateAccess(
        _ folder: String, weights: String, tier: String, store: StoreOptions, resamples: Int, seed: UInt64,
        progress: @escaping @Sendable (_ part: String, _ done: Int, _ total: Int) -> Void
    ) throws -> AccessEvaluation.Table

    /// Writes files of our own answers for another implementation; returns their paths.
    func recordGolden(_ folder: String) throws -> [String]

    /// Computes the same numbers by two ways, on every dispatch level.
    func evaluateEquivalence(_ evaluation: EquivalenceEvaluation) -> [EquivalenceEvaluation.Row]

    /// Trains a block on a synthetic task; `onStep` after every update, `onPoint` for the curve.
    func trainTask(
        _ request: TaskTraining, onStep: (TaskTraining.Progress) -> Void,
        onPoint: (TaskTraining.Point) throws -> Void
    ) throws -> TaskTraining.Report

    /// Looks at store, configuration, libraries and machine; changes nothing and never throws.
    func doctor(_ store: StoreOptions, scope: Scope) -> [DoctorFinding]

    /// Serves JSON-RPC on standard input and output until end of file.
    func serveStdio(_ store: StoreOptions, scope: Scope) throws

    /// The process is the sidecar of another daemon; `arguments` are argv without its first. Returns the exit
    /// status. Must stay quiet on standard error while healthy.
    func serveSidecar(arguments: [String]) -> Int32

    /// What a library's manifest says, read without running its code. `path` as in plugins.json.
    func pluginInfo(_ path: String, store: StoreOptions) throws -> PluginInformation

    /// Configurations that served, newest first.
    func configurationHistory(_ store: StoreOptions, limit: Int) throws -> [ConfigurationRevision]
    func configurationRevision(_ store: StoreOptions, _ number: Int) throws -> ConfigurationRevision

    /// Writes plugins.json as it was in a revision; nil = the one before the newest.
    func revertConfiguration(_ store: StoreOptions, to revision: Int?) throws -> ConfigurationArchive.Reverting

    /// Has every process that serves the store reload, and waits so long for what they say.
    func reloadServers(_ store: StoreOptions, seconds: Double) throws -> (answers: [ReloadView], silent: [Int32])

    /// The table of named columns, as Markdown.
    func columnsMarkdown() -> String

    /// What `bench` can measure, in the order of `bench` without a name.
    func benchSubjects() -> [BenchSubject]
    func bench(_ request: BenchRequest) throws -> [BenchFigure]
}

enum SequenceTrainingProgress: Sendable {
    case step(done: Int, total: Int, loss: Double)
    case epoch(SequenceTraining.Epoch)
}

struct InitReport: Sendable, Equatable {
    var databasePath: String
    /// false = it was there already.
    var isNewDatabase: Bool
    var configurationPath: String?
    var isNewConfiguration: Bool
}

struct ImportRequest: Sendable, Equatable {
    /// A file, a folder, or "-" for JSONL on standard input.
    var source: String
    /// nil = told from the source itself.
    var format: ImportFormat?
    var store: StoreOptions
    var scope: Scope
    /// Memories per transaction; nil = the importer's choice.
    var batchSize: Int?
    /// Stop after so many records; nil = all.
    var limit: Int?
    /// Vectors are stored as float16.
    var storesFloat16 = false
}

/// What `import` reads. The raw values are the words of `--format`.
enum ImportFormat: String, Sendable, CaseIterable {
    case jsonl, markdown, git, conversations, signet
}

enum ImportEvent: Sendable, Equatable {
    case progress(ImportProgress)
    /// Durable now: so many memories and events of this import so far.
    case committed(memories: Int, events: Int)
    /// Skipped; the import goes on. `line` is 1-based where the source has lines.
    case rejected(line: Int?, reason: String)
}

/// Done and total in the same unit: records, or bytes where the number of records isn't known.
struct ImportProgress: Sendable, Equatable {
    var recordsDone: Int
    var unitsDone: Int64
    /// nil = unknown.
    var unitsTotal: Int64?
}

struct ImportSummary: Sendable, Equatable {
    var format: ImportFormat
    var added = 0
    /// There already with the same content.
    var unchanged = 0
    var rejected = 0
    var events = 0
    /// Attributes and dependencies of a graph.
    var statements = 0
    var seconds = 0.0
}

struct ExportRequest: Sendable, Equatable {
    var store: StoreOptions
    var scope: Scope
    var includeForgotten: Bool
    var includeEmbeddings: Bool
}

struct BackupReport: Sendable, Equatable {
    var path: String
    var bytes: Int64
    var memories: Int
}

struct EvaluationRequest: Sendable, Equatable {
    var folder: String
    /// In the order of the table; empty = the runtime's default set.
    var rankers: [String]
    /// A plugins.json whose scorers are measured too.
    var plugins: String?
    var store: StoreOptions
    /// Of the intervals' resampling.
    var seed: UInt64
    var resamples: Int
    /// The pool handed to the scorers; nil = the configuration's.
    var poolSize: Int?
    /// Only the first so many questions of each conversation; nil = all.
    var questionLimit: Int?
}

struct PathEvaluationRequest: Sendable, Equatable {
    var folder: String
    /// Which of several sets; nil = the folder is one.
    var set: String?
    /// nil = the store's configuration is measured.
    var weights: String?
    var store: StoreOptions
    var seed: UInt64
    var resamples: Int
    var questionLimit: Int?
    /// Columns that aren't sent.
    var withheld: Set<String> = []
}

struct EvaluationProgress: Sendable, Equatable {
    var ranker: String
    var done: Int
    var total: Int
}

struct EvaluationTable: Sendable, Equatable {
    var dataset: String
    var conversations: Int
    var memories: Int
    var questions: Int
    /// For example "95 % BCa bootstrap over questions, 2000 resamples, seed 7".
    var intervalMethod: String
    var rows: [EvaluationRow]
}

struct EvaluationRow: Sendable, Equatable {
    var ranker: String
    /// For example "R@5"; the same names in the same order in every row.
    var metrics: [EvaluationMetric]
    /// Share of evidence that was in the pool at all.
    var poolRecall: Double
    var millisecondsPerQuery: Double
    /// Who really scored, with version; more than the ranker's name where something was degraded.
    var scorers: [String]
    var degraded: [String]
}

struct EvaluationMetric: Sendable, Equatable {
    var name: String
    var mean: Double
    var low: Double
    var high: Double
}

struct DoctorFinding: Sendable, Equatable {
    enum Level: String, Sendable { case ok, warning, problem }
    /// One or two words: "store", "plugins.json", "heuristic".
    var subject: String
    var level: Level
    var detail: String
    /// What to do; nil where nothing is wrong.
    var remedy: String?
}

/// A manifest, as a person reads it.
struct PluginInformation: Sendable, Equatable {
    struct Field: Sendable, Equatable {
        var name: String
        var value: String
    }
    var id: String
    var version: String
    var path: String
    var sha256: String
    /// scope, ABI range, ISA, state versions, licence …: in the order to print.
    var fields: [Field]
    var columns: [String]
    var heads: [String]
    /// name, and type with default and range.
    var options: [Field]
    var assets: [String]
    /// Why it would be refused; empty = it would load.
    var problems: [String]
    /// The line for plugins.json that pins these bytes.
    var pin = ""
}

struct BenchSubject: Sendable, Equatable {
    var name: String
    var summary: String
}

struct BenchRequest: Sendable, Equatable {
    /// Names of `benchSubjects`; never empty.
    var subjects: [String]
    /// Candidates, memories …; empty = the subject's own.
    var sizes: [Int]
    /// nil = the subject's own.
    var repetitions: Int?
    var store: StoreOptions
}

/// One measured line.
struct BenchFigure: Sendable, Equatable {
    var subject: String
    /// For example "1000 candidates".
    var size: String
    /// For example "µs/call".
    var unit: String
    var p50: Double
    var p99: Double
    var repetitions: Int
}

import Engine
import Storage

/// Stands where the real runtime goes until Engine is linked: it parses, explains itself and does nothing.
struct UnconnectedRuntime: Runtime {
    private var failure: CommandFailure {
        CommandFailure(
            .unavailable, "this build has no engine", remedy: "build the whole package: make build")
    }

    func openService(_ store: StoreOptions) throws -> any MemoryService { throw failure }
    func initialize(_ store: StoreOptions, writeConfiguration: Bool) throws -> InitReport { throw failure }
    func importItems(
        _ request: ImportRequest, progress: @escaping @Sendable (ImportEvent) -> Void
    ) throws -> ImportSummary { throw failure }
    func exportMemories(_ request: ExportRequest, line: (String) throws -> Void) throws -> Int {
        throw failure
    }
    func backup(_ store: StoreOptions, to path: String) throws -> BackupReport { throw failure }
    func evaluateRetrieval(
        _ request: EvaluationRequest, progress: @escaping @Sendable (EvaluationProgress) -> Void
    ) throws -> EvaluationTable { throw failure }
    func doctor(_ store: StoreOptions, scope: Scope) -> [DoctorFinding] {
        [DoctorFinding(subject: "build", level: .problem, detail: failure.what, remedy: failure.remedy)]
    }
    func serveStdio(_ store: StoreOptions, scope: Scope) throws { throw failure }
    func serveSidecar(arguments: [String]) -> Int32 { failure.status.rawValue }
    func pluginInfo(_ path: String, store: StoreOptions) throws -> PluginInformation { throw failure }
    func columnsMarkdown() -> String { "" }
    func benchSubjects() -> [BenchSubject] { [] }
    func bench(_ request: BenchRequest) throws -> [BenchFigure] { throw failure }
}

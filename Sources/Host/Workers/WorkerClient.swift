import Glibc
import Platform
import PluginABI
import Synchronization
import Wire

/// A model that lives in a process of its own: started, asked, restarted.
final class WorkerClient: Sendable {
    /// Everything a start needs, and what it must find again after a restart.
    struct Plan: Sendable {
        var scorer: String
        var libraryPath: String
        var manifest: Manifest
        /// nil = a plugin.
        var foreign: ForeignOrder?
        var order: CreateOrder
        var spawn: WorkerSpawn
        var graceNanoseconds: Int64
        /// Waits before the first, second, … restart in a row, milliseconds.
        var backoffMilliseconds: [Double] = [10, 100, 1000, 10_000]
        var log: @Sendable (_ level: LogLevel, _ scorer: String, _ text: String) -> Void = { _, _, _ in }
    }

    private struct State {
        var process: WorkerProcess?
        var info = mneme_info()
        /// Why there is no process.
        var reason = "it was not started"
        var failuresInARow = 0
        var restarts = 0
        var isStarted = false
        var isStopped = false
        /// Loading it changed the floating-point mode.
        var changesFloatMode = false
    }

    /// Lives as long as the process: workers die with the thread that made them.
    static let spawner = LoaderThread(name: "mneme-spawner")
    /// How long loading or `create` may take.
    static let startSeconds = 10.0

    /// Clients that were started and not stopped.
    static let serving = Atomic<Int>(0)

    let plan: Plan
    let lane = Lane()
    private let state = Mutex(State())
    private let lateAnswers = Atomic<Int>(0)
    private let lives = Atomic<Int>(0)
    /// The request that the lane's holder left behind; nil = the last one was answered.
    private let left = Mutex<(process: WorkerProcess, hardDeadline: Int64)?>(nil)

    init(_ plan: Plan) { self.plan = plan }

    var info: mneme_info { state.withLock { $0.info } }
    var changesFloatMode: Bool { state.withLock { $0.changesFloatMode } }
    var restarts: Int { state.withLock { $0.restarts } }
    /// Which life of the worker this is: sessions end with it.
    var generation: Int { lives.load(ordering: .acquiring) }
    var drainedAnswers: Int { lateAnswers.load(ordering: .relaxed) }
    /// Of the process that serves now; 0 = none.
    var pid: Int32 { state.withLock { $0.process?.pid ?? 0 } }
    /// Bits of Sandbox: 1 Landlock, 2 first filter, 4 second filter.
    var walls: UInt32 { state.withLock { $0.process?.own.workerPage.pointee.is_sandboxed ?? 0 } }

    /// First start. Waits for `create`.
    func start() throws(LoadError) {
        let result = Self.spawner.run(seconds: 3 * Self.startSeconds) {
            let made = self.make()
            // Nobody waited so long.
            if case .success(let (process, _)) = made, self.state.withLock({ $0.isStopped }) {
                WorkerSupervisor.shared.kill(process)
            }
            return made
        }
        guard let result else {
            stop()
            throw LoadError(.load, "the worker didn't start in \(3 * Self.startSeconds) s")
        }
        let (process, info) = try result.get()
        Self.serving.add(1, ordering: .relaxed)
        lives.add(1, ordering: .releasing)
        state.withLock {
            $0.process = process
            $0.info = info
            $0.isStarted = true
        }
        noticeEnd(process)
    }

    /// It may have died before it was ours: then nobody has told us.
    private func noticeEnd(_ process: WorkerProcess) {
        guard process.isDead.load(ordering: .acquiring), let end = process.end.withLock({ $0 }) else { return }
        died(process, end, wasLate: false)
    }

    /// Ends the process; nobody calls any more.
    func stop() {
        let process = state.withLock { state in
            if state.isStarted && !state.isStopped { Self.serving.subtract(1, ordering: .relaxed) }
            state.isStopped = true
            defer { state.process = nil }
            return state.process
        }
        if let process { WorkerSupervisor.shared.kill(process) }
    }

    deinit { stop() }

    // MARK: Life, on the spawner thread

    private func make() -> Result<(WorkerProcess, mneme_info), LoadError> {
        do throws(WorkerSpawn.Failure) {
            let process = try plan.spawn.run()
            WorkerSupervisor.shared.watch(process, self)
            do throws(LoadError) {
                try load(process)
                return .success((process, try create(process)))
            } catch {
                WorkerSupervisor.shared.kill(process)
                return .failure(error)
            }
        } catch {
            return .failure(LoadError(.load, error.message))
        }
    }

    private func run(_ step: LoadStep, _ process: WorkerProcess, _ operation: Int, payload: [UInt8]) throws(LoadError) {
        let start = Int(MNEME_LANE_PAGE)
        guard start + payload.count <= process.host.byteCount else { throw LoadError(step, "the arena is too small") }
        payload.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(start: process.host.base + start, count: $0.count).copyMemory(from: $0)
        }
        let until = platform_monotonic_ns() + Int64(Self.startSeconds * 1e9)
        let answer = process.exchange(operation, until: until) { page in
            page.pointee.payload_at = UInt64(start)
            page.pointee.payload_bytes = UInt64(payload.count)
        }
        takeLog(process)
        switch answer {
        case .status(0):
            if process.own.workerPage.pointee.changed_float_mode != 0 { state.withLock { $0.changesFloatMode = true } }
            return
        case .status(let status):
            if step == .load {
                let steps: [Int32: LoadStep] = [MNEME_LOAD_ENTRY: .entry, MNEME_LOAD_TABLE: .table]
                throw LoadError(steps[status] ?? .load, process.errorMessage)
            }
            let name = step == .create ? "\(ScoringFailure.name(status)): " : ""
            throw LoadError(step, name + process.errorMessage)
        case .late: throw LoadError(step, "it took longer than \(Self.startSeconds) s in a worker")
        case .dead:
            throw LoadError(step, "\(step == .create ? "create" : "loading it") ended the worker: \(state.withLock { $0.reason })")
        }
    }

    private func load(_ process: WorkerProcess) throws(LoadError) {
        if let foreign = plan.foreign {
            try run(.load, process, Int(MNEME_DO_LOAD_FOREIGN), payload: foreign.encoded)
        } else {
            try run(.load, process, Int(MNEME_DO_LOAD), payload: Array(plan.libraryPath.utf8))
        }
        let loaded = try process.answers.loadedLibrary()
        guard Path.real(loaded.file) == Path.real(plan.libraryPath) else {
            let symbol = plan.foreign?.symbol ?? MNEME_ENTRY_SYMBOL
            throw LoadError(.entry, "\(symbol) lies in \(loaded.file), not in \(plan.libraryPath): other code would run")
        }
        try PluginTable.check(loaded.table, id: loaded.id, version: loaded.version, plan.manifest)
    }

    private func create(_ process: WorkerProcess) throws(LoadError) -> mneme_info {
        try run(.create, process, Int(MNEME_DO_CREATE), payload: plan.order.encoded)
        return try process.answers.madeInfo()
    }

    func restart() {
        if state.withLock({ $0.isStopped || $0.process != nil }) { return }
        switch make() {
        case .success(let (process, info)):
            let isWanted = state.withLock { state in
                if state.isStopped { return false }
                lives.add(1, ordering: .releasing)
                state.process = process
                state.info = info
                state.restarts += 1
                return true
            }
            if !isWanted { WorkerSupervisor.shared.kill(process) }
            if isWanted { noticeEnd(process) }
            plan.log(.info, plan.scorer, "restarted")
        case .failure(let error):
            state.withLock {
                $0.reason = error.description
                $0.failuresInARow += 1
            }
            scheduleRestart()
        }
    }

    private func scheduleRestart() {
        let (isStopped, failures) = state.withLock { ($0.isStopped, $0.failuresInARow) }
        if isStopped { return }
        let waits = plan.backoffMilliseconds
        let wait = waits.isEmpty ? 1000 : waits[min(max(failures - 1, 0), waits.count - 1)]
        WorkerSupervisor.shared.restart(self, at: platform_monotonic_ns() + Int64(wait * 1e6))
    }

    // MARK: Told by the supervisor

    func noteEnd(_ end: WorkerEnd) { state.withLock { $0.reason = end.description } }

    func died(_ process: WorkerProcess, _ end: WorkerEnd, wasLate: Bool) {
        let wasServing = state.withLock { state in
            guard state.process === process else { return false }
            state.process = nil
            state.failuresInARow += 1
            return true
        }
        // A late request still held the lane; nobody else will give it back.
        if wasLate { lane.release() }
        guard wasServing else { return }
        plan.log(.warning, plan.scorer, end.description)
        scheduleRestart()
    }

    /// A late answer came in the end.
    func drained(_ process: WorkerProcess) {
        lateAnswers.add(1, ordering: .relaxed)
        lane.release()
    }

    /// The request is late: its worker may still write. Nothing more is asked until the lane has been let go.
    private func leave(_ process: WorkerProcess, deadline: Int64) {
        process.cancel()
        left.withLock { $0 = (process, deadline + plan.graceNanoseconds) }
    }

    /// The holder is done with the lane. After a late request it goes to the supervisor, who gives it back once: when the
    /// answer has come, or the worker is gone.
    func letGo() {
        let late = left.withLock { left in
            defer { left = nil }
            return left
        }
        if let late, WorkerSupervisor.shared.expect(late.process, before: late.hardDeadline) { return }
        lane.release()
    }

    private func takeLog(_ process: WorkerProcess) {
        process.takeLog { level, text in plan.log(LogLevel(rawValue: level) ?? .error, plan.scorer, text) }
    }
}

// Calls. The caller holds the lane.
extension WorkerClient {
    enum Outcome {
        case status(Int32)
        case failure(ScoringFailure)
    }

    /// What a call that is late leaves behind: the lane is given back by the supervisor.
    static func keepsLane(_ failure: ScoringFailure?) -> Bool { failure == .late }

    func ready() -> Result<WorkerProcess, ScoringFailure> {
        // An earlier request of the same holder is late: the regions are the worker's.
        if left.withLock({ $0 != nil }) { return .failure(.late) }
        return running()
    }

    private func running() -> Result<WorkerProcess, ScoringFailure> {
        state.withLock { $0.process.map(Result.success) ?? .failure(.restarting($0.reason)) }
    }

    /// The worker's `score`, with outputs copied into `scores` as if it had been called here.
    func score(
        _ batch: UnsafePointer<mneme_batch>, _ scores: UnsafeMutablePointer<mneme_scores>, _ error: UnsafeMutablePointer<mneme_error>,
        session: UInt64?, isDear: Bool, deadline: Int64, changedFloatMode: inout Bool
    ) -> Outcome {
        let process: WorkerProcess
        switch ready() {
        case .success(let found): process = found
        case .failure(let failure): return .failure(failure)
        }
        let start = Int(MNEME_LANE_PAGE)
        guard Packing.pack(batch, .batch, into: process.host.base, at: start, limit: process.host.byteCount) != nil else {
            return .failure(.notAsked("the batch is larger than the arena of \(process.host.byteCount >> 20) MiB"))
        }
        let rows = Int(batch.pointee.rows)
        let heads = Int(scores.pointee.values.rows)
        let parts = Int(scores.pointee.parts.cols)
        let paths = Int(scores.pointee.path_values.cols)
        guard
            let layout = OutputLayout(
                start: start, rows: rows, heads: heads, parts: parts, paths: paths, limit: process.own.byteCount)
        else {
            return .failure(.notAsked("the answer is larger than the arena of \(process.own.byteCount >> 20) MiB"))
        }
        process.follow(cpu: isDear ? -1 : platform_current_cpu())
        let answer = process.exchange(Int(MNEME_DO_SCORE), until: deadline) { page in
            page.pointee.struct_at = UInt64(start)
            page.pointee.head_count = UInt32(heads)
            page.pointee.part_count = UInt32(parts)
            page.pointee.path_count = UInt32(paths)
            if let session {
                page.pointee.has_session = 1
                page.pointee.session = session
            }
        }
        switch answer {
        case .status(let status):
            succeeded(process)
            if process.own.workerPage.pointee.changed_float_mode != 0 { changedFloatMode = true }
            if status < 0 {
                ErrorText.write(status, process.errorMessage, to: error)
            } else {
                process.answers.copyOutputs(layout, into: scores)
            }
            return .status(status)
        case .late:
            leave(process, deadline: deadline)
            return .failure(.late)
        case .dead: return .failure(.crashed(state.withLock { $0.reason }))
        }
    }

    /// Any operation on a session.
    ///
    /// - Parameters:
    ///   - pack: writes a crossing struct behind the page; false = it doesn't fit.
    ///   - then: reads the answer before the lane is given back.
    func ask(
        _ operation: Int, session: UInt64, form: UInt32 = 0, stateVersion: UInt32 = 0, payload: [UInt8] = [], deadline: Int64,
        pack: (WorkerProcess) -> Bool = { _ in true }, then: (WorkerProcess) -> Void = { _ in }
    ) -> Result<Void, ScoringFailure> {
        let process: WorkerProcess
        switch ready() {
        case .success(let found): process = found
        case .failure(let failure): return .failure(failure)
        }
        // Sent now it would be late at once, and done all the same.
        guard platform_monotonic_ns() < deadline else { return .failure(.busy) }
        let start = Int(MNEME_LANE_PAGE)
        guard start + payload.count <= process.host.byteCount, pack(process) else {
            return .failure(.notAsked("it doesn't fit the arena of \(process.host.byteCount >> 20) MiB"))
        }
        if !payload.isEmpty {
            payload.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(start: process.host.base + start, count: $0.count).copyMemory(from: $0)
            }
        }
        let answer = process.exchange(operation, until: deadline) { page in
            page.pointee.struct_at = UInt64(start)
            page.pointee.payload_at = UInt64(start)
            page.pointee.payload_bytes = UInt64(payload.count)
            page.pointee.form = form
            page.pointee.state_version = stateVersion
            page.pointee.has_session = 1
            page.pointee.session = session
        }
        switch answer {
        case .status(0):
            succeeded(process)
            then(process)
            return .success(())
        case .status(let status): return .failure(.failed(status: status, message: process.errorMessage))
        case .late:
            leave(process, deadline: deadline)
            return .failure(.late)
        case .dead: return .failure(.crashed(state.withLock { $0.reason }))
        }
    }

    private func succeeded(_ process: WorkerProcess) {
        takeLog(process)
        state.withLock { if $0.failuresInARow > 0 { $0.failuresInARow = 0 } }
    }
}

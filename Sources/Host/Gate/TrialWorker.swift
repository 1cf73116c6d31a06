import Glibc
import Platform
import PluginABI
import Wire

/// A worker that exists to be tried: nobody restarts it, and a late call ends it.
package final class TrialWorker {
    // Not Sendable on purpose: one trial uses it at a time.
    package struct Plan: Sendable {
        package var libraryPath: String
        /// What `libraryPath` is called for, if it knows nothing of us.
        var foreign: ForeignOrder?
        package var manifest: Manifest
        package var order: CreateOrder
        /// Copies in the object store, in the order of the create order.
        package var assetPaths: [String] = []
        /// Files that it may read beside the library and what the dynamic loader needs.
        package var readable: [String] = []
        package var memoryMegabytes = 256
        package var arenaMegabytes = 64
        package var allowsThreads = false
        /// A forbidden system call ends the process.
        package var isStrict = false
        /// Structs of their exact size against a guard page.
        package var guardsStructs = false
        /// Arrays too.
        package var guardsRows = false
        /// The longest that one call may take.
        package var callSeconds = 5.0

        package init(libraryPath: String, manifest: Manifest, order: CreateOrder) {
            self.libraryPath = libraryPath
            self.manifest = manifest
            self.order = order
        }
    }

    /// The worker's executable; nil = it isn't installed.
    package static var executable: String? { WorkerSpawn.executable }

    package let plan: Plan
    private let process: WorkerProcess
    /// What `create` said; of the last model.
    package private(set) var info = mneme_info()
    package private(set) var table = mneme_plugin_table()
    /// Since the last look.
    package private(set) var changedFloatMode = false

    package init(_ plan: Plan) throws(TrialFailure) {
        self.plan = plan
        var spawn = WorkerSpawn(
            assetPaths: plan.assetPaths, memoryMegabytes: plan.memoryMegabytes, arenaMegabytes: plan.arenaMegabytes,
            readable: Dependencies.readable + [plan.libraryPath] + plan.readable)
        spawn.isStrict = plan.isStrict
        spawn.isGuarded = plan.guardsStructs
        spawn.guardsRows = plan.guardsRows
        spawn.isDiagnosed = true
        spawn.allowsThreads = plan.allowsThreads
        let ready = spawn
        let made = WorkerClient.spawner.run(seconds: 30) {
            Result { () throws(WorkerSpawn.Failure) in
                let process = try ready.run()
                WorkerSupervisor.shared.watch(process, nil)
                return process
            }
        }
        switch made {
        case .success(let process): self.process = process
        case .failure(let failure): throw .unable(failure.message)
        case nil: throw .unable("the worker didn't start in 30 s")
        }
    }

    deinit { WorkerSupervisor.shared.kill(process) }

    package var pid: Int32 { process.pid }
    /// Bits: 1 Landlock, 2 first filter, 4 second filter.
    package var walls: UInt32 { process.own.workerPage.pointee.is_sandboxed }

    /// Ends it and its whole group.
    package func kill() { WorkerSupervisor.shared.kill(process) }

    package func takeLog(_ body: (_ level: Int32, _ text: String) -> Void) { process.takeLog(body) }

    // MARK: One request

    func ask(
        _ name: String, _ operation: Int, seconds: Double? = nil, payload: [UInt8] = [],
        _ fill: (UnsafeMutablePointer<mneme_host_page>) -> Void = { _ in }
    ) throws(TrialFailure) {
        let start = Int(MNEME_LANE_PAGE)
        guard start + payload.count <= process.host.byteCount else { throw .unable("the arena is too small for \(name)") }
        payload.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(start: process.host.base + start, count: $0.count).copyMemory(from: $0)
        }
        try exchange(name, operation, seconds: seconds) { page in
            page.pointee.payload_at = UInt64(start)
            page.pointee.payload_bytes = UInt64(payload.count)
            fill(page)
        }
    }

    func exchange(
        _ name: String, _ operation: Int, seconds: Double? = nil, _ fill: (UnsafeMutablePointer<mneme_host_page>) -> Void
    ) throws(TrialFailure) {
        let limit = seconds ?? plan.callSeconds
        switch process.exchange(operation, until: platform_monotonic_ns() + Int64(limit * 1e9), fill) {
        case .status(let status):
            if process.own.workerPage.pointee.changed_float_mode != 0 { changedFloatMode = true }
            if status < 0 { throw .refused(operation: name, status: status, message: process.errorMessage) }
            lastStatus = status
        case .late:
            WorkerSupervisor.shared.kill(process)
            throw .late(operation: name, seconds: limit)
        case .dead:
            let reason = process.end.withLock { $0?.description } ?? "its process ended"
            let fault = process.fault
            var known = TrialFault(place: fault.place, index: fault.index)
            // Where all signals are blocked, as in pthread_create, nobody could say which call it was.
            if known == .unknown, process.end.withLock({ $0?.code != 1 && $0?.status == SIGSYS }) { known = .forbiddenCall(-1) }
            throw .died(operation: name, reason: reason, fault: known)
        }
    }

    private(set) var lastStatus: Int32 = 0

    /// A copy: the worker may write there again.
    var lastPayload: [UInt8]? { process.payload.map(Array.init) }

    func pack(_ memory: ProbeMemory, at start: Int) throws(TrialFailure) {
        guard Packing.pack(memory.memory, .events, into: process.host.base, at: start, limit: process.host.byteCount) != nil
        else { throw .unable("the events don't fit into the arena of \(plan.arenaMegabytes) MiB") }
    }

    // MARK: Loading and making

    /// Loads a library, this plan's unless another is named. The last one loaded is the one that serves.
    package func load(_ path: String? = nil, seconds: Double = 10) throws(TrialFailure) -> TrialTable {
        let path = path ?? plan.libraryPath
        changedFloatMode = false
        if let foreign = plan.foreign {
            try ask("loading it", Int(MNEME_DO_LOAD_FOREIGN), seconds: seconds, payload: foreign.encoded)
        } else {
            try ask("loading it", Int(MNEME_DO_LOAD), seconds: seconds, payload: Array(path.utf8))
        }
        guard let payload = process.payload, let described = try? TrialTable(payload) else {
            throw .unable("the worker's answer is damaged")
        }
        table = described.table
        return described
    }

    /// Makes a model of the plan's order, or of another.
    package func create(_ order: CreateOrder? = nil, seconds: Double = 10) throws(TrialFailure) {
        changedFloatMode = false
        try ask("create", Int(MNEME_DO_CREATE), seconds: seconds, payload: (order ?? plan.order).encoded)
        guard let payload = process.payload, payload.count == MemoryLayout<mneme_info>.size else {
            throw .unable("the worker's answer is damaged")
        }
        withUnsafeMutableBytes(of: &info) { $0.copyBytes(from: payload) }
    }

    package func destroy(seconds: Double? = nil) throws(TrialFailure) {
        try ask("destroy", Int(MNEME_DO_DESTROY), seconds: seconds)
    }

    // MARK: Calls

    package func score(_ probe: ProbeBatch, session: UInt64?) throws(TrialFailure) -> ProbeAnswer {
        let probe = asked(probe)
        let heads = max(1, probe.heads.nonzeroBitCount)
        let started = try begin(probe, heads: heads, Int(MNEME_DO_SCORE), session) { _ in }
        return answer(probe, heads: heads, elapsed: platform_monotonic_ns() - started)
    }

    /// Without what the model made last doesn't use: the host wouldn't send it either.
    private func asked(_ probe: ProbeBatch) -> ProbeBatch {
        guard info.inputs & UInt32(MNEME_INPUT_PATHS) == 0 else { return probe }
        var probe = probe
        probe.paths = nil
        return probe
    }

    /// The same batch on several threads at once, each compared with one call alone.
    package func storm(_ probe: ProbeBatch, threads: Int, rounds: Int) throws(TrialFailure) {
        let probe = asked(probe)
        _ = try begin(probe, heads: max(1, probe.heads.nonzeroBitCount), Int(MNEME_DO_STORM), nil) { page in
            page.pointee.thread_count = UInt32(threads)
            page.pointee.round_count = UInt32(rounds)
        }
    }

    /// Packs and asks. Returns when the call began, after packing.
    private func begin(
        _ probe: ProbeBatch, heads: Int, _ operation: Int, _ session: UInt64?,
        _ fill: (UnsafeMutablePointer<mneme_host_page>) -> Void
    ) throws(TrialFailure) -> Int64 {
        let start = Int(MNEME_LANE_PAGE)
        // Far away, so that nobody is tempted to give a partial answer; that a call is late is ours to judge.
        let deadline = probe.isCancelled ? 0 : platform_monotonic_ns() + 60_000_000_000
        let memory = ProbeMemory(probe, deadline: deadline)
        guard Packing.pack(memory.memory, .batch, into: process.host.base, at: start, limit: process.host.byteCount) != nil else {
            throw .unable("\(probe.rowCount) rows don't fit into the arena of \(plan.arenaMegabytes) MiB")
        }
        // Threads of a storm inherit the worker's place: on one CPU they would never meet.
        process.follow(cpu: operation == Int(MNEME_DO_STORM) ? -1 : platform_current_cpu())
        let started = platform_monotonic_ns()
        try exchange("score", operation) { page in
            page.pointee.struct_at = UInt64(start)
            page.pointee.head_count = UInt32(heads)
            page.pointee.part_count = UInt32(probe.partCount)
            page.pointee.path_count = UInt32(probe.paths?.pathCount ?? 0)
            page.pointee.cancel = probe.isCancelled ? 1 : 0
            if let session {
                page.pointee.has_session = 1
                page.pointee.session = session
            }
            fill(page)
        }
        return started
    }

    private func answer(_ probe: ProbeBatch, heads: Int, elapsed: Int64) -> ProbeAnswer {
        let rows = probe.rowCount
        let base = process.own.base
        let paths = probe.paths?.pathCount ?? 0
        guard
            let places = OutputLayout(
                start: Int(MNEME_LANE_PAGE), rows: rows, heads: heads, parts: probe.partCount, paths: paths,
                limit: process.own.byteCount)
        else {
            // The worker refused what doesn't fit, so there is no answer to read.
            return ProbeAnswer(
                status: lastStatus, rowsDone: 0, values: [], statuses: [], confidences: [], parts: [], headCount: heads,
                changedFloatMode: false, changedInput: 0, elapsedNanoseconds: elapsed)
        }
        func floats(_ offset: Int, _ count: Int) -> [Float] {
            // Swift writes the count even into the empty array that all threads share.
            count == 0 ? [] : [Float](unsafeUninitializedCapacity: count) { buffer, made in
                if count > 0 { _ = buffer.baseAddress.map { memcpy($0, base + offset, count * 4) } }
                made = count
            }
        }
        let page = process.own.workerPage.pointee
        return ProbeAnswer(
            status: lastStatus, rowsDone: Int(page.rows_done), values: floats(places.values, heads * rows),
            statuses: (0..<rows).map { (base + places.statuses + $0).load(as: UInt8.self) },
            confidences: floats(places.confidence, rows), parts: floats(places.parts, rows * probe.partCount),
            pathValues: floats(places.pathValues, paths), headCount: heads, changedFloatMode: page.changed_float_mode != 0, changedInput: Int(page.changed_input),
            elapsedNanoseconds: elapsed)
    }
}

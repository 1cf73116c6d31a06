import Platform
import PluginABI
import Synchronization

/// Who a scorer is; shared by everything it answers.
package final class ScorerName: Sendable {
    /// Of plugins.json.
    package let id: String
    /// Of the manifest; empty = it isn't served.
    package let version: String
    /// Names of what explains a row; empty = it doesn't explain.
    package let parts: [String]

    init(id: String, version: String, parts: [String]) {
        self.id = id
        self.version = version
        self.parts = parts
    }
}

/// Options + assets of a library, made once; doesn't change while it serves.
package final class Model: @unchecked Sendable {
    // @unchecked Sendable: everything is constant after `init` except the pool, which has its lock, and atomics.
    // The plugin's model is used under its thread tags: [model] concurrently only if the manifest says so,
    // otherwise under `lane`.
    package let name: ScorerName
    /// SHA-256 of the library.
    package let hash: String
    /// Of `PreparedScorer`: the same key would make the same model.
    let key: String
    /// SHA-256 of each asset, by name.
    let assetHashes: [String: String]
    /// Where the library was found; what runs is a private copy of it.
    package let path: String
    package let manifest: Manifest
    package let tier: Tier
    /// Columns that every batch holds, in this order.
    package let columns: [String]
    /// Of every hop.
    package let hopColumns: [String]
    package let schema: UInt64
    /// Inputs beyond the columns that it is given.
    let inputs: [Grant: Manifest.Input]
    /// Soft deadline from hand-over; nil = the turn's.
    let deadlineNanoseconds: Int64?
    let maxRows: Int
    let headMask: UInt32
    let headCount: Int
    let place: Place
    /// What `create` said.
    let info: mneme_info
    /// What the load gate found; nil = it was switched off, or there was no worker to judge in.
    package let gate: GateReport?
    let statistics = ModelStatistics()
    let breaker: Breaker
    /// The slot that was given back last, owned; found here nearly always, at the price of one exchange.
    private let spare = Atomic<UnsafeRawPointer?>(nil)
    private let pool = Mutex<[CallSlot]>([])
    /// nil = any number of calls at once.
    let lane: Lane?
    private(set) var thread: WatchedThread?
    /// nil = it keeps no state, or isn't granted the history.
    let sessions: ModelSessions?

    /// Where the plugin's own model lives.
    enum Place {
        case here(MadeModel, ScoreFunction)
        case worker(WorkerClient)
    }

    typealias ScoreFunction =
        @convention(c) (
            OpaquePointer?, OpaquePointer?, UnsafePointer<mneme_batch>?, UnsafeMutablePointer<mneme_scores>?,
            UnsafeMutablePointer<mneme_error>?
        ) -> mneme_status

    /// A call out this long past its deadline is hung.
    static let graceNanoseconds: Int64 = 250_000_000

    init(
        _ scorer: PreparedScorer, _ place: Place, _ facts: MadeFacts, _ settings: PluginsFile, _ environment: HostEnvironment,
        gate: GateReport? = nil
    ) {
        self.gate = gate
        let plan = scorer.plan
        key = scorer.key
        var hashes = Dictionary(scorer.assets.map { ($0.name, $0.hash) }, uniquingKeysWith: { first, _ in first })
        // No asset, and yet a file that decides.
        if let golden = scorer.golden { hashes["golden records"] = golden }
        assetHashes = hashes
        breaker = Breaker(settings.health)
        name = ScorerName(
            id: plan.setting.id, version: plan.file.manifest.version,
            parts: facts.info.part_count > 0 ? plan.file.manifest.parts : [])
        hash = plan.file.hash
        path = plan.file.path
        manifest = plan.file.manifest
        tier = plan.tier
        columns = plan.rowColumns
        hopColumns = plan.hopColumns
        schema = plan.schema
        inputs = plan.inputs
        deadlineNanoseconds = plan.setting.deadlineMilliseconds.map { Int64($0 * 1e6) }
        maxRows = plan.maxRows
        headMask = facts.headMask
        headCount = facts.headMask.nonzeroBitCount
        self.place = place
        info = facts.info
        sessions = ModelSessions.Facts(plan, facts.info, settings).map {
            ModelSessions($0, SessionCalls(place: place, schema: plan.schema), environment)
        }
        switch place {
        case .worker(let client):
            lane = client.lane
            // Only where several are asked in one turn can one of them run beside the others.
            if settings.combiner.kind != .first { thread = makeThread {} }
        case .here(let made, _):
            lane = plan.tier == .watched || !plan.file.manifest.isConcurrent ? Lane() : nil
            if plan.tier == .watched { thread = makeThread { [sessions] in made.destroy(after: sessions) } }
        }
    }

    deinit {
        // The thread holds what the plugin's model needs until it ends, hung or not.
        switch place {
        case .worker(let client):
            thread?.end()
            client.stop()
        case .here(let made, _): if let thread { thread.end() } else { made.destroy(after: sessions) }
        }
        if let slot = spare.load(ordering: .acquiring) { Unmanaged<CallSlot>.fromOpaque(slot).release() }
    }

    /// Its worker, if it has one.
    var worker: WorkerClient? { if case .worker(let client) = place { client } else { nil } }

    /// Asked for, granted, and used by these very assets.
    package var takesPaths: Bool { inputs[.paths] != nil && info.inputs & UInt32(MNEME_INPUT_PATHS) != 0 }

    package var id: String { name.id }
    package var version: String { name.version }

    package var health: ModelHealth {
        var health = statistics.snapshot
        health.breaker = breaker.present == .halfOpen ? "half-open" : "\(breaker.present)"
        health.opened = breaker.opened
        health.skipped = breaker.skipped
        health.openSessions = sessions?.openCount ?? 0
        health.rebuiltSessions = sessions?.rebuiltCount ?? 0
        guard let worker else { return health }
        health.restarts = worker.restarts
        health.pid = worker.pid
        health.drained += worker.drainedAnswers
        health.walls = zip(["landlock", "first filter", "second filter"], 0...).filter { worker.walls & 1 << UInt32($1) != 0 }.map(\.0)
        return health
    }

    /// Weak self: the thread must not keep the model alive, the calls in flight do.
    private func makeThread(ended: @escaping @Sendable () -> Void) -> WatchedThread {
        WatchedThread(
            run: { slot in
                guard let model = slot.model, let inputs = slot.inputs else { return }
                slot.result = model.perform(slot, inputs)
            },
            drained: { slot in
                let model = slot.model
                slot.model = nil
                slot.inputs = nil
                model?.drain(slot)
            },
            ended: ended)
    }

    /// A late worker's lane goes to its supervisor.
    func releaseLane() {
        if let worker { worker.letGo() } else { lane?.release() }
    }

    func takeSlot() -> CallSlot {
        if let slot = spare.exchange(nil, ordering: .acquiring) {
            return Unmanaged<CallSlot>.fromOpaque(slot).takeRetainedValue()
        }
        return pool.withLock { $0.popLast() } ?? CallSlot()
    }

    func giveBack(_ slot: CallSlot) {
        let owned = Unmanaged.passRetained(slot)
        let isKept = spare.compareExchange(
            expected: nil, desired: UnsafeRawPointer(owned.toOpaque()), ordering: .releasing
        ).exchanged
        if isKept { return }
        owned.release()
        pool.withLock { $0.append(slot) }
    }

    private func drain(_ slot: CallSlot) {
        statistics.drained.add(1, ordering: .relaxed)
        if statistics.isHung.load(ordering: .acquiring) {
            ModelStatistics.hungThreads.subtract(1, ordering: .relaxed)
        }
        slot.cancel.pointee.store(0, ordering: .relaxed)
        giveBack(slot)
        releaseLane()
    }

    /// A call has been out longer than the grace: no more calls.
    func markHung() {
        let first = statistics.isHung.compareExchange(
            expected: false, desired: true, ordering: .acquiringAndReleasing
        ).exchanged
        if first { ModelStatistics.hungThreads.add(1, ordering: .relaxed) }
    }
}

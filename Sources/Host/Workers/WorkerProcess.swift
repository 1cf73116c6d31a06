import Glibc
import Platform
import Synchronization
import Wire

/// One run of `mneme-worker`: its process, its two regions, and one request at a time through them.
final class WorkerProcess: @unchecked Sendable {
    // @unchecked Sendable: sequence and cpu belong to the holder of the client's lane (before it is handed out, to
    // the spawner thread); the rest is constant or atomic.
    let pid: Int32
    let pidfd: Int32
    let host: SharedRegion
    let own: SharedRegion
    /// Set by the supervisor before it wakes whoever waits for an answer.
    let isDead = Atomic<Bool>(false)
    /// How it ended; nil = it lives.
    let end = Mutex<WorkerEnd?>(nil)
    private var sequence: UInt32 = 0
    /// The CPU it was last moved to; −1 = anywhere.
    private var cpu: Int32 = -1
    /// What its region says, judged.
    private(set) var answers: WorkerAnswers

    enum Answer {
        case status(Int32)
        /// It may still come: the regions are the worker's until then.
        case late
        case dead
    }

    /// Where it died, as a diagnosed worker says with its last breath: MNEME_FAULT_*, and which.
    var fault: (place: UInt32, index: UInt32) {
        (own.workerPage.pointee.fault_place, own.workerPage.pointee.fault_index)
    }

    init(pid: Int32, pidfd: Int32, host: SharedRegion, own: SharedRegion) {
        self.pid = pid
        self.pidfd = pidfd
        self.host = host
        self.own = own
        answers = WorkerAnswers(own)
    }

    deinit { close(pidfd) }

    private var ask: UnsafeMutablePointer<UInt32> { host.base.assumingMemoryBound(to: UInt32.self) }
    private var bell: UnsafeMutablePointer<UInt32> {
        // Force unwrap: a stored field of an imported C struct has an offset.
        (own.base + MemoryLayout<mneme_worker_page>.offset(of: \.bell)!).assumingMemoryBound(to: UInt32.self)
    }
    private var done: UnsafeMutablePointer<UInt32> { own.base.assumingMemoryBound(to: UInt32.self) }

    /// Asks and waits until the instant at most.
    func exchange(
        _ operation: Int, until deadline: Int64, _ fill: (UnsafeMutablePointer<mneme_host_page>) -> Void = { _ in }
    ) -> Answer {
        let page = host.hostPage
        sequence &+= 1
        page.pointee.cancel = 0
        page.pointee.operation = UInt32(operation)
        page.pointee.has_session = 0
        page.pointee.deadline_ns = deadline
        fill(page)
        lane_store(ask, sequence)
        lane_store(bell, sequence)
        _ = platform_futex_shared_wake(bell, 1)
        while true {
            let seen = lane_load(done)
            if isDead.load(ordering: .acquiring) { return .dead }
            if seen == sequence { return .status(own.workerPage.pointee.status) }
            if platform_monotonic_ns() >= deadline { return .late }
            _ = platform_futex_shared_wait_until(done, seen, deadline)
        }
    }

    /// Whether the last request has been answered: asked by the supervisor after a late one.
    var isIdle: Bool { lane_load(done) == lane_load(ask) }

    func cancel() { withUnsafeMutablePointer(to: &host.hostPage.pointee.cancel) { lane_store($0, 1) } }

    /// Wakes whoever waits; `isDead` has been set.
    func wakeWaiters() {
        lane_store(done, lane_load(done) &+ 0x8000_0000)
        _ = platform_futex_shared_wake(done, .max)
    }

    /// Only while it can't be reaped: its group goes by number (`WorkerSupervisor.kill`).
    func killGroup() {
        _ = platform_pidfd_kill(pidfd, SIGKILL)
        // Its group, should it have made processes.
        _ = Glibc.kill(-pid, SIGKILL)
    }

    /// Woken on its caller's CPU it answers in 7 µs, on another in 47 (abi-decisions 11); dear calls are left free.
    func follow(cpu wanted: Int32) {
        guard wanted != cpu else { return }
        var mask = wanted >= 0 ? CPUMask() : CPUMask.allowed
        if wanted >= 0 { mask.insert(Int(wanted)) }
        mask.withBytes { _ = platform_set_affinity(pid, $0.baseAddress, $0.count) }
        cpu = wanted
    }

    var errorMessage: String { answers.errorMessage }
    var payload: UnsafeRawBufferPointer? { answers.payload }

    /// Lines that the plugin logged since the last look.
    func takeLog(_ body: (_ level: Int32, _ text: String) -> Void) { answers.takeLog(body) }
}

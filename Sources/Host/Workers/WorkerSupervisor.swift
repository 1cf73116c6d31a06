import Glibc
import Platform
import Synchronization

/// One thread that notices workers' ends, kills those past their hard deadline, and has the dead restarted.
final class WorkerSupervisor: Sendable {
    static let shared = WorkerSupervisor()

    /// A worker as the supervisor sees it.
    private struct Watched {
        let process: WorkerProcess
        weak var client: WorkerClient?
        /// 0 = no request is late.
        var hardDeadline: Int64 = 0
        var wasKilled = false
    }

    private let watched = Mutex<[Int32: Watched]>([:])
    /// When, and whom, to restart.
    private let restarts = Mutex<[(at: Int64, client: WorkerClient)]>([])
    private let bell: Int32

    private init() {
        bell = platform_eventfd()
        PermanentThread.start(name: "mneme-workers") { [self] in
            while true { round() }
        }
    }

    func watch(_ process: WorkerProcess, _ client: WorkerClient?) {
        watched.withLock { $0[process.pid] = Watched(process: process, client: client) }
        ring()
    }

    /// The request is late: drained when it comes, killed when it doesn't. False: the worker is gone already, and
    /// the lane stays with whoever asks.
    func expect(_ process: WorkerProcess, before hardDeadline: Int64) -> Bool {
        let isWatched = watched.withLock { watched in
            guard watched[process.pid]?.process === process else { return false }
            watched[process.pid]?.hardDeadline = hardDeadline
            return true
        }
        if isWatched { ring() }
        return isWatched
    }

    /// Ends a worker and what it may have started; nothing if it has been reaped.
    func kill(_ process: WorkerProcess) {
        watched.withLock { watched in
            if watched[process.pid]?.process === process { process.killGroup() }
        }
    }

    func restart(_ client: WorkerClient, at instant: Int64) {
        restarts.withLock { $0.append((instant, client)) }
        ring()
    }

    private func ring() {
        var one: UInt64 = 1
        _ = write(bell, &one, 8)
    }

    private func round() {
        var polls = [pollfd(fd: bell, events: Int16(POLLIN), revents: 0)]
        let (descriptors, isAnyLate) = watched.withLock { watched in
            (watched.values.map(\.process.pidfd), watched.values.contains { $0.hardDeadline != 0 })
        }
        polls += descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        _ = poll(&polls, nfds_t(polls.count), timeout(isAnyLate: isAnyLate))
        var ignored: UInt64 = 0
        while read(bell, &ignored, 8) > 0 {}
        bury()
        lookAtLate()
        beginRestarts()
    }

    /// Milliseconds; −1 = until something happens.
    private func timeout(isAnyLate: Bool) -> Int32 {
        if isAnyLate { return 2 }
        guard let next = restarts.withLock({ $0.map(\.at).min() }) else { return -1 }
        return Int32(clamping: max(0, (next - platform_monotonic_ns()) / 1_000_000 + 1))
    }

    private func bury() {
        let all = watched.withLock { Array($0.values) }
        for item in all {
            var code: Int32 = 0
            var status: Int32 = 0
            // Reaped under the lock that `kill` takes: from here on the number may be another process's.
            // The entry as it is now: a request may have become late since the list was made.
            let last = watched.withLock { watched -> Watched? in
                guard platform_reap(item.process.pid, &code, &status) == 1 else { return nil }
                return watched.removeValue(forKey: item.process.pid)
            }
            guard let item = last else { continue }
            let end = WorkerEnd(code: code, status: status, wasKilled: item.wasKilled)
            // The reason first: whoever is woken reads it.
            item.process.end.withLock { $0 = end }
            item.client?.noteEnd(end)
            item.process.isDead.store(true, ordering: .releasing)
            item.process.wakeWaiters()
            item.client?.died(item.process, end, wasLate: item.hardDeadline != 0)
        }
    }

    private func lookAtLate() {
        let now = platform_monotonic_ns()
        for item in watched.withLock({ $0.values.filter { $0.hardDeadline != 0 } }) {
            if item.process.isIdle {
                watched.withLock { $0[item.process.pid]?.hardDeadline = 0 }
                item.client?.drained(item.process)
            } else if now >= item.hardDeadline, !item.wasKilled {
                watched.withLock { $0[item.process.pid]?.wasKilled = true }
                kill(item.process)
            }
        }
    }

    private func beginRestarts() {
        let now = platform_monotonic_ns()
        let due = restarts.withLock { restarts in
            let due = restarts.filter { $0.at <= now }
            restarts.removeAll { $0.at <= now }
            return due
        }
        for item in due { WorkerClient.spawner.submit { item.client.restart() } }
    }
}

/// How a worker ended.
struct WorkerEnd: Sendable {
    let code: Int32
    let status: Int32
    let wasKilled: Bool

    var description: String {
        if wasKilled { return "it was killed: past its hard deadline" }
        if code == 1 { return status == 0 ? "its process ended" : "its process ended with status \(status)" }
        return "its process died of \(Self.names[status] ?? "signal \(status)")"
    }

    private static let names: [Int32: String] = [
        SIGSEGV: "SIGSEGV", SIGABRT: "SIGABRT", SIGILL: "SIGILL", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL",
        SIGTERM: "SIGTERM", SIGTRAP: "SIGTRAP", SIGSYS: "SIGSYS (a forbidden system call)", SIGXFSZ: "SIGXFSZ (it wrote a file)",
    ]
}

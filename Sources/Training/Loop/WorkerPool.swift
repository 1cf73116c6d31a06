import Glibc

/// Threads that stay alive between batches; the caller's is the first of them.
///
/// One caller at a time. A thread sleeps between runs: waking it costs some 50 µs, a batch milliseconds.
final class WorkerPool {
    let threads: Int
    private let others: [PoolThread]

    init(threads: Int) {
        self.threads = max(threads, 1)
        others = (1..<max(threads, 1)).map { PoolThread(index: $0) }
    }

    /// Calls `body` with every thread's index, all at once; returns when the last is done.
    func run(_ body: (Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            for other in others { other.begin(body) }
            body(0)
            for other in others { other.finish() }
        }
    }
}

@available(*, unavailable)
extension WorkerPool: Sendable {}

/// One thread with its work; ends with the object.
private final class PoolThread {
    private let desk: Desk
    private var thread = pthread_t()

    init(index: Int) {
        desk = Desk(index: index)
        let status = pthread_create(
            &thread, nil,
            { context in
                // Force unwrap: pthread_create below passes the desk.
                Unmanaged<Desk>.fromOpaque(context!).takeRetainedValue().work()
                return nil
            }, Unmanaged.passRetained(desk).toOpaque())
        precondition(status == 0, "the system refuses another thread")
    }

    deinit {
        desk.end()
        pthread_join(thread, nil)
    }

    func begin(_ body: @escaping (Int) -> Void) { desk.put(body) }
    func finish() { desk.waitUntilDone() }
}

/// Where the caller leaves work for one thread.
private final class Desk: @unchecked Sendable {
    // @unchecked Sendable: `body` is written while the thread waits for `ready`, and taken between `ready` and `done`;
    // the semaphores order both.
    private let index: Int
    private let ready = Semaphore()
    private let done = Semaphore()
    private var body: ((Int) -> Void)?

    init(index: Int) { self.index = index }

    func put(_ body: @escaping (Int) -> Void) {
        self.body = body
        ready.signal()
    }

    func waitUntilDone() { done.wait() }

    /// No work left: the thread returns.
    func end() { ready.signal() }

    func work() {
        ready.wait()
        while perform() {
            done.signal()
            ready.wait()
        }
    }

    /// The body is let go before `done`: the caller's closure must not outlive its call.
    private func perform() -> Bool {
        guard let body else { return false }
        self.body = nil
        body(index)
        return true
    }
}

private final class Semaphore {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }

    func wait() {
        // A signal handler may interrupt the wait.
        while sem_wait(semaphore) != 0 && errno == EINTR {}
    }
}

import Glibc
import Platform
import Synchronization

/// One thread for `dlopen`, `create` and `destroy`, used for nothing else.
///
/// A constructor may change the thread's floating-point mode, hang or leave thread-local things behind; none of
/// that may meet a turn. Work is done in order. The thread lives as long as the process.
final class LoaderThread: Sendable {
    static let shared = LoaderThread(name: "mneme-loader")

    private let queue = Mutex<[@Sendable () -> Void]>([])
    private let wake = FutexWord()

    init(name: String) {
        PermanentThread.start(name: name) { [self] in
            while true {
                let seen = wake.value
                let work = queue.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                if let work { work() } else { wake.wait(while: seen) }
            }
        }
    }

    /// Does `work` on the thread, some time.
    func submit(_ work: @escaping @Sendable () -> Void) {
        queue.withLock { $0.append(work) }
        wake.advance()
        wake.wakeAll()
    }

    /// Does `work` on the thread and waits for it; nil if it didn't end in time: then the thread is stuck in a
    /// stranger's code, and so is everything that is asked of it later.
    func run<Value: Sendable>(seconds: Double, _ work: @escaping @Sendable () -> Value) -> Value? {
        let box = ResultBox<Value>()
        submit {
            let value = work()
            box.value.withLock { $0 = value }
            box.done.advance()
            box.done.wakeAll()
        }
        let until = platform_monotonic_ns() + Int64(seconds * 1e9)
        while box.done.value == 0 {
            if platform_monotonic_ns() >= until { return nil }
            box.done.wait(while: 0, until: until)
        }
        return box.value.withLock { $0 }
    }

    private final class ResultBox<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
        let done = FutexWord()
    }
}

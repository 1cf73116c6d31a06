import Platform

/// Room for one call at a time; waiting ends at a deadline.
final class Lane: Sendable {
    private let word = FutexWord()
    private static let free: UInt32 = 0
    private static let taken: UInt32 = 1
    private static let wanted: UInt32 = 2

    func tryAcquire() -> Bool { word.exchange(Self.free, for: Self.taken) }

    /// False: the deadline came first.
    func acquire(until deadline: Int64) -> Bool {
        if tryAcquire() { return true }
        while word.exchange(Self.wanted) != Self.free {
            if platform_monotonic_ns() >= deadline { return false }
            word.wait(while: Self.wanted, until: deadline)
        }
        return true
    }

    func release() {
        if word.exchange(Self.free) == Self.wanted { word.wakeOne() }
    }
}

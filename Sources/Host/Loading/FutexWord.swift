import Platform
import Synchronization

/// A word that threads can sleep on.
///
/// Unsafe inside: the kernel needs the word's address, so it lives in memory of its own, freed with the object.
final class FutexWord: Sendable {
    nonisolated(unsafe) private let word: UnsafeMutablePointer<Atomic<UInt32>>
    // nonisolated(unsafe): the pointer never changes, and what it points to is atomic.

    init(_ value: UInt32 = 0) {
        word = .allocate(capacity: 1)
        word.initialize(to: Atomic(value))
    }

    deinit {
        word.deinitialize(count: 1)
        word.deallocate()
    }

    var value: UInt32 { word.pointee.load(ordering: .acquiring) }

    func set(_ value: UInt32) { word.pointee.store(value, ordering: .releasing) }

    func advance() { word.pointee.wrappingAdd(1, ordering: .acquiringAndReleasing) }

    func exchange(_ value: UInt32) -> UInt32 {
        word.pointee.exchange(value, ordering: .acquiringAndReleasing)
    }

    /// True if the word was `expected` and is now `desired`.
    func exchange(_ expected: UInt32, for desired: UInt32) -> Bool {
        word.pointee.compareExchange(
            expected: expected, desired: desired, successOrdering: .acquiringAndReleasing,
            failureOrdering: .acquiring
        ).exchanged
    }

    /// Sleeps while the word has this value; may wake for no reason.
    func wait(while value: UInt32) { _ = platform_futex_wait(word, value) }

    /// The same, at most until the CLOCK_MONOTONIC instant.
    func wait(while value: UInt32, until: Int64) { _ = platform_futex_wait_until(word, value, until) }

    func wakeOne() { _ = platform_futex_wake(word, 1) }
    func wakeAll() { _ = platform_futex_wake(word, .max) }
}

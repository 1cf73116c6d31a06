import Glibc

/// Zeroed memory whose last byte lies before a page that may not be touched: one byte too far is a crash, so a
/// reader or writer of more than it was given cannot go unseen.
package final class GuardedMemory {
    package let start: UnsafeMutableRawPointer
    private let mapping: UnsafeMutableRawPointer
    private let length: Int

    package init(bytes: Int) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let usable = (max(bytes, 1) + page - 1) / page * page
        length = usable + page
        // Force unwrap: mmap returns MAP_FAILED, never null; a failure traps at the first access.
        mapping = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
        precondition(mapping != MAP_FAILED, "no memory for a test")
        mprotect(mapping + usable, page, PROT_NONE)
        start = mapping + (usable - bytes)
    }

    deinit { munmap(mapping, length) }

    package func makeReadOnly() { mprotect(mapping, length, PROT_READ) }
}

/// One crossing struct of exactly its own size against the guard.
package final class Guarded<Value> {
    private let memory = GuardedMemory(bytes: MemoryLayout<Value>.size)
    package var pointer: UnsafeMutablePointer<Value> { memory.start.assumingMemoryBound(to: Value.self) }
    package init() {}
}

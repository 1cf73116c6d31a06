import Glibc

/// Memory that ends where a page without access begins: a function that was told a wrong element type runs into it,
/// instead of into the answer of somebody else.
final class GuardedBuffer {
    private static let pageBytes = 4096
    private var memory: UnsafeMutableRawPointer?
    /// Readable and writable bytes, whole pages.
    private var capacity = 0

    /// `count` bytes, the last of them before the forbidden page; nil = no memory. What was in it is forgotten.
    ///
    /// Aligned to the element if `count` is a multiple of its size.
    func take(_ count: Int) -> UnsafeMutableRawPointer? {
        if count > capacity || memory == nil {
            if let memory { munmap(memory, capacity + Self.pageBytes) }
            memory = nil
            capacity = (max(count, 1) * 3 / 2 + Self.pageBytes - 1) & ~(Self.pageBytes - 1)
            let bytes = capacity + Self.pageBytes
            guard let fresh = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                fresh != MAP_FAILED
            else { return nil }
            mprotect(fresh + capacity, Self.pageBytes, PROT_NONE)
            memory = fresh
        }
        return memory.map { $0 + capacity - count }
    }

    deinit { if let memory { munmap(memory, capacity + Self.pageBytes) } }
}

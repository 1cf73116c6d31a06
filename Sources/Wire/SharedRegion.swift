import Glibc
import Platform

/// Memory that two processes map. Sparse: pages that nobody touches cost nothing.
package final class SharedRegion: @unchecked Sendable {
    // @unchecked Sendable: the mapping is constant; who may write what when is the lane's business.
    package let base: UnsafeMutableRawPointer
    package let byteCount: Int
    /// Open as long as the region lives: handed to the worker at spawn.
    package let descriptor: Int32

    package struct Failure: Error {
        package let call: String
        package let code: Int32
    }

    /// Makes a region. Sealed against shrinking, so that reading it is never SIGBUS.
    ///
    /// - Parameter isReadOnlyForOthers: mappings made later can't write.
    package init(name: String, byteCount: Int, isReadOnlyForOthers: Bool) throws(Failure) {
        let descriptor = platform_memfd(name)
        guard descriptor >= 0 else { throw Failure(call: "memfd_create", code: platform_errno()) }
        guard ftruncate(descriptor, byteCount) == 0,
            let base = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), base != MAP_FAILED
        else {
            let code = platform_errno()
            close(descriptor)
            throw Failure(call: "mmap", code: code)
        }
        // After our own writable mapping: the seal only binds later ones.
        guard platform_seal(descriptor, isReadOnlyForOthers ? 1 : 0) == 0 else {
            let code = platform_errno()
            munmap(base, byteCount)
            close(descriptor)
            throw Failure(call: "F_ADD_SEALS", code: code)
        }
        self.base = base
        self.byteCount = byteCount
        self.descriptor = descriptor
    }

    /// Maps a region that another process made.
    package init(descriptor: Int32, isWritable: Bool) throws(Failure) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size >= Int(MNEME_LANE_PAGE) else {
            throw Failure(call: "fstat", code: platform_errno())
        }
        byteCount = Int(status.st_size)
        let access = isWritable ? PROT_READ | PROT_WRITE : PROT_READ
        guard let base = mmap(nil, byteCount, access, MAP_SHARED, descriptor, 0), base != MAP_FAILED else {
            throw Failure(call: "mmap", code: platform_errno())
        }
        self.base = base
        self.descriptor = descriptor
    }

    deinit {
        munmap(base, byteCount)
        close(descriptor)
    }

    /// Makes the control page and what follows it present, so that the first calls meet no page faults: room for a batch
    /// of 256 rows with vectors of 768 numbers. Best effort: an older kernel faults the pages in as they are touched.
    package func populate(isWritable: Bool) {
        _ = madvise(base, min(byteCount, Self.populatedBytes), isWritable ? Self.populateWrite : Self.populateRead)
    }

    private static let populatedBytes = 1 << 20
    /// MADV_POPULATE_READ and _WRITE, Linux 5.14.
    private static let populateRead: Int32 = 22
    private static let populateWrite: Int32 = 23

    package var hostPage: UnsafeMutablePointer<mneme_host_page> {
        base.assumingMemoryBound(to: mneme_host_page.self)
    }
    package var workerPage: UnsafeMutablePointer<mneme_worker_page> {
        base.assumingMemoryBound(to: mneme_worker_page.self)
    }

    /// Whether [offset, offset + count) lies in the region behind its control page.
    package func holds(_ offset: UInt64, _ count: UInt64) -> Bool {
        offset >= UInt64(MNEME_LANE_PAGE) && count <= UInt64(byteCount) && offset <= UInt64(byteCount) - count
    }
}

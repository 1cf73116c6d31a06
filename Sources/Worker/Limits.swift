import Glibc
import Platform

/// What the process may use of the machine.
enum Limits {
    // Numbers of asm-generic/resource.h; Glibc shows them as an enum that differs between versions.
    private static let fileSize: Int32 = 1
    private static let data: Int32 = 2
    private static let core: Int32 = 4
    private static let files: Int32 = 7

    /// - Parameter memoryMegabytes: of private writable memory; 0 = no limit. The shared regions don't count.
    static func set(memoryMegabytes: UInt64, assets: Int) {
        if memoryMegabytes > 0 { _ = platform_limit(data, memoryMegabytes << 20) }
        _ = platform_limit(fileSize, 0)
        _ = platform_limit(core, 0)
        // Ours, the loader's and a few more.
        _ = platform_limit(files, UInt64(32 + assets))
    }
}

/// An asset, mapped read-only for the life of the process.
struct MappedFile {
    let memory: UnsafeRawBufferPointer

    init(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0,
            let start = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
        else {
            memory = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        memory = UnsafeRawBufferPointer(start: start, count: Int(status.st_size))
    }
}

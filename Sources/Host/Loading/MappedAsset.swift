import Glibc

/// One file of plugins.json, hashed, copied and mapped read-only; unmapped when its model is gone.
final class MappedAsset: @unchecked Sendable {
    // @unchecked Sendable: the memory is read-only and constant.
    let name: String
    let hash: String
    let memory: UnsafeRawBufferPointer

    /// `path` is a copy in the object store, so that nobody can shorten it while it is mapped (SIGBUS).
    init(name: String, hash: String, path: String) throws(LoadError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw LoadError(.assets, "\(path): \(FileBytes.message(errno))") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else {
            throw LoadError(.assets, "\(path): \(FileBytes.message(errno))")
        }
        self.name = name
        self.hash = hash
        let size = Int(status.st_size)
        guard size > 0 else {
            memory = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
            throw LoadError(.assets, "\(path): \(FileBytes.message(errno))")
        }
        memory = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit {
        if let start = memory.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), memory.count) }
    }
}

import Glibc

/// A file's bytes, read only, for as long as the object lives.
///
/// A writer that truncates the file under us turns reads into SIGBUS; `SafetensorsWriter` therefore replaces files
/// and never changes one in place.
final class MappedFile: @unchecked Sendable {
    // @unchecked Sendable: the bytes are mapped read only and the pointer never changes.
    let bytes: UnsafeRawBufferPointer

    init(path: String) throws(SafetensorsError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Self.failure("can't open", path) }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw Self.failure("can't look at", path) }
        guard facts.st_mode & S_IFMT == S_IFREG, facts.st_size > 0 else {
            throw SafetensorsError(
                "no weights", at: path, found: "\(facts.st_size) bytes",
                allowed: "a regular file that isn't empty")
        }
        let size = Int(facts.st_size)
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
            throw Self.failure("can't map", path)
        }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    }

    static func failure(_ problem: String, _ path: String) -> SafetensorsError {
        SafetensorsError(
            problem, at: path, found: String(cString: strerror(errno)), allowed: "a file this process may use"
        )
    }
}

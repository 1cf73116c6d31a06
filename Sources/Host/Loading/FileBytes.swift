import Glibc

/// Whole files, read at once.
enum FileBytes {
    struct Failure: Error {
        let path: String
        let reason: String
    }

    /// Regular files up to `limit` bytes.
    static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure(path: path, reason: "\(path): \(message(errno))") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(path: path, reason: "\(path) is not a regular file")
        }
        guard !staysOpenForWriting(file) else {
            throw Failure(path: path, reason: "\(path) is open for writing: it is read once its writer has closed it")
        }
        let size = Int(status.st_size)
        guard size <= limit else {
            throw Failure(path: path, reason: "\(path) has \(size) bytes; allowed: \(limit)")
        }
        var isWhole = true
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Glibc.read(file, buffer.baseAddress.unsafelyUnwrapped + count, size - count)
                // unsafelyUnwrapped: the buffer has `size` > `count` bytes, so it has an address.
                if got <= 0 {
                    isWhole = false
                    return
                }
                count += got
            }
        }
        guard isWhole else { throw Failure(path: path, reason: "\(path) became shorter while it was read") }
        return bytes
    }

    /// Looks again for a while: a process that is being spawned holds copies of our own descriptors until its exec.
    private static func staysOpenForWriting(_ file: Int32) -> Bool {
        for _ in 0..<20 {
            if !isBeingWritten(file) { return false }
            usleep(5_000)
        }
        return true
    }

    /// A read lease is refused while anybody has the file open for writing; it is given back at once. Whoever opens
    /// it in between would have us signalled: by SIGURG, which nobody minds, instead of SIGIO, which kills.
    private static func isBeingWritten(_ file: Int32) -> Bool {
        _ = fcntl(file, setSignal, SIGURG)
        guard fcntl(file, setLease, Int32(F_RDLCK)) != 0 else {
            _ = fcntl(file, setLease, Int32(F_UNLCK))
            return false
        }
        // Other failures (another owner's file, a file system without leases) say nothing.
        return errno == EAGAIN
    }

    private static let setLease: Int32 = 1024
    private static let setSignal: Int32 = 10

    static func message(_ code: Int32) -> String { String(cString: strerror(code)) }
}

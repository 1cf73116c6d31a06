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

    static func message(_ code: Int32) -> String { String(cString: strerror(code)) }
}

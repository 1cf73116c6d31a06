import Glibc

/// A second file with the same bytes; removed with its owner.
struct Twin: ~Copyable {
    let path: String

    /// nil = it couldn't be written.
    init?(of original: String) {
        path = original + ".twin"
        let source = open(original, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { return nil }
        defer { close(source) }
        unlink(path)
        let target = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o500)
        guard target >= 0 else { return nil }
        defer { close(target) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let got = read(source, &buffer, buffer.count), got > 0 {
            guard write(target, buffer, got) == got else { return nil }
        }
    }

    deinit { unlink(path) }
}

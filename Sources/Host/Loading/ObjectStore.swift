import Glibc
import Synchronization

/// Private copies of libraries and assets under their SHA-256: one file per content, whoever asks and how often.
///
/// The original may be overwritten, truncated or removed while the copy serves. `dlopen` knows files by inode,
/// so the same bytes are loaded once and new bytes are never mistaken for old ones.
package struct ObjectStore: Sendable {
    package let folder: String
    private static let sequence = Atomic<Int>(0)

    package init(folder: String) { self.folder = folder }

    /// Where this configuration's copies are.
    package init(_ settings: PluginsFile) {
        self.init(folder: settings.paths.objects.map { Path.resolve($0, in: settings.folder) } ?? Self.standardFolder)
    }

    /// `$XDG_DATA_HOME/mneme/objects`, `~/.local/share/mneme/objects`.
    static var standardFolder: String {
        if let data = getenv("XDG_DATA_HOME"), data.pointee != 0 {
            return "\(String(cString: data))/mneme/objects"
        }
        return Path.resolve("~/.local/share/mneme/objects", in: "/")
    }

    package func path(of hash: String) -> String { "\(folder)/\(hash)" }

    /// Writes the bytes unless they are there already; either way what is there afterwards has this hash.
    func keep(_ bytes: [UInt8], hash: String) throws(LoadError) -> String {
        let path = self.path(of: hash)
        // Looked at each time: whoever owns the folder decides what runs.
        try makeFolder()
        if holds(path, hash) {
            // Young again: nobody else's tidying takes it before this process says that it wants it.
            _ = utimes(path, nil)
            return path
        }
        let number = Self.sequence.add(1, ordering: .relaxed).newValue
        let temporary = "\(folder)/.\(hash.prefix(16)).\(getpid()).\(number)"
        try write(bytes, to: temporary)
        guard rename(temporary, path) == 0 else {
            let reason = FileBytes.message(errno)
            unlink(temporary)
            throw LoadError(.copy, "\(path): \(reason)")
        }
        guard holds(path, hash) else {
            throw LoadError(.copy, "\(path) doesn't hold the bytes that were written to it")
        }
        return path
    }

    /// Our own, unchanged.
    private func holds(_ path: String, _ hash: String) -> Bool {
        guard let bytes = try? FileBytes.read(path, limit: Self.limit) else { return false }
        return SHA256.hexadecimal(of: bytes) == hash
    }

    static let limit = 2 << 30

    func makeFolder() throws(LoadError) {
        var path = folder.hasPrefix("/") ? "" : "."
        for part in folder.split(separator: "/") {
            path += "/\(part)"
            // 0700: nobody else can put a file in place of ours.
            if mkdir(path, 0o700) != 0 && errno != EEXIST {
                throw LoadError(.copy, "\(path): \(FileBytes.message(errno)); paths.objects names the folder")
            }
        }
        if let problem = FileTrust.problem(folder) { throw LoadError(.trust, "objects: \(problem)") }
    }

    func write(_ bytes: [UInt8], to path: String) throws(LoadError) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o500)
        guard file >= 0 else { throw LoadError(.copy, "\(path): \(FileBytes.message(errno))") }
        defer { close(file) }
        var done = 0
        while done < bytes.count {
            let wrote = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress.unsafelyUnwrapped + done, $0.count - done)
            }
            // unsafelyUnwrapped: there are bytes left, so there is an address.
            guard wrote > 0 else {
                let reason = FileBytes.message(errno)
                unlink(path)
                throw LoadError(.copy, "\(path): \(reason)")
            }
            done += wrote
        }
    }
}

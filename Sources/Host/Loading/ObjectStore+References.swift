import Glibc
import Platform

// Which copies are still wanted. Several stores, and several processes, share one folder of objects.
extension ObjectStore {
    /// Says which objects this owner's revisions need, and removes those that nobody needs.
    ///
    /// - Parameters:
    ///   - owner: a name of its own per store; becomes part of a file name.
    ///   - hashes: everything that the owner may want again.
    /// - Returns: how many objects were removed.
    package func keep(only hashes: Set<String>, for owner: String) throws(LoadError) -> Int {
        try makeFolder()
        let lock = open("\(folder)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw LoadError(.copy, "\(folder)/.lock: \(FileBytes.message(errno))") }
        defer { close(lock) }
        guard flock(lock, LOCK_EX) == 0 else { throw LoadError(.copy, "\(folder)/.lock: \(FileBytes.message(errno))") }
        let list = "\(folder)/\(Self.listPrefix)\(owner)"
        let temporary = "\(list).\(getpid())"
        unlink(temporary)
        try write(Array(hashes.sorted().joined(separator: "\n").utf8), to: temporary)
        guard rename(temporary, list) == 0 else { throw LoadError(.copy, "\(list): \(FileBytes.message(errno))") }
        return collect()
    }

    static let listPrefix = ".wanted-by-"
    /// A copy this young may belong to a load under way in another process.
    private static let youngSeconds = 3600

    private func collect() -> Int {
        let names = Self.names(in: folder)
        var wanted: Set<String> = []
        for name in names where name.hasPrefix(Self.listPrefix) {
            // A list that can't be read may want anything.
            guard let bytes = try? FileBytes.read("\(folder)/\(name)", limit: 16 << 20) else { return 0 }
            wanted.formUnion(String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init))
        }
        var removed = 0
        for name in names where SHA256.isHexadecimal(name) && !wanted.contains(name) {
            var status = stat()
            let path = "\(folder)/\(name)"
            guard stat(path, &status) == 0, time(nil) - status.st_mtim.tv_sec > Self.youngSeconds else { continue }
            if unlink(path) == 0 { removed += 1 }
        }
        return removed
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names
    }
}

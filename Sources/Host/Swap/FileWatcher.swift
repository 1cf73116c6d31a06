import Glibc
import Platform
import Synchronization

/// Tells when files that decide a configuration have been written, renamed into place or linked anew.
///
/// Folders are watched, not files: editors and package managers replace files, and a watch on the old inode would
/// see nothing. A file counts when its writer closed it, never while it is being written.
final class FileWatcher: Sendable {
    private let descriptor: Int32
    private let bell: Int32
    /// Watch number → folder and the names in it that matter.
    private let watched = Mutex<[Int32: (folder: String, names: Set<String>)]>([:])
    private let isEnding = Atomic<Bool>(false)

    /// Changes come in bursts (a build writes five files): they are one change once this long nothing more came.
    private static let quietMilliseconds: Int32 = 50
    private static let longestBurstNanoseconds: Int64 = 1_000_000_000

    /// - Parameter changed: on the watcher's thread, with one of the changed paths.
    init?(_ changed: @escaping @Sendable (_ path: String) -> Void) {
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        bell = platform_eventfd()
        guard descriptor >= 0, bell >= 0 else { return nil }
        PermanentThread.start(name: "mneme-watcher") { [self] in
            while !isEnding.load(ordering: .acquiring) {
                if let path = waitForBurst() { changed(path) }
            }
            close(descriptor)
            close(bell)
        }
    }

    func end() {
        isEnding.store(true, ordering: .releasing)
        var one: UInt64 = 1
        _ = write(bell, &one, 8)
    }

    /// Watches these and no others.
    func watch(_ paths: [String]) {
        var folders: [String: Set<String>] = [:]
        for path in paths {
            folders[Path.folder(of: path), default: []].insert(Path.name(of: path))
            // A link's target may be replaced as well as the link.
            if let real = Path.real(path), real != path { folders[Path.folder(of: real), default: []].insert(Path.name(of: real)) }
        }
        watched.withLock { watched in
            var wanted: [Int32: (folder: String, names: Set<String>)] = [:]
            for (folder, names) in folders {
                // Not there yet: whoever makes it asks for a reload. Two names of one folder have one number.
                let number = inotify_add_watch(descriptor, folder, UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE))
                if number >= 0 { wanted[number] = (folder, names.union(wanted[number]?.names ?? [])) }
            }
            for number in watched.keys where wanted[number] == nil { inotify_rm_watch(descriptor, number) }
            watched = wanted
        }
    }

    /// nil = nothing that matters.
    private func waitForBurst() -> String? {
        var found: String?
        var until = Int64.max
        while true {
            var polls = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: bell, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&polls, 2, found == nil ? -1 : Self.quietMilliseconds)
            if isEnding.load(ordering: .acquiring) { return nil }
            if count == 0 || platform_monotonic_ns() > until { return found }
            guard let path = readEvents() else { continue }
            if found == nil { until = platform_monotonic_ns() + Self.longestBurstNanoseconds }
            found = path
        }
    }

    private func readEvents() -> String? {
        var found: String?
        withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 8) { buffer in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            var offset = 0
            let header = MemoryLayout<inotify_event>.size
            while offset + header <= count {
                let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                let name = buffer[(offset + header)..<min(count, offset + header + Int(event.len))].prefix { $0 != 0 }
                if let path = matter(event, String(decoding: name, as: UTF8.self)) { found = path }
                offset += header + Int(event.len)
            }
        }
        return found
    }

    private func matter(_ event: inotify_event, _ name: String) -> String? {
        guard let item = watched.withLock({ $0[event.wd] }), item.names.contains(name) else { return nil }
        let path = "\(item.folder)/\(name)"
        guard event.mask & UInt32(IN_CREATE) != 0 else { return path }
        // A new file is still empty; a new link is complete.
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK ? path : nil
    }
}

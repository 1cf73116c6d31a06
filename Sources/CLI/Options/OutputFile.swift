import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A file that appears whole or not at all: written under another name beside its place, then renamed.
struct OutputFile {
    let path: String
    let partialPath: String

    /// Refuses an existing file unless `force`, and a folder always.
    init(_ path: String, force: Bool) throws {
        self.path = path
        partialPath = "\(path).partial-\(ProcessInfo.processInfo.processIdentifier)"
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        if exists, isFolder.boolValue || !force {
            throw CommandFailure(
                .cannotCreate, isFolder.boolValue ? "it is a folder" : "it exists already", place: path,
                allowed: "a new file",
                remedy: isFolder.boolValue
                    ? "name a file in it" : "choose another name, or --force to replace it")
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
        else {
            throw CommandFailure(
                .cannotCreate, "no such folder", place: folder, remedy: "mkdir -p \(folder.shellQuoted)")
        }
    }

    /// Runs `write` on the partial file, makes it durable and moves it to its place; on failure it is removed.
    func create<Result>(_ write: (String) throws -> Result) throws -> Result {
        do {
            let result = try write(partialPath)
            try synchronize(partialPath)
            guard rename(partialPath, path) == 0 else { throw failure("can't rename the finished file") }
            try synchronize(URL(fileURLWithPath: path).deletingLastPathComponent().path)
            return result
        } catch {
            _ = unlink(partialPath)
            throw error
        }
    }

    /// What a write that failed says; call it before anything else touches errno.
    func failure(_ what: String) -> CommandFailure {
        CommandFailure(
            .cannotCreate, what, place: path, found: String(cString: strerror(errno)),
            remedy: "check space and permissions of the folder")
    }

    private func synchronize(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("can't open the finished file") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("can't make the file durable") }
    }
}

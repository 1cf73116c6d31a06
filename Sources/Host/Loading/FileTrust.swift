import Glibc

/// Whether somebody else could change a file between two looks.
enum FileTrust {
    /// nil = only its owner (root or this user) can change the file, replace it or replace a folder above it.
    static func problem(_ path: String) -> String? {
        guard let real = Path.real(path) else { return "\(path): \(FileBytes.message(errno))" }
        var status = stat()
        guard stat(real, &status) == 0 else { return "\(real): \(FileBytes.message(errno))" }
        if status.st_mode & S_IWOTH != 0 { return "\(real) is writable by others (chmod o-w)" }
        if status.st_uid != 0 && status.st_uid != geteuid() {
            return "\(real) belongs to user \(status.st_uid); allowed: root and user \(geteuid())"
        }
        var folder = Path.folder(of: real)
        while true {
            guard stat(folder, &status) == 0 else { return "\(folder): \(FileBytes.message(errno))" }
            if status.st_uid != 0 && status.st_uid != geteuid() {
                return "the folder \(folder) belongs to user \(status.st_uid); allowed: root and user \(geteuid())"
            }
            // A sticky folder (/tmp) lets others add files, but not replace ours.
            if status.st_mode & S_IWOTH != 0 && status.st_mode & S_ISVTX == 0 {
                return "the folder \(folder) is writable by others (chmod o-w)"
            }
            if folder == "/" || folder == "." { return nil }
            folder = Path.folder(of: folder)
        }
    }
}

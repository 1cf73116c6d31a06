import Foundation
import Platform

/// Private copies of libraries and assets under their sha256. The file an operator edits is never the file that
/// is mapped: overwriting a mapped library is a bus error, and `dlopen` of a path that is loaded returns the old
/// code (DESIGN §4).
package struct ObjectStore: Sendable {
    package let folder: String

    package init(folder: String) { self.folder = folder }

    package struct Object: Sendable {
        package var sha256: String
        package var path: String
        package var bytes: [UInt8]
    }

    /// Reads `path`, checks who may write it and its pin, and keeps a copy.
    package func keep(_ path: String, pin: String?, writableByOthers: PluginsFile.TrustAction, suffix: String) throws(HostError) -> Object {
        if writableByOthers == .refuse {
            // A symbolic link's own mode says nothing: what it leads to counts.
            let real = URL(fileURLWithPath: path).resolvingSymlinksInPath()
            for place in [real.path, real.deletingLastPathComponent().path] {
                let mode = ((try? FileManager.default.attributesOfItem(atPath: place))?[.posixPermissions] as? Int) ?? 0
                // A sticky folder (/tmp) lets nobody replace another's file.
                if mode & 0o022 != 0, mode & 0o1000 == 0 {
                    throw HostError(.trust, "\(place) may be written by others (mode \(String(mode & 0o7777, radix: 8))): chmod go-w, or set trust.writableByOthers to \"warn\"")
                }
            }
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw HostError(.find, "cannot read \(path)") }
        let bytes = [UInt8](data)
        let hash = SHA256.hex(bytes)
        if let pin, pin.lowercased() != hash { throw HostError(.trust, "\(path) has sha256 \(hash); plugins.json pins \(pin)") }
        let copy = "\(folder)/\(hash)\(suffix)"
        if let kept = FileManager.default.contents(atPath: copy), kept == data {
            return Object(sha256: hash, path: copy, bytes: bytes)
        }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let temporary = "\(folder)/.\(hash).\(getpid()).\(UInt32.random(in: .min ... .max))"
            try data.write(to: URL(fileURLWithPath: temporary))
            try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: temporary)
            guard rename(temporary, copy) == 0 else { throw HostError(.copy, "cannot rename \(temporary) to \(copy): \(String(cString: strerror(errno)))") }
        } catch let error as HostError {
            throw error
        } catch {
            throw HostError(.copy, "cannot copy \(path) to \(folder): \(error.localizedDescription)")
        }
        return Object(sha256: hash, path: copy, bytes: bytes)
    }
}

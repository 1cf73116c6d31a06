import Foundation

/// What `make install` put beside the running executable, as `doctor` tells it.
struct Installation {
    /// Without links.
    let executable: String
    /// The libswiftCore.so that is mapped; nil = none is.
    let mappedRuntime: String?

    /// Of `bin/mneme`: the folder that holds `bin`, `lib` and `share`.
    private var prefix: String {
        URL(fileURLWithPath: executable).deletingLastPathComponent().deletingLastPathComponent().path
    }
    private var runtimeFolder: String { "\(prefix)/lib/mneme/swift" }
    private var pluginFolder: String { "\(prefix)/lib/mneme/plugins" }
    /// Beside the executable, or where an installation has it.
    private var workerPlaces: [String] {
        [
            URL(fileURLWithPath: executable).deletingLastPathComponent().path + "/mneme-worker",
            "\(prefix)/\(Self.installedWorker)",
        ]
    }
    private static let installedWorker = "libexec/mneme/mneme-worker"
    private static let remedy = "run make install again with the same PREFIX"

    /// nil where /proc can't be read.
    static func ofThisProcess() -> Installation? {
        guard
            let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        else { return nil }
        // By handle: files of /proc have no size, so they are read until their end.
        let bytes = try? FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd()
        let maps = bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let runtime = maps.split(separator: "\n").first { $0.hasSuffix("/libswiftCore.so") }
            .flatMap { line in line.firstIndex(of: "/").map { String(line[$0...]) } }
        return Installation(executable: executable, mappedRuntime: runtime)
    }

    /// Empty if the program doesn't run from an installation, but from a build's folder, say.
    func findings() -> [DoctorFinding] {
        guard executable.hasSuffix("/bin/\(Self.name)"), files(in: "\(prefix)/lib/mneme") != nil else {
            return []
        }
        return [
            DoctorFinding(subject: "executable", level: .ok, detail: executable, remedy: nil), runtime,
            plugins, worker,
        ] + missing
    }

    private static let name = "mneme"

    private var runtime: DoctorFinding {
        let libraries = files(in: runtimeFolder) ?? []
        // Another toolchain's runtime may lack symbols, or have them with another meaning.
        if let mapped = mappedRuntime, folder(of: mapped) != runtimeFolder {
            return DoctorFinding(
                subject: "runtime", level: .warning, detail: "\(folder(of: mapped)), not \(runtimeFolder)",
                remedy: "unset LD_LIBRARY_PATH and LD_PRELOAD; if that changes nothing, \(Self.remedy)")
        }
        let found = mappedRuntime == nil ? "no library is mapped" : "\(libraries.count) libraries"
        return DoctorFinding(
            subject: "runtime", level: .ok, detail: "\(runtimeFolder): \(found)", remedy: nil)
    }

    private var plugins: DoctorFinding {
        let libraries = (files(in: pluginFolder) ?? []).filter { $0.hasSuffix(".so") }
        let found = libraries.isEmpty ? "no library" : libraries.joined(separator: ", ")
        return DoctorFinding(
            subject: "plugins", level: libraries.isEmpty ? .warning : .ok,
            detail: "\(pluginFolder): \(found)",
            remedy: libraries.isEmpty
                ? "\(Self.remedy), or name another folder in paths.plugins of plugins.json" : nil)
    }

    /// No worker is a warning only if one was installed: without one, scorers run in this process.
    private var worker: DoctorFinding {
        let found = workerPlaces.first { FileManager.default.isExecutableFile(atPath: $0) }
        let isLacking = found == nil && installed.contains(Self.installedWorker)
        return DoctorFinding(
            subject: "worker", level: isLacking ? .warning : .ok,
            detail: found ?? "none at \(workerPlaces.joined(separator: ", ")): scorers run in this process",
            remedy: isLacking ? Self.remedy : nil)
    }

    /// Files that were installed and are gone; the worker has its own finding.
    private var missing: [DoctorFinding] {
        let gone = installed.filter {
            $0 != Self.installedWorker && !FileManager.default.fileExists(atPath: "\(prefix)/\($0)")
        }
        guard !gone.isEmpty else { return [] }
        return [
            DoctorFinding(
                subject: "installed", level: .warning,
                detail: "missing in \(prefix): \(gone.joined(separator: ", "))", remedy: Self.remedy)
        ]
    }

    /// Paths below the prefix, as Scripts/install.sh wrote them; empty where something else installed mneme.
    private var installed: [String] {
        let list = try? String(contentsOfFile: "\(prefix)/share/mneme/installed.txt", encoding: .utf8)
        return (list ?? "").split(separator: "\n").map(String.init)
    }

    /// Names in order; nil = there is no such folder.
    private func files(in folder: String) -> [String]? {
        try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    private func folder(of path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().path
    }
}

import Glibc

/// Whether the libraries that a library needs will be found once it is loaded from its private copy.
enum Dependencies {
    /// nil = all well; else what is wrong with the first that won't do.
    ///
    /// A library beside the original isn't beside the copy, and would in a second version be served by the
    /// first (same SONAME): refused, whether or not `$ORIGIN` asks for it.
    static func problem(_ image: ELFImage, originalFolder: String) -> String? {
        let loaded = loadedNames()
        let folders = image.runPath.filter { !$0.contains("$") } + searchFolders()
        for name in image.needed {
            if name.contains("/") {
                if Path.isFile(name) { continue }
                return "needs \(name), which isn't there"
            }
            if loaded.contains(name) { continue }
            let asksForOrigin = image.runPath.contains { $0.contains("ORIGIN") }
            let isBeside = Path.isFile("\(originalFolder)/\(name)")
            if isBeside && asksForOrigin { return bundled(name) }
            if folders.contains(where: { Path.isFile("\($0)/\(name)") }) { continue }
            return isBeside
                ? bundled(name) : "needs \(name), which is in none of \(folders.joined(separator: ", "))"
        }
        return nil
    }

    /// Needed libraries that only the run path finds: two versions of a plugin that carry the same SONAME there would
    /// share the first one's code, wherever they lie.
    static func carried(_ image: ELFImage) -> [String] {
        let loaded = loadedNames()
        let system = searchFolders()
        // The toolchain's folder, say: what this process itself was loaded from is nobody's private copy.
        let own = image.runPath.filter { !$0.contains("$") && !system.contains($0) && !readable.contains($0) }
        return image.needed.filter { name in
            !name.contains("/") && !loaded.contains(name) && !system.contains { Path.isFile("\($0)/\(name)") }
                && own.contains { Path.isFile("\($0)/\(name)") }
        }
    }

    private static func bundled(_ name: String) -> String {
        "needs \(name), which lies beside it: a second version would run the first one's code. "
            + "Link it statically, or install it where the system finds it"
    }

    /// What a dynamic loader reads that loads a plugin: the system's folders, its cache, and those that this process
    /// was loaded from (the Swift runtime's among them).
    static let readable: [String] = {
        var folders = Set(searchFolders() + ["/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d"])
        for line in (procText("/proc/self/maps") ?? "").split(separator: "\n") {
            guard let slash = line.firstIndex(of: "/"), line.contains(".so") else { continue }
            folders.insert(Path.folder(of: String(line[slash...])))
        }
        return folders.filter { $0 != "/" && $0 != "." }.sorted()
    }()

    /// Names of the libraries that this process has mapped.
    private static func loadedNames() -> Set<String> {
        guard let maps = procText("/proc/self/maps") else { return [] }
        var names: Set<String> = []
        for line in maps.split(separator: "\n") {
            guard let slash = line.lastIndex(of: "/") else { continue }
            names.insert(String(line[line.index(after: slash)...]))
        }
        return names
    }

    /// What ld.so searches after the run path, as far as plain files say it.
    private static func searchFolders() -> [String] {
        var folders: [String] = []
        if let path = getenv("LD_LIBRARY_PATH") {
            folders += String(cString: path).split(separator: ":").map(String.init)
        }
        #if arch(x86_64)
            let triple = "x86_64-linux-gnu"
        #else
            let triple = "aarch64-linux-gnu"
        #endif
        folders += [
            "/lib/\(triple)", "/usr/lib/\(triple)", "/lib64", "/usr/lib64", "/lib", "/usr/lib",
            "/usr/local/lib",
        ]
        return folders + configuredFolders("/etc/ld.so.conf", depth: 0)
    }

    private static func configuredFolders(_ path: String, depth: Int) -> [String] {
        guard depth < 4, let text = procText(path) else { return [] }
        var folders: [String] = []
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            if first == "include", words.count > 1 {
                for file in matches(String(words[1])) { folders += configuredFolders(file, depth: depth + 1) }
            } else {
                folders.append(String(first))
            }
        }
        return folders
    }

    private static func matches(_ pattern: String) -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, 0, nil, &result) == 0 else { return [] }
        return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }
    }

    /// Files of /proc have no size, so they are read until their end.
    private static func procText(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let got = read(file, &buffer, buffer.count), got > 0 { bytes += buffer[..<got] }
        return String(decoding: bytes, as: UTF8.self)
    }
}

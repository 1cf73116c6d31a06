/// What `mneme plugin info` shows of a library, without running any of its code.
package struct PluginInfo: Sendable {
    package let path: String
    package let hash: String
    package let byteCount: Int
    package let image: ELFImage?
    package let manifest: Manifest?
    /// Why it wouldn't be loaded; nil = nothing speaks against it before its code runs.
    package let problem: LoadError?
    package let warnings: [String]
    /// It doesn't mean to be a plugin: its functions may be used as foreign ones.
    package var isForeign = false

    /// The file that plugins.json means by this name; a path as a shell means it comes first.
    package static func locate(_ name: String, _ settings: PluginsFile) throws(LoadError) -> String {
        if Path.isFile(name) { return Path.real(name) ?? name }
        return try LibraryLocator(settings).locate(name)
    }

    /// - Throws: only if there is no readable file.
    package static func inspect(_ path: String) throws(LoadError) -> PluginInfo {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(path, limit: ObjectStore.limit)
        } catch {
            throw LoadError(.locate, error.reason)
        }
        let hash = SHA256.hexadecimal(of: bytes)
        let image = try? ELFImage.read(bytes)
        if let image, image.manifest == nil, !image.exports.contains("mneme_plugin") {
            var info = PluginInfo(
                path: path, hash: hash, byteCount: bytes.count, image: image, manifest: nil,
                problem: foreignProblem(path, image), warnings: [])
            info.isForeign = true
            return info
        }
        let manifest = image?.manifest.flatMap { try? Manifest.read($0) }
        var trust = PluginsFile.Trust()
        trust.unpinned = .allow
        do {
            let file = try LibraryFile.open(path, pin: nil, trust: trust)
            return PluginInfo(
                path: path, hash: hash, byteCount: bytes.count, image: image, manifest: manifest,
                problem: nil,
                warnings: file.warnings)
        } catch {
            return PluginInfo(
                path: path, hash: hash, byteCount: bytes.count, image: image, manifest: manifest,
                problem: error,
                warnings: [])
        }
    }

    /// What speaks against calling functions of a library that is no plugin.
    private static func foreignProblem(_ path: String, _ image: ELFImage) -> LoadError? {
        if let problem = FileTrust.problem(path) { return LoadError(.trust, problem) }
        return Dependencies.problem(image, originalFolder: Path.folder(of: Path.real(path) ?? path)).map {
            LoadError(.elf, "\(path) \($0)")
        }
    }

    /// The entry for plugins.json that pins these bytes.
    package var pin: String {
        let file = "\"path\": \"\(path)\", \"sha256\": \"\(hash)\""
        return isForeign ? "\"foreign\": { \(file), \"symbol\": … }" : "\"library\": { \(file) }"
    }
}

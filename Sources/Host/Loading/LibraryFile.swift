/// A library as far as it can be known without running any of its code.
package struct LibraryFile: Sendable {
    /// As found, before copying.
    package let path: String
    package let bytes: [UInt8]
    package let hash: String
    package let image: ELFImage
    package let manifest: Manifest
    /// What the operator should know though it isn't refused.
    package let warnings: [String]

    /// Reads and judges: trust, pin, ELF, manifest.
    static func open(
        _ path: String, pin: String?, trust: PluginsFile.Trust
    ) throws(LoadError) -> LibraryFile {
        var warnings: [String] = []
        let bytes = try readTrusted(path, trust, &warnings)
        let hash = try checkPin(bytes, pin, path, trust, &warnings)
        let image: ELFImage
        do {
            image = try ELFImage.read(bytes)
        } catch {
            throw LoadError(.elf, "\(path): \(error.message)")
        }
        try judge(image, path)
        guard let text = image.manifest else {
            throw LoadError(
                .manifest,
                "\(path) carries no manifest (ELF note Mneme); MNEME_PLUGIN_MANIFEST in one C file places it")
        }
        let manifest: Manifest
        do {
            manifest = try Manifest.read(text)
        } catch {
            throw LoadError(.manifest, "\(path): \(error.message)")
        }
        return LibraryFile(
            path: path, bytes: bytes, hash: hash, image: image, manifest: manifest, warnings: warnings)
    }

    static func readTrusted(
        _ path: String, _ trust: PluginsFile.Trust, _ warnings: inout [String]
    ) throws(LoadError) -> [UInt8] {
        if let problem = FileTrust.problem(path) {
            guard trust.writableByOthers == .warn else {
                throw LoadError(.trust, "\(problem); trust.writableByOthers \"warn\" would allow it")
            }
            warnings.append(problem)
        }
        do {
            return try FileBytes.read(path, limit: ObjectStore.limit)
        } catch {
            throw LoadError(.locate, error.reason)
        }
    }

    static func checkPin(
        _ bytes: [UInt8], _ pin: String?, _ path: String, _ trust: PluginsFile.Trust,
        _ warnings: inout [String]
    ) throws(LoadError) -> String {
        let hash = SHA256.hexadecimal(of: bytes)
        if let pin, pin != hash {
            throw LoadError(.pin, "\(path) has sha256 \(hash); plugins.json pins \(pin)")
        }
        guard pin == nil else { return hash }
        switch trust.unpinned {
        case .allow: break
        case .warn: warnings.append("\(path) isn't pinned; its sha256 is \(hash)")
        case .refuse:
            throw LoadError(
                .pin, "\(path) isn't pinned and trust.unpinned is \"refuse\"; its sha256 is \(hash)")
        }
        return hash
    }

    private static func judge(_ image: ELFImage, _ path: String) throws(LoadError) {
        guard image.exports.contains("mneme_plugin") else {
            let others = image.exports.prefix(5).joined(separator: ", ")
            throw LoadError(
                .elf, "\(path) doesn't export mneme_plugin; it exports \(others.isEmpty ? "nothing" : others)"
            )
        }
        if let symbol = image.uniqueSymbols.first {
            throw LoadError(
                .elf,
                "\(path) defines \(symbol) as STB_GNU_UNIQUE: a second version would share it. "
                    + "Compile with -fno-gnu-unique")
        }
        if let problem = Dependencies.problem(image, originalFolder: Path.folder(of: Path.real(path) ?? path))
        {
            throw LoadError(.elf, "\(path) \(problem)")
        }
    }
}

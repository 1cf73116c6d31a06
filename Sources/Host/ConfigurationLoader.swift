import Foundation
import PluginABI

/// From plugins.json to models that serve: find, copy, ELF, manifest, load, columns, options, assets, create. A
/// scorer that is refused stays out with its reason; the answer goes on without it.
package struct ConfigurationLoader: Sendable {
    /// The columns the engine can fill.
    package var offeredColumns: [String]
    /// The folder that relative paths in the file start from.
    package var baseFolder: String
    /// Where private copies go if the file doesn't say.
    package var defaultObjectsFolder: String

    package init(offeredColumns: [String], baseFolder: String, defaultObjectsFolder: String) {
        self.offeredColumns = offeredColumns
        self.baseFolder = baseFolder
        self.defaultObjectsFolder = defaultObjectsFolder
    }

    /// - Throws: only if the file as a whole is wrong.
    package func load(text: String, name: String) throws(HostError) -> HostConfiguration {
        let file = try PluginsFile(parsing: text, name: name)
        var models: [ScorerModel] = []
        var absent: [(id: String, tier: String, state: String, reason: String)] = []
        for scorer in file.scorers {
            guard scorer.isEnabled else {
                absent.append((scorer.id, scorer.tier.rawValue, "disabled", "enabled is false"))
                continue
            }
            do throws(HostError) {
                models.append(try load(scorer, file))
            } catch {
                absent.append((scorer.id, scorer.tier.rawValue, "refused", error.description))
            }
        }
        return HostConfiguration(file: file, hash: String(SHA256.hex(Array(text.utf8)).prefix(16)), models: models, absent: absent)
    }

    /// What can be known of a library without running its code.
    package func inspect(_ path: String) throws(HostError) -> (manifest: Manifest, elf: ELFImage, sha256: String) {
        guard let data = FileManager.default.contents(atPath: path) else { throw HostError(.find, "cannot read \(path)") }
        let bytes = [UInt8](data)
        let elf = try ELFImage(bytes)
        return (try manifest(of: elf), elf, SHA256.hex(bytes))
    }

    private func manifest(of elf: ELFImage) throws(HostError) -> Manifest {
        if let symbol = elf.uniqueSymbols.first {
            throw HostError(.elf, "defines the GNU_UNIQUE symbol \(symbol), so a second version would share its data: build it with -fno-gnu-unique")
        }
        guard let text = elf.noteText else {
            throw HostError(.manifest, "carries no \(MNEME_NOTE_NAME) note: add MNEME_PLUGIN_MANIFEST to one C file of it")
        }
        let manifest = try Manifest(parsing: text)
        if manifest.abiMajor != Int(MNEME_ABI_MAJOR) {
            throw HostError(.manifest, "is written for ABI \(manifest.abiMajor).\(manifest.abiMinor); this host speaks \(MNEME_ABI_MAJOR).\(MNEME_ABI_MINOR)")
        }
        return manifest
    }

    private func load(_ scorer: PluginsFile.Scorer, _ file: PluginsFile) throws(HostError) -> ScorerModel {
        let path = try find(scorer.library, file.pluginFolders)
        if scorer.sha256 == nil, file.unpinned == .refuse {
            throw HostError(.trust, "\(path) has no sha256 pin and trust.unpinned is \"refuse\"; `mneme plugin info` prints it")
        }
        let store = ObjectStore(folder: file.objectsFolder.map(absolute) ?? defaultObjectsFolder)
        let object = try store.keep(path, pin: scorer.sha256, writableByOthers: file.writableByOthers, suffix: ".so")
        let manifest = try manifest(of: try ELFImage(object.bytes))
        let columns = try negotiate(manifest)
        if let input = [(manifest.wantsRowTexts, "row-texts"), (manifest.wantsQueryEmbedding, "query-embedding")]
            .first(where: { $0.0 && !scorer.grants.contains($0.1) })
        {
            throw HostError(.options, "its manifest wants \(input.1); granted: \(scorer.grants.isEmpty ? "nothing" : scorer.grants.joined(separator: ", "))")
        }
        let options = try OptionValues(manifest: manifest, given: scorer.options)
        var assets: [AssetBytes] = []
        for asset in scorer.assets {
            guard manifest.assetNames.contains(asset.name) else {
                throw HostError(.assets, "has no asset \"\(asset.name)\"; its manifest lists: \(manifest.assetNames.isEmpty ? "none" : manifest.assetNames.joined(separator: ", "))")
            }
            let kept = try store.keep(absolute(asset.path), pin: asset.sha256, writableByOthers: file.writableByOthers, suffix: ".asset")
            assets.append(AssetBytes(name: asset.name, bytes: kept.bytes))
        }
        for name in manifest.requiredAssets where !assets.contains(where: { $0.name == name }) {
            throw HostError(.assets, "needs the asset \"\(name)\": name it under assets")
        }
        let givenAssets = assets
        let library = try LoaderThread.run { () throws(HostError) in try LoadedLibrary(copy: object.path, manifest: manifest) }
        return try LoaderThread.run { () throws(HostError) in
            try ModelCreation.create(
                scorer: scorer, manifest: manifest, columns: columns, options: options, assets: givenAssets, library: library,
                sha256: object.sha256, rowsPerCall: file.rowsPerCall)
        }
    }

    /// Exactly the manifest's columns in its order, less optional ones that aren't offered.
    private func negotiate(_ manifest: Manifest) throws(HostError) -> [String] {
        let offered = Set(offeredColumns)
        let missing = manifest.rowColumns.filter { $0.isRequired && !offered.contains($0.name) }.map(\.name)
        if !missing.isEmpty {
            throw HostError(.columns, "requires \(missing.joined(separator: ", ")), which this host doesn't offer; it asked for: \(manifest.rowColumns.map(\.name).joined(separator: ", ")); offered: \(offeredColumns.joined(separator: ", "))")
        }
        return manifest.rowColumns.map(\.name).filter(offered.contains)
    }

    /// With a slash relative to the file; bare names in paths.plugins, then beside the installation, then beside the
    /// executable.
    package func locate(_ library: String, folders: [String]) throws(HostError) -> String { try find(library, folders) }

    private func find(_ library: String, _ folders: [String]) throws(HostError) -> String {
        let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
        let candidates = library.contains("/")
            ? [absolute(library)]
            : (folders.map(absolute) + ["\(executable)/../lib/mneme/plugins", executable]).map { "\($0)/\(library)" }
        if let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) { return found }
        throw HostError(.find, "no \(library) at \(candidates.joined(separator: ", "))")
    }

    private func absolute(_ path: String) -> String {
        if path.hasPrefix("~/") { return NSHomeDirectory() + path.dropFirst() }
        return path.hasPrefix("/") ? path : "\(baseFolder)/\(path)"
    }
}

/// Loads happen on one thread used for nothing else: a library that sets the floating-point mode while loading
/// must not change a scoring thread's (abi-decisions 10).
enum LoaderThread {
    private static let queue = DispatchQueue(label: "mneme.loader")

    static func run<Value: Sendable>(_ body: @Sendable () throws(HostError) -> Value) throws(HostError) -> Value {
        let result: Result<Value, HostError> = queue.sync {
            do throws(HostError) { return .success(try body()) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

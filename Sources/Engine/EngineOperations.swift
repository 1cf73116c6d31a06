import Features
import Foundation
import Host
import Storage

/// What operators and authors ask for beside memories.
extension Engine {
    package static let builtInConfiguration = PluginsFile.builtIn + "\n"
    package static var columnsMarkdown: String { ColumnCatalog.markdown }

    package func integrityCheck() throws -> String { try Self.translating { try store.integrityCheck() } }
    package func backup(to path: String) throws { try Self.translating { try store.backup(to: path) } }
    package func memoryCount() throws -> Int { try Self.translating { try store.allMemories() } }

    /// Where bare library names are looked up.
    package var pluginFolders: [String] { host.configuration.file.pluginFolders }

    /// Hands out JSONL lines that import reads back. Returns their number.
    package func export(scope: Scope, includeForgotten: Bool, includeEmbeddings: Bool, line: (String) throws -> Void) throws -> Int {
        var count = 0
        try store.forEachMemory(scope: scope) { stored in
            if stored.isForgotten, !includeForgotten { return }
            try line(ExportLine.make(MemoryView(stored), includeEmbeddings: includeEmbeddings))
            count += 1
        }
        return count
    }

    /// A library's manifest and ELF facts, read without running its code.
    package struct PluginSheet: Sendable {
        package var id = ""
        package var version = ""
        package var path: String
        package var sha256 = ""
        package var fields: [(name: String, value: String)] = []
        package var columns: [String] = []
        package var heads: [String] = []
        package var options: [(name: String, value: String)] = []
        package var assets: [String] = []
        package var problems: [String] = []
    }

    package func inspect(_ path: String) throws -> PluginSheet {
        let loader = ConfigurationLoader(
            offeredColumns: ColumnCatalog.names, baseFolder: FileManager.default.currentDirectoryPath, defaultObjectsFolder: "")
        let found = Result(catching: { () throws(HostError) in try loader.locate(path, folders: pluginFolders) })
        guard case .success(let place) = found else {
            if case .failure(let error) = found { throw EngineError(.notFound, error.message) }
            return PluginSheet(path: path)
        }
        var sheet = PluginSheet(path: place)
        switch Result(catching: { () throws(HostError) in try loader.inspect(place) }) {
        case .failure(let error): sheet.problems = [error.description]
        case .success(let (manifest, elf, sha256)): sheet.describe(manifest, elf, sha256)
        }
        return sheet
    }
}

extension Engine.PluginSheet {
    fileprivate mutating func describe(_ manifest: Manifest, _ elf: ELFImage, _ hash: String) {
        id = manifest.id
        version = manifest.version
        sha256 = hash
        fields = [
            ("abi", "\(manifest.abiMajor).\(manifest.abiMinor)"), ("scope", manifest.isListScope ? "list" : "row"),
            ("concurrent", "\(manifest.isConcurrent)"), ("deterministic", "\(manifest.isDeterministic)"),
            ("licence", manifest.licence), ("exports", elf.exports.joined(separator: ", ")), ("needs", elf.needed.joined(separator: ", ")),
        ]
        columns = manifest.rowColumns.map { $0.name + ($0.isRequired ? "" : " (optional)") }
        heads = manifest.heads.map { "\($0.name) over \($0.over), \($0.scale)" }
        options = manifest.options.map { option in
            var text = option.kind.rawValue
            switch option.default {
            case .number(let number): text += ", default \(number)"
            case .text(let value): text += ", default \(value)"
            }
            if let low = option.minimum, let high = option.maximum { text += ", \(low) to \(high)" }
            if !option.values.isEmpty { text += ", one of \(option.values.joined(separator: ", "))" }
            return (option.name, text)
        }
        assets = manifest.assetNames
        let offered = Set(ColumnCatalog.names)
        let missing = manifest.rowColumns.filter { $0.isRequired && !offered.contains($0.name) }.map(\.name)
        if !missing.isEmpty { problems.append("requires columns this host doesn't offer: \(missing.joined(separator: ", "))") }
    }
}

import Features
import Foundation
import Host
import Storage

/// What operators and authors ask for beside memories.
extension Engine {
    package static let builtInConfiguration = PluginsFile.builtIn + "\n"
    package static var columnsMarkdown: String { [ColumnCatalog.markdown, EventCatalog.markdown, PathCatalog.markdown].joined(separator: "\n") }

    /// What is wrong with the combiner; nil = nothing is.
    package var combinerProblem: String? {
        switch host.configuration.gate {
        case .success(let gate) where !gate.yieldsToStrangers: nil
        case nil: nil
        case .success, .failure: host.configuration.combinerSummary
        }
    }

    package func integrityCheck() throws -> String { try Self.translating { try store.integrityCheck() } }
    package func backup(to path: String) throws { try Self.translating { try store.backup(to: path) } }
    package func memoryCount() throws -> Int { try Self.translating { try store.allMemories() } }

    /// Where bare library names are looked up.
    package var pluginFolders: [String] {
        let settings = host.configuration.settings
        return settings.paths.plugins.map { folder in
            folder.hasPrefix("/") || folder.hasPrefix("~") ? folder : "\(settings.folder)/\(folder)"
        }
    }

    /// Hands out JSONL lines that import reads back. Returns their number.
    package func export(
        scope: Scope, includeForgotten: Bool, includeEmbeddings: Bool, line: (String) throws -> Void
    ) throws -> Int {
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
        /// The line for plugins.json that pins these bytes.
        package var pin = ""
        package var problems: [String] = []
    }

    package func inspect(_ path: String) throws -> PluginSheet {
        let settings = host.configuration.settings
        switch Result(catching: { () throws(LoadError) in
            try PluginInfo.inspect(PluginInfo.locate(path, settings))
        }) {
        case .failure(let error): throw EngineError(.notFound, error.reason)
        case .success(let info): return PluginSheet(info)
        }
    }
}

extension Engine.PluginSheet {
    fileprivate init(_ info: PluginInfo) {
        self.init(path: info.path)
        sha256 = info.hash
        pin = info.pin
        problems = info.problem.map { [$0.description] } ?? []
        problems += info.warnings
        if let manifest = info.manifest { describe(manifest) }
        if info.isForeign {
            id = info.path.split(separator: "/").last.map(String.init) ?? info.path
            fields.append(("kind", "no plugin (no manifest, no mneme_plugin): its functions may be used as \"foreign\""))
        }
        if let image = info.image {
            fields.append(("exports", Self.list(image.exports)))
            fields.append(("needs", image.needed.joined(separator: ", ")))
        }
        fields.append(("bytes", "\(info.byteCount)"))
    }

    /// A library may export thousands of names.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(20).joined(separator: ", ")
        return names.count > 20 ? "\(shown), … (\(names.count) in all)" : shown
    }

    private mutating func describe(_ manifest: Manifest) {
        id = manifest.id
        version = manifest.version
        fields = [
            ("abi", "\(manifest.abiMajor).\(manifest.abiMinor)"), ("scope", manifest.scope.rawValue),
            ("concurrent", "\(manifest.isConcurrent)"), ("deterministic", "\(manifest.isDeterministic)"),
            ("licence", manifest.licence ?? "not said"), ("isa", manifest.isa),
            ("toolchain", manifest.toolchain.map { "\($0.language) \($0.version)" } ?? "not said"),
            (
                "inputs",
                manifest.inputs.isEmpty
                    ? "columns only" : manifest.inputs.keys.sorted().map(\.rawValue).joined(separator: ", ")
            ),
        ]
        columns = manifest.rowColumns.map { $0.name + ($0.isRequired ? "" : " (optional)") }
        heads = manifest.heads.map { "\($0.name) over \($0.over.rawValue), \($0.scale.rawValue)" }
        options = manifest.options.map { ($0.name, $0.summary) }
        assets = manifest.assets.map { $0.name + ($0.isRequired ? "" : " (optional)") }
        let offered = Set(ColumnCatalog.names)
        let missing = manifest.rowColumns.filter { $0.isRequired && !offered.contains($0.name) }.map(\.name)
        if !missing.isEmpty {
            problems.append("requires columns this host doesn't offer: \(missing.joined(separator: ", "))")
        }
    }
}

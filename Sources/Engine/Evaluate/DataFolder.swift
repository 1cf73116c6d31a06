import Foundation

/// What a folder of evaluation data holds, told by its files alone.
package enum DataFolder: Sendable {
    /// Memories with questions and evidence: LoCoMo, RealTalk, MADial, Memory-Benchmark.
    case questions(Dataset)
    /// Streams of who touched which file (git_access).
    case accesses(Dataset)
    /// Users' items in order, the last one left out (ml100k, games, beauty).
    case sequences(folder: String)
    /// A stream of who chose what and when, walked forward (wikipedia, collegemsg).
    case stream(file: String)
    /// Questions to a knowledge graph, candidates with paths.
    case paths(folder: String)

    package init(_ path: String) throws {
        let folder = Self.normalised(path)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw EngineError(.invalidInput, "\(path): no such folder")
        }
        guard let found = try Self.recognised(folder) else {
            throw EngineError(.invalidInput, Self.refusal(folder))
        }
        self = found
    }

    package var kind: String {
        switch self {
        case .questions(let dataset): dataset.kind.rawValue
        case .accesses: "accesses"
        case .sequences: "sequences"
        case .stream: "stream"
        case .paths: "paths"
        }
    }

    /// Absolute, and the set's own folder where its part `dev` was named.
    private static func normalised(_ path: String) -> String {
        var folder = URL(fileURLWithPath: path).standardizedFileURL.path
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        return folder
    }

    private static func recognised(_ folder: String) throws -> DataFolder? {
        let set = (folder as NSString).lastPathComponent == "dev" ? (folder as NSString).deletingLastPathComponent : folder
        func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(set)/\(name)") }
        if has("entities.tsv.gz"), has("dev/dev_paths.jsonl.gz") { return .paths(folder: set) }
        if has("dev/sequences.tsv.gz") || has("dev/interactions.tsv.gz") { return .sequences(folder: set) }
        if has("dev/events.tsv.gz") { return .stream(file: set + "/dev/events.tsv.gz") }
        switch Result(catching: { () throws(ImportError) in try Dataset(folder: folder) }) {
        case .success(let dataset): return dataset.kind == .gitAccess ? .accesses(dataset) : .questions(dataset)
        case .failure(let error):
            // A file that is there and fits no schema deserves its own words; a folder without any gets the list of all.
            var isFolder: ObjCBool = true
            guard FileManager.default.fileExists(atPath: error.place, isDirectory: &isFolder), !isFolder.boolValue else { return nil }
            throw EngineError(.invalidInput, error.description)
        }
    }

    /// Sets that other commands or nobody measures, by a file that only they have.
    private static let others = [
        ("dev/episodes.jsonl.gz", "episodes of an agent with an outcome each: there is nothing to rank"),
        ("dev/policies.json", "logged bandit feedback: it judges estimators, not rankers"),
        ("dev/valid.tsv.gz", "facts of a temporal graph: no scorer of Mneme forecasts them"),
    ]

    private static func refusal(_ folder: String) -> String {
        func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(name)") }
        if let other = others.first(where: { has($0.0) }) {
            return "\(folder) holds \(other.0), \(other.1)"
        }
        let inside = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().filter {
            (try? recognised("\(folder)/\($0)")) ?? nil != nil
        }
        if !inside.isEmpty { return "\(folder) holds several sets; name one of them: \(inside.joined(separator: ", "))" }
        return """
            \(folder) holds nothing to measure; recognised are folders with memories.jsonl.gz and queries.jsonl.gz (LoCoMo, \
            RealTalk, MADial), *.events.jsonl.gz (git_access), dev/sequences.tsv.gz or dev/interactions.tsv.gz (games, beauty, \
            ml100k), dev/events.tsv.gz (wikipedia, collegemsg), dev/dev_paths.jsonl.gz (umls, wn18rr, fb15k237)
            """
    }
}

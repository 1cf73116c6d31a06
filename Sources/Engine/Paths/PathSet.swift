import Foundation

/// One set of `data/kgpaths`: the graph, and questions with candidates and paths.
struct PathSet {
    let name: String
    let folder: String
    let graph: KnowledgeGraph

    /// - Parameters:
    ///   - folder: of one set, or of several.
    ///   - set: which of several; nil where the folder is one.
    init(folder: String, set: String?) throws {
        let place = set.map { "\(folder)/\($0)" } ?? folder
        guard FileManager.default.fileExists(atPath: "\(place)/entities.tsv.gz") else {
            let sets = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted().filter {
                FileManager.default.fileExists(atPath: "\(folder)/\($0)/entities.tsv.gz")
            }
            guard let sets, !sets.isEmpty else {
                throw EngineError(.invalidInput, "\(place) is no set of paths: it has no entities.tsv.gz")
            }
            throw EngineError(
                .invalidInput, "\(place) is no set of paths; allowed with --set: \(sets.joined(separator: ", "))")
        }
        name = URL(fileURLWithPath: place).lastPathComponent
        self.folder = place
        graph = try Self.translating { () throws(ImportError) in try KnowledgeGraph(folder: place) }
    }

    /// Questions to train on.
    func training() throws -> PathLists { try lists("train_paths") }
    /// Questions to judge by, while one works.
    func development() throws -> PathLists { try lists("dev_paths") }

    private func lists(_ name: String) throws -> PathLists {
        try Self.translating { () throws(ImportError) in
            try PathLists(
                file: "\(folder)/dev/\(name).jsonl.gz", entityCount: graph.entityCount,
                relationCount: graph.relationCount)
        }
    }

    private static func translating<Value>(_ body: () throws(ImportError) -> Value) throws -> Value {
        do throws(ImportError) { return try body() } catch {
            throw EngineError(.invalidInput, error.description)
        }
    }

    /// The edge that a training question asks for.
    static func removed(_ list: Int, _ lists: PathLists) -> KnowledgeGraph.Removed {
        let tail = lists.candidates[lists.rows(list).lowerBound + lists.relevant[list]]
        return .init(head: lists.heads[list], relation: lists.relations[list], tail: tail)
    }
}

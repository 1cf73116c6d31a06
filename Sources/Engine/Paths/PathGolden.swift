import Features
import Foundation
import StateSpace

/// A few real rows with the scores that the weights give them: what the load gate holds a path scorer to, which has no
/// column that it could be swept along.
struct PathGolden {
    private let model: PathModel
    private let set: PathSet
    private let lists: PathLists

    init(_ model: PathModel, _ set: PathSet, _ lists: PathLists) {
        self.model = model
        self.set = set
        self.lists = lists
    }

    static func file(beside weights: String) -> String {
        (weights.hasSuffix(".safetensors") ? String(weights.dropLast(".safetensors".count)) : weights) + ".golden.json"
    }

    private static let rows = 6

    func write(to path: String) throws {
        let counts = PathFeedback(lists)
        var records: [String] = []
        for list in 0..<min(lists.count, Self.rows) {
            let feedback = counts.values(of: list, lists, isOwn: false)
            records.append(record(list, row: lists.rows(list).lowerBound + lists.relevant[list], feedback))
        }
        // Of what the model says without a path, too.
        records.append(line(query: 1, hops: []))
        try Data("[\n  \(records.joined(separator: ",\n  "))\n]\n".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private func record(_ list: Int, row: Int, _ feedback: [Float]) -> String {
        let first = lists.paths(lists.rows(list).lowerBound).lowerBound
        let paths = lists.paths(row).prefix(3).map { path in
            var values: [Float] = []
            set.graph.columns(
                head: lists.heads[list], edges: lists.edges[lists.hops(path)], entities: lists.entities[lists.hops(path)],
                feedback: feedback[path - first], without: nil, into: &values)
            let width = PathCatalog.columns.count
            return (0..<lists.hops(path).count).map { Array(values[$0 * width..<($0 + 1) * width]) }
        }
        return line(query: Float(lists.relations[list] + 1), hops: paths)
    }

    /// - Parameter hops: columns of the catalogue, by path and hop.
    private func line(query: Float, hops paths: [[[Float]]]) -> String {
        let configuration = model.configuration
        let columns = configuration.columns.compactMap { PathCatalog.index[$0] }
        let tables = configuration.hopTables.compactMap { table in PathCatalog.index[table.column].map { ($0, table) } }
        var inputs = PathInputs()
        for path in paths {
            for hop in path {
                inputs.append(columns: columns.map { hop[$0] }, indices: tables.map { $1.index(hop[$0]) })
            }
            inputs.endPath(hops: path.count)
        }
        inputs.endRow(query: configuration.queryTables.map { $0.index(query) })
        let activations = PathActivations(configuration)
        model.score(inputs, with: activations)
        let text = paths.map { path in
            "[" + path.map { hop in
                let named = zip(PathCatalog.columns, hop).filter { $0.absent != $1 }.map { "\"\($0.name)\": \($1)" }
                return "{ \(named.joined(separator: ", ")) }"
            }.joined(separator: ", ") + "]"
        }.joined(separator: ", ")
        // 1e-4: another processor's kernels sum in another order.
        return "{ \"row\": { \"query.relation@1\": \(query) }, \"paths\": [\(text)], \"score\": \(activations.rows[0]), \"tolerance\": 1e-4 }"
    }
}

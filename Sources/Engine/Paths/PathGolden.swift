import Features
import Foundation
import StateSpace
import Synthetic

/// A few real rows with the scores that the weights give them: what the load gate holds a path scorer to, which has no
/// column that it could be swept along.
struct PathGolden {
    private let model: PathModel

    init(_ model: PathModel) { self.model = model }

    static func file(beside weights: String) -> String {
        (weights.hasSuffix(".safetensors") ? String(weights.dropLast(".safetensors".count)) : weights) + ".golden.json"
    }

    private static let rows = 6

    /// A question's relation and a candidate's paths: columns of the catalogue, by path and hop.
    typealias Row = (query: Float, paths: [[[Float]]])

    /// Right answers of a set's first training questions.
    func write(_ set: PathSet, _ lists: PathLists, to path: String) throws {
        let counts = PathFeedback(lists)
        try write(
            (0..<min(lists.count, Self.rows)).map { list in
                let feedback = counts.values(of: list, lists, isOwn: false)
                return row(list, lists.rows(list).lowerBound + lists.relevant[list], set, lists, feedback)
            }, to: path)
    }

    /// The first candidates with paths of planted lists.
    func write(_ lists: [PlantedPathList], to path: String) throws {
        try write(
            lists.prefix(Self.rows).compactMap { list in
                list.candidates.first { !$0.isEmpty }.map { paths in
                    let columns = paths.map { path in
                        var values: [Float] = []
                        PlantedHopColumns.append(path, to: &values)
                        return Self.hops(values)
                    }
                    return (Float(list.query), columns)
                }
            }, to: path)
    }

    private func write(_ rows: [Row], to path: String) throws {
        // Of what the model says without a path, too.
        let records = (rows + [(1, [])]).map(record)
        try Data("[\n  \(records.joined(separator: ",\n  "))\n]\n".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private func row(_ list: Int, _ row: Int, _ set: PathSet, _ lists: PathLists, _ feedback: [Float]) -> Row {
        let first = lists.paths(lists.rows(list).lowerBound).lowerBound
        let paths = lists.paths(row).prefix(3).map { path in
            var values: [Float] = []
            set.graph.columns(
                head: lists.heads[list], edges: lists.edges[lists.hops(path)], entities: lists.entities[lists.hops(path)],
                feedback: feedback[path - first], without: nil, into: &values)
            return Self.hops(values)
        }
        return (Float(lists.relations[list] + 1), paths)
    }

    /// Flat columns of a path, hop by hop.
    private static func hops(_ values: [Float]) -> [[Float]] {
        let width = PathCatalog.columns.count
        return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
    }

    /// One line of `golden`, with the score that the model gives.
    private func record(_ row: Row) -> String {
        let (query, paths) = row
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

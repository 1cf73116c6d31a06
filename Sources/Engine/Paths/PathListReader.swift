import Features
import StateSpace
import Training

/// Training questions as a path model reads them: columns made from the graph when a list is asked for, and scaled.
struct PathListReader: PathListSource {
    private let graph: KnowledgeGraph
    private let lists: PathLists
    /// One per path.
    private let feedback: [Float]
    private let configuration: PathConfiguration
    /// Where the model's columns and tables stand in the catalogue.
    private let columns: [Int]
    private let tables: [(place: Int, table: PathConfiguration.Table)]
    /// What is taken from each column, and what it is multiplied with.
    private(set) var shift: [Float]
    private(set) var scale: [Float]

    var count: Int { lists.count }

    init(_ set: PathSet, _ lists: PathLists, _ configuration: PathConfiguration) {
        graph = set.graph
        self.lists = lists
        self.configuration = configuration
        let counts = PathFeedback(lists)
        feedback = (0..<lists.count).flatMap { counts.values(of: $0, lists, isOwn: true) }
        func place(_ name: String) -> Int {
            guard let place = PathCatalog.index[name] else { preconditionFailure("\(name) is in no catalogue") }
            return place
        }
        columns = configuration.columns.map(place)
        tables = configuration.hopTables.map { (place($0.column), $0) }
        shift = columns.map { _ in 0 }
        scale = columns.map { _ in 1 }
        measure()
    }

    /// Mean and spread over the hops of some lists: columns of like size train faster.
    private mutating func measure() {
        var sums = columns.map { _ in (sum: 0.0, squares: 0.0) }
        var hops = 0.0
        for list in stride(from: 0, to: lists.count, by: max(1, lists.count / 200)) {
            var inputs = PathInputs()
            _ = fill(list, into: &inputs)
            for (place, value) in inputs.columns.enumerated() {
                sums[place % columns.count].sum += Double(value)
                sums[place % columns.count].squares += Double(value) * Double(value)
            }
            hops += Double(inputs.lengths.reduce(0, +))
        }
        guard hops > 0 else { return }
        for (place, sum) in sums.enumerated() {
            let mean = sum.sum / hops
            let spread = max(sum.squares / hops - mean * mean, 0).squareRoot()
            shift[place] = Float(mean)
            // A column that never changes says nothing, and a tiny spread would make a stranger's value enormous.
            scale[place] = spread > 1e-3 ? Float(1 / spread) : 1
        }
    }

    func fill(_ index: Int, into inputs: inout PathInputs) -> Int? {
        let removed = PathSet.removed(index, lists)
        let query = configuration.queryTables.map { $0.index(Float(lists.relations[index] + 1)) }
        let width = PathCatalog.columns.count
        var values: [Float] = []
        for row in lists.rows(index) {
            for path in lists.paths(row) {
                let hops = lists.hops(path)
                values.removeAll(keepingCapacity: true)
                graph.columns(
                    head: lists.heads[index], edges: lists.edges[hops], entities: lists.entities[hops],
                    feedback: feedback[path], without: removed, into: &values)
                for hop in 0..<hops.count {
                    for (place, column) in columns.enumerated() {
                        inputs.append(column: (values[hop * width + column] - shift[place]) * scale[place])
                    }
                    for (place, table) in tables { inputs.append(hopIndex: table.index(values[hop * width + place])) }
                }
                inputs.endPath(hops: hops.count)
            }
            inputs.endRow(query: query)
        }
        return lists.relevant[index]
    }
}

import Features
import StateSpace
import Synthetic

/// Planted lists as a path model reads them.
struct PlantedPathInputs: Sendable {
    private let configuration: PathConfiguration
    /// Where the model's columns and tables stand in the catalogue.
    private let columns: [Int]
    private let tables: [(place: Int, table: PathConfiguration.Table)]
    /// What is taken from each column, and what it is multiplied with.
    var shift: [Float]
    var scale: [Float]

    init(_ configuration: PathConfiguration) {
        func place(_ name: String) -> Int {
            guard let place = PathCatalog.index[name] else { preconditionFailure("\(name) is in no catalogue") }
            return place
        }
        self.configuration = configuration
        columns = configuration.columns.map(place)
        tables = configuration.hopTables.map { (place($0.column), $0) }
        shift = columns.map { _ in 0 }
        scale = columns.map { _ in 1 }
    }

    func append(_ list: PlantedPathList, to inputs: inout PathInputs) {
        let query = configuration.queryTables.map { $0.index(Float(list.query)) }
        let width = PathCatalog.columns.count
        var values: [Float] = []
        for paths in list.candidates {
            for path in paths {
                values.removeAll(keepingCapacity: true)
                PlantedHopColumns.append(path, to: &values)
                for hop in path.hops.indices {
                    for (place, column) in columns.enumerated() {
                        inputs.append(column: (values[hop * width + column] - shift[place]) * scale[place])
                    }
                    for (place, table) in tables { inputs.append(hopIndex: table.index(values[hop * width + place])) }
                }
                inputs.endPath(hops: path.hops.count)
            }
            inputs.endRow(query: query)
        }
    }

    /// Mean and spread over the hops of some lists: columns of like size train faster.
    mutating func measure(_ lists: some Sequence<PlantedPathList>) {
        var sums = columns.map { _ in (sum: 0.0, squares: 0.0) }
        var hops = 0.0
        for list in lists {
            var inputs = PathInputs()
            append(list, to: &inputs)
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
            scale[place] = spread > 1e-3 ? Float(1 / spread) : 1
        }
    }
}

/// The shape of a path scorer: an S4D model over the hops of each path, a pool over the paths of each candidate.
///
/// P paths · R hops in all · rows = candidates.
package struct PathConfiguration: Sendable, Equatable {
    /// A learned vector per value of a column: whole numbers (relations, slots) say nothing as magnitudes.
    package struct Table: Sendable, Equatable {
        /// A hop column, or of the query a row column.
        package var column: String
        /// Vectors. Row 0 is that of every value which isn't one of the others.
        package var rows: Int
        /// The vector of value v is the one at v · scale, rounded.
        package var scale: Int
        package var width: Int

        package init(column: String, rows: Int, scale: Int = 1, width: Int) {
            self.column = column
            self.rows = rows
            self.scale = scale
            self.width = width
        }

        package func index(_ value: Float) -> Int32 {
            let place = (value * Float(scale)).rounded()
            return place >= 0 && place < Float(rows) ? Int32(place) : 0
        }
    }

    /// What a candidate without a path gets.
    package enum NoPath: String, Sendable, CaseIterable {
        /// Nothing: others decide.
        case abstain
        /// A learned score, which may depend on the query's tables.
        case learned
    }

    package enum Residual: String, Sendable, CaseIterable {
        case none
        /// A learned share of the heuristic's score is added.
        case heuristic
    }

    /// Three that suit a CPU (DESIGN §6).
    package enum Size: String, Sendable, CaseIterable {
        case tiny, small, medium

        package var shape: (channels: Int, stateSize: Int, layers: Int) {
            switch self {
            case .tiny: (32, 16, 2)
            case .small: (64, 32, 3)
            case .medium: (64, 64, 4)
            }
        }
    }

    /// `inputs` is what columns and tables add up to, `outputs` is 1.
    package let s4d: S4DConfiguration
    /// Hop columns taken as numbers.
    package let columns: [String]
    /// By hop columns.
    package let hopTables: [Table]
    /// By row columns: what is asked for. Their vectors stand beside every hop.
    package let queryTables: [Table]
    package let noPath: NoPath
    package let residual: Residual
    /// Another than S4D is for comparisons: no file holds it.
    package var trunk = PathTrunk.s4d

    package init(
        size: (channels: Int, stateSize: Int, layers: Int), columns: [String], hopTables: [Table] = [],
        queryTables: [Table] = [], noPath: NoPath = .abstain, residual: Residual = .none,
        readout: S4DConfiguration.Readout = .meanAndMax
    ) {
        let width = columns.count + hopTables.reduce(0) { $0 + $1.width } + queryTables.reduce(0) { $0 + $1.width }
        var s4d = S4DConfiguration(
            inputs: width, outputs: 1, channels: size.channels, stateSize: size.stateSize, layers: size.layers)
        s4d.readout = readout
        self.init(
            s4d, columns: columns, hopTables: hopTables, queryTables: queryTables, noPath: noPath, residual: residual)
    }

    init(
        _ s4d: S4DConfiguration, columns: [String], hopTables: [Table], queryTables: [Table], noPath: NoPath,
        residual: Residual
    ) {
        self.s4d = s4d
        self.columns = columns
        self.hopTables = hopTables
        self.queryTables = queryTables
        self.noPath = noPath
        self.residual = residual
    }

    var queryWidth: Int { queryTables.reduce(0) { $0 + $1.width } }
}

/// Where a path scorer's parameters lie: the trunk's first, under its own names.
package struct PathParameters: Sendable, Equatable {
    package let layout: ParameterLayout
    let trunk: Trunk
    /// [rows, width] each.
    let hopTables: [Range<Int>]
    let queryTables: [Range<Int>]
    /// Logit of the share of log-sum-exp against the best path.
    let mix: Range<Int>
    /// ln β of the log-sum-exp.
    let sharpness: Range<Int>
    /// Of a candidate without a path: a constant, and a weight per number of the query's vectors.
    let none: Range<Int>?
    let noneWeight: Range<Int>?
    /// The heuristic's share.
    let residual: Range<Int>?

    enum Trunk: Sendable, Equatable {
        case s4d(S4DParameters)
        case other(HopParameters)

        var layout: ParameterLayout {
            switch self {
            case .s4d(let parameters): parameters.layout
            case .other(let parameters): parameters.layout
            }
        }

        var encoder: S4DParameters.Affine {
            switch self {
            case .s4d(let parameters): parameters.encoder
            case .other(let parameters): parameters.encoder
            }
        }
    }

    package init(_ configuration: PathConfiguration) {
        trunk =
            configuration.trunk == .s4d
            ? .s4d(S4DParameters(configuration.s4d)) : .other(HopParameters(configuration.trunk, configuration.s4d))
        var layout = trunk.layout
        func table(_ kind: String, _ table: PathConfiguration.Table) -> Range<Int> {
            layout.range(adding: "tables.\(kind).\(table.column)", [table.rows, table.width])
        }
        hopTables = configuration.hopTables.map { table("hop", $0) }
        queryTables = configuration.queryTables.map { table("query", $0) }
        mix = layout.range(adding: "pool.mix", [1])
        sharpness = layout.range(adding: "pool.sharpness", [1])
        let learns = configuration.noPath == .learned
        none = learns ? layout.range(adding: "none.value", [1]) : nil
        noneWeight =
            learns && configuration.queryWidth > 0 ? layout.range(adding: "none.weight", [configuration.queryWidth], decays: true) : nil
        residual = configuration.residual == .heuristic ? layout.range(adding: "residual.weight", [1]) : nil
        self.layout = layout
    }

    /// What a new model starts with; the same for the same seed.
    package func initialValues(_ configuration: PathConfiguration, seed: UInt64) -> [Float] {
        var values =
            switch trunk {
            case .s4d(let parameters): parameters.initialValues(configuration.s4d, seed: seed)
            case .other(let parameters): parameters.initialValues(seed: seed, inputs: configuration.s4d.inputs)
            }
        values += [Float](repeating: 0, count: layout.count - values.count)
        var numbers = SplitMix64(seed: seed ^ 0x7AB1_E500)
        for range in hopTables + queryTables {
            for place in range { values[place] = Float(numbers.normal() * 0.5) }
        }
        if let none { values[none.lowerBound] = -2 }
        if let residual { values[residual.lowerBound] = 1 }
        return values
    }
}

import Glibc

/// A path scorer, ready to score and to be differentiated. Immutable: made anew when the parameters change.
///
/// Any number of threads may use it, each with its own `PathActivations`.
package final class PathModel: Sendable {
    package let configuration: PathConfiguration
    package let parameters: PathParameters
    package let values: [Float]
    let network: Network
    let pool: PathPool

    enum Network: Sendable {
        case s4d(S4DNetwork)
        case other(HopNetwork)
    }

    /// `values` are laid out as `PathParameters(configuration)` says.
    package init(_ configuration: PathConfiguration, values: [Float]) {
        let parameters = PathParameters(configuration)
        precondition(values.count == parameters.layout.count, "these values are another model's")
        self.configuration = configuration
        self.parameters = parameters
        self.values = values
        let own = Array(values.prefix(parameters.trunk.layout.count))
        network =
            switch parameters.trunk {
            case .s4d: .s4d(S4DNetwork(configuration.s4d, values: own))
            case .other(let parameters): .other(HopNetwork(parameters, configuration.s4d, values: own))
            }
        pool = PathPool(mix: values[parameters.mix.lowerBound], sharpness: values[parameters.sharpness.lowerBound])
    }

    /// Makes what depends on a path's length alone, so that no score has to.
    package func prepare(hops: Int) {
        if case .s4d(let network) = network { network.prepare(hops: hops) }
    }

    /// Scores into `activations.paths`, one per path, and `activations.rows`, one per row; NaN = the row abstains.
    package func score(_ inputs: PathInputs, with activations: PathActivations) {
        let paths = S4DPaths(lengths: inputs.lengths)
        activations.paths.withRoom(paths.count) { scores in
            let features = assemble(inputs, paths, activations)
            guard paths.count > 0 else { return }
            switch network {
            case .s4d(let network): network.score(paths, features: features, with: activations.s4d, into: scores)
            case .other(let network): network.forward(paths, features: features, keeping: activations.hops(parameters), into: scores)
            }
        }
        activations.rows.removeAll(keepingCapacity: true)
        for row in 0..<inputs.rowCount { activations.rows.append(rowScore(row, inputs, activations.paths)) }
    }

    /// How sure a score is: its share against the null candidate, whose score is always zero.
    package static func confidence(_ score: Float) -> Float { 1 / (1 + exp(-score)) }

    /// Columns and table rows side by side, [R, inputs].
    func assemble(_ inputs: PathInputs, _ paths: S4DPaths, _ activations: PathActivations) -> UnsafeMutablePointer<Float> {
        let width = configuration.s4d.inputs
        let features = activations.features.reserve(paths.rows * width)
        let columns = configuration.columns.count
        var place = features
        for row in 0..<inputs.rowCount {
            let own = inputs.rowOffsets[row]..<inputs.rowOffsets[row + 1]
            for hop in Int(paths.offsets[own.lowerBound])..<Int(paths.offsets[own.upperBound]) {
                for column in 0..<columns { place[column] = inputs.columns[hop * columns + column] }
                place += columns
                for (table, range) in parameters.hopTables.enumerated() {
                    let index = inputs.hopIndices[hop * parameters.hopTables.count + table]
                    place += copy(range, configuration.hopTables[table].width, index, to: place)
                }
                for (table, range) in parameters.queryTables.enumerated() {
                    let index = inputs.queryIndices[row * parameters.queryTables.count + table]
                    place += copy(range, configuration.queryTables[table].width, index, to: place)
                }
            }
        }
        return features
    }

    private func copy(_ range: Range<Int>, _ width: Int, _ index: Int32, to place: UnsafeMutablePointer<Float>) -> Int {
        let first = range.lowerBound + Int(index) * width
        for number in 0..<width { place[number] = values[first + number] }
        return width
    }

    func rowScore(_ row: Int, _ inputs: PathInputs, _ scores: [Float]) -> Float {
        let own = inputs.rowOffsets[row]..<inputs.rowOffsets[row + 1]
        let base = parameters.residual.map { values[$0.lowerBound] * inputs.heuristic[row] }
        if !own.isEmpty { return pool(scores[own]) + (base ?? 0) }
        guard let none = parameters.none else { return base ?? .nan }
        return values[none.lowerBound] + noneByQuery(row, inputs) + (base ?? 0)
    }

    private func noneByQuery(_ row: Int, _ inputs: PathInputs) -> Float {
        guard let weight = parameters.noneWeight else { return 0 }
        var sum: Float = 0
        forEachQueryNumber(row, inputs) { number, place in sum += values[weight.lowerBound + number] * values[place] }
        return sum
    }

    /// Numbers of the query's vectors and where they lie among the parameters.
    func forEachQueryNumber(_ row: Int, _ inputs: PathInputs, _ body: (_ number: Int, _ place: Int) -> Void) {
        var number = 0
        for (table, range) in parameters.queryTables.enumerated() {
            let width = configuration.queryTables[table].width
            let index = Int(inputs.queryIndices[row * parameters.queryTables.count + table])
            for offset in 0..<width { body(number + offset, range.lowerBound + index * width + offset) }
            number += width
        }
    }
}

/// The memory of one thread's calls.
package final class PathActivations {
    // Not Sendable on purpose: one thread's.
    let s4d: S4DActivations
    let features = GrowingFloats()
    let slopes = GrowingFloats()
    /// One per path.
    package internal(set) var paths: [Float] = []
    /// One per row; NaN = it abstains.
    package internal(set) var rows: [Float] = []
    var pathSlopes: [Float] = []
    private var otherHops: HopActivations?

    /// Of a comparison's model: made when one is used.
    func hops(_ parameters: PathParameters) -> HopActivations {
        if let otherHops { return otherHops }
        guard case .other(let place) = parameters.trunk else { preconditionFailure("S4D has activations of its own") }
        let made = HopActivations(place)
        otherHops = made
        return made
    }

    package init(_ configuration: PathConfiguration, forTraining: Bool = false) {
        s4d = S4DActivations(configuration.s4d, forTraining: forTraining)
    }
}

extension [Float] {
    /// Exactly `count` floats, written by `body`.
    mutating func withRoom(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
        if self.count > count { removeSubrange(count...) }
        while self.count < count { append(0) }
        withUnsafeMutableBufferPointer { if let start = $0.baseAddress { body(start) } }
    }
}

extension PathModel {
    /// The same model over columns as they come, where this one was trained on (x − shift) · scale: both are folded into
    /// the encoder.
    package func reading(shift: [Float], scale: [Float]) -> PathModel {
        precondition(shift.count == configuration.columns.count && scale.count == shift.count, "one per column")
        let width = configuration.s4d.inputs
        let encoder = parameters.trunk.encoder
        var values = values
        for channel in 0..<encoder.bias.count {
            var sum: Double = 0
            for column in shift.indices {
                let place = encoder.weight.lowerBound + channel * width + column
                values[place] *= scale[column]
                sum += Double(values[place]) * Double(shift[column])
            }
            values[encoder.bias.lowerBound + channel] -= Float(sum)
        }
        return PathModel(configuration, values: values)
    }
}

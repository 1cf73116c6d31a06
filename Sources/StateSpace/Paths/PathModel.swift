import Glibc

/// A path scorer, ready to score and to be differentiated. Immutable: made anew when the parameters change.
///
/// Any number of threads may use it, each with its own `PathActivations`.
package final class PathModel: Sendable {
    package let configuration: PathConfiguration
    package let parameters: PathParameters
    package let values: [Float]
    package let network: S4DNetwork
    let pool: PathPool

    /// `values` are laid out as `PathParameters(configuration)` says.
    package init(_ configuration: PathConfiguration, values: [Float]) {
        let parameters = PathParameters(configuration)
        precondition(values.count == parameters.layout.count, "these values are another model's")
        self.configuration = configuration
        self.parameters = parameters
        self.values = values
        network = S4DNetwork(configuration.s4d, values: Array(values.prefix(parameters.s4d.layout.count)))
        pool = PathPool(mix: values[parameters.mix.lowerBound], sharpness: values[parameters.sharpness.lowerBound])
    }

    /// Scores into `activations.paths`, one per path, and `activations.rows`, one per row; NaN = the row abstains.
    package func score(_ inputs: PathInputs, with activations: PathActivations) {
        let paths = S4DPaths(lengths: inputs.lengths)
        activations.paths.withRoom(paths.count) { scores in
            let features = assemble(inputs, paths, activations)
            if paths.count > 0 { network.score(paths, features: features, with: activations.s4d, into: scores) }
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
    package fileprivate(set) var paths: [Float] = []
    /// One per row; NaN = it abstains.
    package fileprivate(set) var rows: [Float] = []
    var pathSlopes: [Float] = []

    package init(_ configuration: PathConfiguration, forTraining: Bool = false) {
        s4d = S4DActivations(configuration.s4d, forTraining: forTraining)
    }
}

extension [Float] {
    /// Exactly `count` floats, written by `body`.
    fileprivate mutating func withRoom(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
        if self.count > count { removeSubrange(count...) }
        while self.count < count { append(0) }
        withUnsafeMutableBufferPointer { if let start = $0.baseAddress { body(start) } }
    }
}

extension PathModel {
    /// Forward pass that keeps what `backward` needs.
    package func forward(_ inputs: PathInputs, keeping activations: PathActivations) {
        let paths = S4DPaths(lengths: inputs.lengths)
        activations.paths.withRoom(paths.count) { scores in
            let features = assemble(inputs, paths, activations)
            if paths.count > 0 {
                network.forward(paths, features: features, keeping: activations.s4d, into: scores)
            }
        }
        activations.rows.removeAll(keepingCapacity: true)
        for row in 0..<inputs.rowCount { activations.rows.append(rowScore(row, inputs, activations.paths)) }
    }

    /// Backward pass of the last `forward` with the same inputs: `slopes` is the gradient by every row's score;
    /// `gradients`, laid out as the parameters, are added to. Sums run in a fixed order.
    package func backward(
        _ inputs: PathInputs, kept activations: PathActivations, slopes: [Float],
        gradients: UnsafeMutablePointer<Float>
    ) {
        let paths = S4DPaths(lengths: inputs.lengths)
        poolBackward(inputs, activations, slopes, gradients)
        guard paths.count > 0 else { return }
        let dFeatures = activations.slopes.reserve(paths.rows * configuration.s4d.inputs)
        network.backward(
            paths, features: activations.features.start, kept: activations.s4d, dOutputs: activations.pathSlopes,
            gradients: gradients, dFeatures: dFeatures)
        tableBackward(inputs, paths, dFeatures, gradients)
    }

    private func poolBackward(
        _ inputs: PathInputs, _ activations: PathActivations, _ slopes: [Float],
        _ gradients: UnsafeMutablePointer<Float>
    ) {
        var sum = PathPool.Gradient()
        activations.pathSlopes.withRoom(inputs.pathCount) { _ in }
        for row in 0..<inputs.rowCount {
            let slope = slopes[row]
            if let residual = parameters.residual { gradients[residual.lowerBound] += slope * inputs.heuristic[row] }
            let own = inputs.rowOffsets[row]..<inputs.rowOffsets[row + 1]
            if !own.isEmpty {
                pool.backward(activations.paths[own], slope: slope, into: &activations.pathSlopes, &sum)
            } else if let none = parameters.none {
                gradients[none.lowerBound] += slope
                guard let weight = parameters.noneWeight else { continue }
                forEachQueryNumber(row, inputs) { number, place in
                    gradients[weight.lowerBound + number] += slope * values[place]
                    gradients[place] += slope * values[weight.lowerBound + number]
                }
            }
        }
        gradients[parameters.mix.lowerBound] += sum.mix
        gradients[parameters.sharpness.lowerBound] += sum.sharpness
    }

    private func tableBackward(
        _ inputs: PathInputs, _ paths: S4DPaths, _ dFeatures: UnsafeMutablePointer<Float>,
        _ gradients: UnsafeMutablePointer<Float>
    ) {
        let width = configuration.s4d.inputs
        let columns = configuration.columns.count
        for row in 0..<inputs.rowCount {
            let own = inputs.rowOffsets[row]..<inputs.rowOffsets[row + 1]
            for hop in Int(paths.offsets[own.lowerBound])..<Int(paths.offsets[own.upperBound]) {
                var slope = dFeatures + hop * width + columns
                func add(_ range: Range<Int>, _ width: Int, _ index: Int32) {
                    let first = gradients + range.lowerBound + Int(index) * width
                    for number in 0..<width { first[number] += slope[number] }
                    slope += width
                }
                for (table, range) in parameters.hopTables.enumerated() {
                    let index = inputs.hopIndices[hop * parameters.hopTables.count + table]
                    add(range, configuration.hopTables[table].width, index)
                }
                for (table, range) in parameters.queryTables.enumerated() {
                    let index = inputs.queryIndices[row * parameters.queryTables.count + table]
                    add(range, configuration.queryTables[table].width, index)
                }
            }
        }
    }
}

extension PathModel {
    /// The same model over columns as they come, where this one was trained on (x − shift) · scale: both are folded into
    /// the encoder.
    package func reading(shift: [Float], scale: [Float]) -> PathModel {
        precondition(shift.count == configuration.columns.count && scale.count == shift.count, "one per column")
        let width = configuration.s4d.inputs
        let encoder = parameters.s4d.encoder
        var values = values
        for channel in 0..<configuration.s4d.channels {
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

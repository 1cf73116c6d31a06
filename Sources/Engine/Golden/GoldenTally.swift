import StateSpace

/// How far one run of ours is from the recorded tensors.
package struct GoldenTally: Sendable {
    package struct Comparison: Sendable {
        package var tensor: String
        /// max|difference| / max|reference|; for a training run's losses and parameters max|difference|.
        package var error: Double
        package var limit: Double
        package var isGradient: Bool

        package init(tensor: String, error: Double, limit: Double, isGradient: Bool) {
            self.tensor = tensor
            self.error = error
            self.limit = limit
            self.isGradient = isGradient
        }

        package var isWithin: Bool { error <= limit }
    }

    enum Measure {
        /// To the tensor's largest value (ssm-math §11: elementwise would divide by entries near zero).
        case relative
        case absolute
    }

    /// Limits of golden/README.md for a tensor that names no other.
    var outputLimit = 1e-5
    var gradientLimit = 1e-4

    package private(set) var comparisons: [Comparison] = []

    /// The tensor nearest to its limit, or farthest beyond.
    package func worst(gradients: Bool) -> Comparison? {
        comparisons.filter { $0.isGradient == gradients }.max { $0.error / $0.limit < $1.error / $1.limit }
    }

    /// Compares a tensor of the file, in its own layout, with ours.
    mutating func compare(
        _ tensor: String, of file: GoldenFile, with ours: [Float], _ measure: Measure = .relative,
        limit: Double? = nil
    ) throws {
        guard !file.isTemplate else {
            file.keep(tensor, ours)
            return
        }
        let theirs = try file.floats(tensor)
        guard theirs.count == ours.count else {
            throw file.failure("\(tensor) has \(theirs.count) values, ours \(ours.count)")
        }
        let isGradient = tensor.hasPrefix("grad.") || tensor.contains(".grad.")
        comparisons.append(
            Comparison(
                tensor: tensor, error: Self.error(ours, theirs, measure),
                limit: limit ?? (isGradient ? gradientLimit : outputLimit), isGradient: isGradient))
    }

    /// Those of ours that the file recorded.
    mutating func compare(_ results: GoldenResults, of file: GoldenFile) throws {
        if file.isTemplate { for (name, values) in results.tensors { file.keep(name, values) } }
        for (name, values) in results.tensors.sorted(by: { $0.key < $1.key }) where file.has(name) {
            // Angles are the same modulo 2π.
            guard results.angles.contains(name) else {
                try compare(name, of: file, with: values)
                continue
            }
            let theirs = try file.floats(name)
            try compare(name, of: file, with: zip(values, theirs).map { nearest($0, to: $1) })
        }
    }

    /// Every parameter's gradient.
    mutating func compareGradients(_ gradients: [Float], _ layout: ParameterLayout, of file: GoldenFile)
        throws
    {
        for entry in layout.entries {
            try compare("grad.w." + entry.name, of: file, with: Array(gradients[entry.range]))
        }
    }

    /// The floor is for tensors that are zero as a whole.
    static func error(_ ours: [Float], _ theirs: [Float], _ measure: Measure = .relative) -> Double {
        var largest = 1e-6
        var difference = 0.0
        for (our, their) in zip(ours, theirs) {
            let gap = abs(Double(our) - Double(their))
            // NaN compares false with everything and would pass as zero.
            guard gap.isFinite else { return .infinity }
            difference = max(difference, gap)
            largest = max(largest, abs(Double(their)))
        }
        return measure == .absolute ? difference : difference / largest
    }
}

/// Our tensors under the file's names, gathered batch row by batch row.
struct GoldenResults {
    private(set) var tensors: [String: [Float]] = [:]
    /// Those that count modulo 2π.
    var angles: Set<String> = []

    /// The next batch row.
    mutating func append(_ name: String, _ values: some Sequence<Float>) {
        tensors[name, default: []] += values
    }

    /// A sum over batch rows.
    mutating func add(_ name: String, _ values: [Float]) {
        guard let sum = tensors[name] else {
            tensors[name] = values
            return
        }
        tensors[name] = zip(sum, values).map(+)
    }
}

private func nearest(_ angle: Float, to expected: Float) -> Float {
    let turns = ((Double(expected) - Double(angle)) / (2 * Double.pi)).rounded()
    return Float(Double(angle) + turns * 2 * Double.pi)
}

import StateSpace

/// How far one run of ours is from the recorded tensors.
package struct GoldenTally: Sendable {
    package struct Comparison: Sendable {
        package var tensor: String
        /// max|difference| / max|reference|.
        package var error: Double
        package var isGradient: Bool

        package init(tensor: String, error: Double, isGradient: Bool) {
            self.tensor = tensor
            self.error = error
            self.isGradient = isGradient
        }
    }

    package private(set) var comparisons: [Comparison] = []

    package func worst(gradients: Bool) -> Comparison? {
        comparisons.filter { $0.isGradient == gradients }.max { $0.error < $1.error }
    }

    /// Compares a tensor of the file, in its own layout, with ours.
    mutating func compare(_ tensor: String, of file: GoldenFile, with ours: [Float]) throws {
        let theirs = try file.floats(tensor)
        guard theirs.count == ours.count else {
            throw EngineError(
                .invalidInput, "\(file.name): \(tensor) has \(theirs.count) values, ours \(ours.count)")
        }
        comparisons.append(
            Comparison(tensor: tensor, error: Self.error(ours, theirs), isGradient: tensor.hasPrefix("grad."))
        )
    }

    /// Every parameter's gradient.
    mutating func compareGradients(_ gradients: [Float], _ layout: ParameterLayout, of file: GoldenFile)
        throws
    {
        for entry in layout.entries {
            try compare("grad.w." + entry.name, of: file, with: Array(gradients[entry.range]))
        }
    }

    /// Relative to the tensor's largest value (ssm-math §11: elementwise would divide by entries near zero). The floor
    /// is for tensors that are zero as a whole.
    static func error(_ ours: [Float], _ theirs: [Float]) -> Double {
        var largest = 1e-6
        var difference = 0.0
        for (our, their) in zip(ours, theirs) {
            let gap = abs(Double(our) - Double(their))
            // NaN compares false with everything and would pass as zero.
            guard gap.isFinite else { return .infinity }
            difference = max(difference, gap)
            largest = max(largest, abs(Double(their)))
        }
        return difference / largest
    }
}

import StateSpace

/// The same numbers by two ways, on every dispatch level: whole sequence and single steps, convolution and recurrence,
/// adapters beside the weights and merged into them.
package struct EquivalenceEvaluation: Sendable {
    package struct Row: Sendable {
        /// For example "mamba d64 L4 N16".
        package var model: String
        package var check: String
        /// Steps of the sequence.
        package var length: Int
        package var level: String
        /// max|difference| / max|value|.
        package var error: Double
        package var limit: Double

        package init(
            model: String, check: String, length: Int, level: String, error: Double, limit: Double
        ) {
            self.model = model
            self.check = check
            self.length = length
            self.level = level
            self.error = error
            self.limit = limit
        }

        package var isWithin: Bool { error <= limit }
    }

    /// D of the Mamba models and H of S4D.
    package var width = 64
    package var layers = 4
    /// N.
    package var state = 16
    /// Steps of the Mamba models' sequences.
    package var length = 256
    /// Steps of the paths.
    package var pathLengths = [6, 33, 256, 1024, 4096]
    package var seed: UInt64 = 1

    package init() {}

    /// Switches the whole process between levels; the one in use before is in use after.
    package func run() -> [Row] {
        let before = DispatchLevel.current
        defer { before.use() }
        var rows: [Row] = []
        for level in DispatchLevel.all {
            level.use()
            rows += mamba(level) + adapters(level)
            for isMultiInput in [false, true] { rows += mamba3(level, isMultiInput: isMultiInput) }
            for hops in pathLengths { rows += paths(level, hops: hops) }
        }
        return rows
    }

    func row(
        _ model: String, _ check: String, _ length: Int, _ level: DispatchLevel, _ values: [Float],
        _ reference: [Float], limit: Double
    ) -> Row {
        Row(
            model: model, check: check, length: length, level: level.name,
            error: GoldenTally.error(values, reference), limit: limit)
    }

    func noise(_ count: Int, seed offset: UInt64) -> [Float] {
        var random = StateSpace.SplitMix64(seed: seed &+ offset)
        return (0..<count).map { _ in Float(random.normal()) }
    }

    /// f32 against f32, ssm-math §11.
    static let scanLimit = 2e-6
    static let mergedLimit = 5e-6
    static func convolutionLimit(length: Int) -> Double { length <= 64 ? 5e-6 : 2e-5 }
}

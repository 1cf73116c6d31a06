/// One column: its identity, what it means, and the function that computes it. The one place for all of it.
package struct ColumnDefinition: Sendable {
    /// Without version: `memory.log_age_days`.
    package let name: String
    /// A changed formula is a new version; both are served while asked for.
    package let version: Int
    package let formula: String
    package let unit: String
    package let range: String
    /// What stands in every row when the column isn't present, and in a row that lacks the value.
    package let absent: Float
    /// Where the definition comes from.
    package let source: String
    /// One finite value per row.
    package let values: @Sendable (PoolFeatures) -> [Float]
    /// Whether this request can know the column at all: the ABI's `column_present` byte.
    package let isPresent: @Sendable (PoolFeatures) -> Bool

    /// `memory.log_age_days@1`
    package var identity: String { "\(name)@\(version)" }

    init(
        _ name: String, version: Int = 1, _ formula: String, unit: String = "", range: String,
        absent: Float = 0, source: String = "retrieval.md §6",
        isPresent: @escaping @Sendable (PoolFeatures) -> Bool = { _ in true },
        values: @escaping @Sendable (PoolFeatures) -> [Float]
    ) {
        self.name = name
        self.version = version
        self.formula = formula
        self.unit = unit
        self.range = range
        self.absent = absent
        self.source = source
        self.values = values
        self.isPresent = isPresent
    }
}

extension PoolFeatures {
    /// One value per row, from the row alone.
    func each(_ value: (PoolRow) -> Float) -> [Float] { rows.map(value) }

    /// One value for the whole request, repeated.
    func constant(_ value: Float) -> [Float] { [Float](repeating: value, count: rows.count) }
}

extension Bool {
    /// 1 or 0.
    var asFloat: Float { self ? 1 : 0 }
}

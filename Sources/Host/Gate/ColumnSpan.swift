/// What a column's values may be, and what stands where there is nothing to say.
package struct ColumnSpan: Sendable, Equatable {
    package var least: Float
    package var most: Float
    /// Flags and counts.
    package var isWhole: Bool
    package var absent: Float

    package init(least: Float, most: Float, isWhole: Bool = false, absent: Float = 0) {
        self.least = least
        self.most = most
        self.isWhole = isWhole
        self.absent = absent
    }

    /// Of a column that nobody has described.
    package static let standard = ColumnSpan(least: 0, most: 1)

    /// The value that lies the share 0…1 of the way.
    package func at(_ share: Float) -> Float {
        let value = least + (most - least) * share
        return isWhole ? value.rounded() : value
    }
}

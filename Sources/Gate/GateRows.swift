import Glibc

/// What the scorers said of one request's rows, as the gate sees it. R rows, S scorers, C columns.
///
/// Made alike for serving and for training: there is one truth about robust z, logits and clipping.
package struct GateRows: Sendable {
    package let count: Int
    private let shape: GateShape
    /// [R, S] robust z over the rows that the scorer is OK for, bent where it is large.
    private(set) var z: [Float]
    /// [R, S] the head's own logit, clipped; 0 where it ranks only.
    private(set) var logits: [Float]
    /// [R] one bit per scorer that is OK for the row.
    private(set) var present: [UInt32]
    /// [R, C] normalised and clipped; 0 where unknown.
    private(set) var features: [Float]

    /// From there z grows by its logarithm only: one wild value must not decide alone, and yet no two become equal. A list
    /// in which few rows fit the question has many such values.
    package static let linearZ: Float = 8
    static let largestLogit: Float = 20
    static let largestFeature: Float = 4

    package init(_ shape: GateShape, count: Int) {
        self.shape = shape
        self.count = count
        z = [Float](repeating: 0, count: count * shape.scorers.count)
        logits = z
        present = [UInt32](repeating: 0, count: count)
        features = [Float](repeating: 0, count: count * shape.columns.count)
    }

    /// Scorers that are OK for at least one row, one bit each.
    package var answered: UInt32 { present.reduce(0, |) }

    /// - Parameters:
    ///   - values: [R] as the scorer gave them; not finite = it isn't OK for the row.
    package mutating func set(scorer: Int, _ values: UnsafeBufferPointer<Float>) {
        precondition(values.count == count, "one value per row")
        let (scorers, scale) = (shape.scorers.count, shape.scorers[scorer].scale)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * count) { scratch in
            var good = 0
            for row in 0..<count where values[row].isFinite {
                scratch[good] = Double(values[row])
                good += 1
            }
            let scaled = UnsafeMutableBufferPointer(rebasing: scratch[..<good])
            RobustScale.scale(scaled, scratch: UnsafeMutableBufferPointer(rebasing: scratch[good..<2 * good]))
            good = 0
            for row in 0..<count where values[row].isFinite {
                let place = row * scorers + scorer
                z[place] = Self.bend(Float(scaled[good]))
                logits[place] = Self.logit(values[row], scale)
                present[row] |= 1 << UInt32(scorer)
                good += 1
            }
        }
    }

    package mutating func set(scorer: Int, _ values: [Float]) {
        values.withUnsafeBufferPointer { set(scorer: scorer, $0) }
    }

    /// - Parameters:
    ///   - values: [R, C] in the shape's order, as they are; not finite = unknown.
    ///   - known: [C], 0 = this request can't know the column; nil = all are known.
    package mutating func set(columns values: [Float], known: [UInt8]? = nil) {
        let columns = shape.columns
        precondition(values.count == count * columns.count, "one value per row and column")
        for (index, column) in columns.enumerated() where known?[index] != 0 {
            for row in 0..<count {
                let place = row * columns.count + index
                let value = (values[place] - column.mean) / column.scale
                features[place] = value.isFinite ? Self.clip(value, Self.largestFeature) : 0
            }
        }
    }

    private static func logit(_ value: Float, _ scale: GateShape.Scale) -> Float {
        switch scale {
        case .rankOnly: return 0
        case .logit: return clip(value, largestLogit)
        case .probability:
            let share = min(max(value, 1e-7), 1 - 1e-7)
            return clip(log(share / (1 - share)), largestLogit)
        }
    }

    private static func bend(_ z: Float) -> Float {
        guard abs(z) > linearZ else { return z }
        let bent = linearZ + log(1 + abs(z) - linearZ)
        return z < 0 ? -bent : bent
    }

    private static func clip(_ value: Float, _ most: Float) -> Float { min(max(value, -most), most) }
}

import PluginABI

/// Embeddings, one per row, in the type in which the host keeps them: float32 or float16.
@frozen public struct Vectors: ~Escapable {
    @usableFromInline let base: UnsafeRawPointer?
    @usableFromInline let stride: Int
    @usableFromInline let isHalf: Bool
    public let count: Int
    public let dimension: Int

    @_lifetime(immortal)
    @usableFromInline
    init(_ array: mneme_array) {
        base = UnsafeRawPointer(array.data)
        stride = Int(array.stride)
        isHalf = Int(array.type) == MNEME_F16
        count = base == nil ? 0 : Int(array.rows)
        dimension = base == nil ? 0 : Int(array.cols)
    }

    /// The host sent none.
    @inlinable public var isAbsent: Bool { base == nil }

    @inlinable public subscript(row: Int, component: Int) -> Float {
        precondition(
            row >= 0 && row < count && component >= 0 && component < dimension, "outside the vectors")
        // Unsafe: bounds checked above; `base` is null only where `count` is zero.
        let start = base.unsafelyUnwrapped + row * stride
        return isHalf
            ? Float(start.assumingMemoryBound(to: Float16.self)[component])
            : start.assumingMemoryBound(to: Float.self)[component]
    }

    /// The inner product of a row with `other`, summed in float32.
    @inlinable public func dot(_ row: Int, _ other: Span<Float>) -> Float {
        precondition(other.count == dimension, "vectors of different dimension")
        var sum: Float = 0
        for component in 0..<dimension { sum += self[row, component] * other[component] }
        return sum
    }
}

extension mneme_array {
    func checkVectors(_ name: StaticString, rows: Int) throws(ScorerError) {
        let type = Int(type) == MNEME_F16 ? MNEME_F16 : MNEME_F32
        try check(Expected(name: name, type: type, rows: rows))
    }
}

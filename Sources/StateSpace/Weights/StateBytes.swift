/// Exported states: little-endian float32. They come from stores and strangers, so nothing is taken over unseen.
enum StateBytes {
    /// What a step multiplies with others of its kind (Δ, u, B and C come of one projected value): normed inputs lead to
    /// some hundreds, and the fourth power of this bound still has a finite square.
    static let projected: Float = 1e4
    /// What is only summed and multiplied by projected values.
    static let accumulated: Float = 1e10
    /// Angles are kept within ±π.
    static let angle: Float = 3.2

    /// Refused and untouched where the count differs, or a number is none or beyond its `limit`, given per index.
    static func restore(
        _ bytes: UnsafeRawBufferPointer, to values: FloatBuffer, limit: (Int) -> Float
    ) throws(StateError) {
        let count = values.count * 4
        guard bytes.count == count else { throw .wrongSize(expected: count, found: bytes.count) }
        for index in 0..<values.count {
            let value = bytes.loadUnaligned(fromByteOffset: index * 4, as: Float.self)
            guard value.isFinite else { throw .notFinite(index: index) }
            guard abs(value) <= limit(index) else { throw .tooLarge(index: index) }
        }
        UnsafeMutableRawBufferPointer(start: values.start, count: count).copyMemory(from: bytes)
    }
}

/// Why an exported state isn't taken over.
package enum StateError: Error, Equatable {
    case wrongSize(expected: Int, found: Int)
    case notFinite(index: Int)
    /// No input leads there, and later steps could overflow into NaN.
    case tooLarge(index: Int)
}

/// Scratch floats that grow and never shrink: after the largest call there is no allocation.
///
/// Belongs to one thread; what is in it after `reserve` is undefined.
final class GrowingFloats {
    private(set) var start: UnsafeMutablePointer<Float>
    private(set) var capacity: Int

    init(_ count: Int = 0) {
        capacity = count
        start = Self.allocate(count)
    }

    deinit { start.deallocate() }

    /// Cache lines, so that no vector straddles two.
    private static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: max(count, 16) * MemoryLayout<Float>.stride, alignment: 64)
        return raw.bindMemory(to: Float.self, capacity: max(count, 16))
    }

    @discardableResult
    func reserve(_ count: Int) -> UnsafeMutablePointer<Float> {
        if count > capacity {
            start.deallocate()
            start = Self.allocate(count)
            capacity = count
        }
        return start
    }

    func zeros(_ count: Int) -> UnsafeMutablePointer<Float> {
        reserve(count).update(repeating: 0, count: count)
        return start
    }
}

/// Floats of a fixed count at a fixed address, aligned for the widest vectors, zero at first.
///
/// Not Sendable on purpose: who shares one says why that is right.
package final class FloatBuffer {
    /// Valid while the buffer lives: keep the buffer in a variable, a temporary is gone before the pointer is used.
    package let start: MutableFloats
    package let count: Int

    package init(_ count: Int) {
        self.count = count
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
        start = bytes.bindMemory(to: Float.self, capacity: max(count, 1))
        start.initialize(repeating: 0, count: max(count, 1))
    }

    package convenience init(_ values: some Collection<Float>) {
        self.init(values.count)
        for (index, value) in values.enumerated() { start[index] = value }
    }

    deinit { UnsafeMutableRawPointer(start).deallocate() }

    package var array: [Float] { Array(UnsafeBufferPointer(start: start, count: count)) }

    package func clear() { start.update(repeating: 0, count: count) }
}

@available(*, unavailable)
extension FloatBuffer: Sendable {}

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

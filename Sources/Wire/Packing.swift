import Glibc
import PluginABI

/// Which bytes of a crossing struct are array descriptors: all of its tail.
package struct PackedKind: Sendable {
    package let size: Int
    package let arraysAt: Int
    /// The only pointer before them.
    fileprivate var cancelAt: Int?

    // Force unwraps: stored fields of imported C structs have offsets.
    package static let batch = PackedKind(
        size: MemoryLayout<mneme_batch>.size,
        arraysAt: MemoryLayout<mneme_batch>.offset(of: \.column_present)!,
        cancelAt: MemoryLayout<mneme_batch>.offset(of: \.cancel)!)
    package static let events = PackedKind(
        size: MemoryLayout<mneme_events>.size, arraysAt: MemoryLayout<mneme_events>.offset(of: \.times_ms)!)
    package static let outcomes = PackedKind(
        size: MemoryLayout<mneme_outcomes>.size, arraysAt: MemoryLayout<mneme_outcomes>.offset(of: \.row_ids)!
    )

    package var arrayCount: Int { (size - arraysAt) / MemoryLayout<mneme_array>.stride }
}

/// Structs with everything they point to, in one run of memory: what crosses a process, and what a record holds.
///
/// A packed array's `data` is an offset from the start of the region.
package enum Packing {
    /// Crossing structs live in zeroed slots of this size, so that a longer struct of a newer build finds zeros.
    package static let slotBytes = 1024
    private static let alignment = 64

    /// Copies the struct and its arrays into the region from `offset` on.
    ///
    /// - Returns: where it ends, or nil if the region is too small.
    package static func pack(
        _ source: UnsafeRawPointer, _ kind: PackedKind, into base: UnsafeMutableRawPointer, at offset: Int,
        limit: Int
    ) -> Int? {
        guard limit >= slotBytes, offset <= limit - slotBytes else { return nil }
        let copy = base + offset
        memset(copy, 0, slotBytes)
        memcpy(copy, source, kind.size)
        // Our addresses are none of the worker's business; it has a cancel word of its own.
        if let place = kind.cancelAt { (copy + place).storeBytes(of: 0, as: UInt.self) }
        var end = offset + slotBytes
        for index in 0..<kind.arrayCount {
            let place = kind.arraysAt + index * MemoryLayout<mneme_array>.stride
            let array = (source + place).load(as: mneme_array.self)
            guard let data = array.data, array.bytes > 0 else { continue }
            let start = (end + alignment - 1) & ~(alignment - 1)
            guard array.bytes <= UInt64(limit), start + Int(array.bytes) <= limit else { return nil }
            memcpy(base + start, data, Int(array.bytes))
            var packed = array
            packed.data = UnsafeMutableRawPointer(bitPattern: start)
            (copy + place).storeBytes(of: packed, as: mneme_array.self)
            end = start + Int(array.bytes)
        }
        return end
    }

    /// Makes a usable struct in `slot` (zeroed beyond the struct) whose arrays point into the region.
    ///
    /// - Returns: false if an array leaves the region or is smaller than its shape.
    package static func unpack(
        _ base: UnsafeMutableRawPointer, at offset: Int, byteCount: Int, _ kind: PackedKind,
        into slot: UnsafeMutableRawPointer
    ) -> Bool {
        // Written so that no sum overflows: the offset is the other side's word.
        guard offset >= 0, byteCount >= slotBytes, offset <= byteCount - slotBytes else { return false }
        memcpy(slot, base + offset, kind.size)
        for index in 0..<kind.arrayCount {
            let place = kind.arraysAt + index * MemoryLayout<mneme_array>.stride
            var array = (slot + place).load(as: mneme_array.self)
            guard let data = array.data else { continue }
            let start = UInt64(UInt(bitPattern: data))
            guard array.bytes <= UInt64(byteCount), start <= UInt64(byteCount) - array.bytes,
                fits(array, at: start)
            else {
                return false
            }
            array.data = base + Int(start)
            (slot + place).storeBytes(of: array, as: mneme_array.self)
        }
        return true
    }

    /// The last element ends inside `bytes`, and every element is aligned for its type.
    private static func fits(_ array: mneme_array, at start: UInt64) -> Bool {
        guard let size = elementBytes(array.type) else { return false }
        if array.rows == 0 || array.cols == 0 { return true }
        let (before, tooFar) = UInt64(array.rows - 1).multipliedReportingOverflow(by: UInt64(array.stride))
        let line = UInt64(array.cols) * size
        guard !tooFar, line <= array.bytes, before <= array.bytes - line else { return false }
        return start % size == 0 && (array.rows == 1 || UInt64(array.stride) % size == 0)
    }

    private static func elementBytes(_ type: UInt32) -> UInt64? {
        switch Int(type) {
        case Int(MNEME_U8): 1
        case Int(MNEME_F16): 2
        case Int(MNEME_F32), Int(MNEME_U32): 4
        case Int(MNEME_U64), Int(MNEME_I64): 8
        default: nil
        }
    }
}

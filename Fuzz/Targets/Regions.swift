import Glibc
import Platform
import Wire

/// Shared memory for the lane's targets, mapped once.
enum Regions {
    /// nil where the machine has none.
    static let worker: SharedRegion? = try? SharedRegion(
        name: "fuzz", byteCount: Int(MNEME_LANE_PAGE) + 16384, isReadOnlyForOthers: false)

    static func copy(_ bytes: Slice<UnsafeRawBufferPointer>, to target: UnsafeMutableRawPointer) {
        let whole = UnsafeRawBufferPointer(rebasing: bytes)
        if let start = whole.baseAddress { memcpy(target, start, whole.count) }
    }

    /// Opaque to the optimiser, so that what was read stays read.
    @inline(never)
    @_optimize(none)
    static func keep(_ value: UInt8) {}
}

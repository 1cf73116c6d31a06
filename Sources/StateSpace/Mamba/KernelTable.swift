import Kernels

/// The arithmetic of one dispatch level. Models take it as a value, so that a test runs the same model on every level.
package struct KernelTable: @unchecked Sendable {
    // @unchecked Sendable: points to a constant of the Kernels room, which nobody writes.
    let call: UnsafePointer<mneme_kernels_t>

    /// The highest level that this CPU has.
    package static let best = KernelTable(call: mneme_kernels_best())
    /// Plain loops in double: the reference.
    package static let plain = KernelTable(call: mneme_kernels_plain())
    /// Every level of this CPU, lowest first.
    package static let levels: [KernelTable] = [MNEME_BASELINE, MNEME_V3, MNEME_V4].compactMap { level in
        mneme_kernels_at(level).map(KernelTable.init(call:))
    }

    package var name: String { String(cString: call.pointee.name) }
    /// For tests of the kernels themselves and for trainers.
    package var functions: mneme_kernels_t { call.pointee }
}

package typealias Floats = UnsafePointer<Float>
package typealias MutableFloats = UnsafeMutablePointer<Float>

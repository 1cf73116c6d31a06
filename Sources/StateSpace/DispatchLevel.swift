import Kernels

/// The instructions that the kernels use: one of this processor's levels.
package struct DispatchLevel: Sendable, Equatable {
    private let number: Int32

    /// For example "x86-64-v4" or "baseline".
    package var name: String { String(cString: mneme_level_name(number)) }

    package static var current: DispatchLevel { DispatchLevel(number: mneme_level()) }

    /// What this processor can run, the highest first.
    package static var all: [DispatchLevel] {
        (0...mneme_level_best()).reversed().map { DispatchLevel(number: $0) }
    }

    /// The table of these instructions, for what takes its kernels as a value.
    package var kernels: KernelTable {
        // Never null: `all` holds what this processor runs; both number the levels alike (a test compares the names).
        mneme_kernels_at(mneme_level_t(rawValue: UInt32(number))).map(KernelTable.init(call:)) ?? .plain
    }

    /// Switches the whole process. For tests and parity runs: results differ in the last bits between levels.
    package func use() { _ = mneme_level_use(number) }
}

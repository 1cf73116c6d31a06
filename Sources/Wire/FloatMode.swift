import Platform

/// Rounding and denormal handling of the calling thread. A library linked with -ffast-math changes them for
/// whoever loads it, and golden values break from afar.
package enum FloatMode {
    // Computed: constants in C, and a stored static would be looked up once per call.
    private static var control: UInt32 { platform_float_control_bits() }
    private static var standard: UInt32 { platform_float_standard() }

    /// Sets the standard mode if another one is set.
    @inline(__always)
    package static func enter() {
        if platform_float_mode() & control != standard & control { platform_set_float_mode(standard) }
    }

    /// True if the mode was changed since `enter`; it is restored.
    @inline(__always)
    package static func leave() -> Bool {
        guard platform_float_mode() & control != standard & control else { return false }
        platform_set_float_mode(standard)
        return true
    }
}

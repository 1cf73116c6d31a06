import CFFI
import Wire

/// One C function with its description, and a slot of 8 bytes per argument.
final class ForeignCall {
    // Not Sendable on purpose: slots are filled and the call is made on the worker's one thread. Nothing here is
    // freed: it lives as long as the process.
    let function: UnsafeMutableRawPointer
    /// What the function gets as its n-th argument.
    let slots: UnsafeMutablePointer<UInt64>
    private let cif: UnsafeMutablePointer<ffi_cif>
    private let places: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    /// 8 bytes: libffi widens results narrower than a word.
    private let result: UnsafeMutablePointer<UInt64>

    /// nil: libffi can't describe it.
    init?(_ function: UnsafeMutableRawPointer, _ order: ForeignOrder) {
        self.function = function
        let count = order.arguments.count
        slots = .allocate(capacity: max(count, 1))
        slots.initialize(repeating: 0, count: max(count, 1))
        places = .allocate(capacity: max(count, 1))
        let types = UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>.allocate(capacity: max(count, 1))
        for (index, argument) in order.arguments.enumerated() {
            (places + index).initialize(to: UnsafeMutableRawPointer(slots + index))
            (types + index).initialize(to: Self.type(argument))
        }
        result = .allocate(capacity: 1)
        result.initialize(to: 0)
        cif = .allocate(capacity: 1)
        cif.initialize(to: ffi_cif())
        guard cffi_prepare(cif, UInt32(count), Self.type(order.result), types) == 0 else { return nil }
        for (index, argument) in order.arguments.enumerated() {
            if case .constant(let type, let value) = argument { set(index, type, value) }
        }
    }

    @inline(__always)
    func call() { cffi_call(cif, function, result, places) }

    /// The result of the last call. An i32 is the low half of its word.
    @inline(__always)
    func value(_ type: ForeignOrder.Result) -> Double {
        switch type {
        case .void: .nan
        case .f32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: result.pointee)))
        case .f64: Double(bitPattern: result.pointee)
        case .i32: Double(Int32(truncatingIfNeeded: result.pointee))
        }
    }

    /// Integers are rounded to the nearest, and end where their type ends.
    @inline(__always)
    func set(_ index: Int, _ type: ForeignOrder.Scalar, _ value: Double) {
        switch type {
        case .f32: slots[index] = UInt64(Float(value).bitPattern)
        case .f64: slots[index] = value.bitPattern
        case .i32:
            let whole = Int32(clamping: Self.integer(value))
            slots[index] = UInt64(UInt32(bitPattern: whole))
        case .i64: slots[index] = UInt64(bitPattern: Self.integer(value))
        }
    }

    func set(_ index: Int, _ pointer: UnsafeMutableRawPointer) {
        slots[index] = UInt64(UInt(bitPattern: pointer))
    }

    private static func integer(_ value: Double) -> Int64 {
        let whole = value.rounded(.toNearestOrEven)
        // 2^63: the first that doesn't fit. A NaN fits neither side and is 0.
        if whole >= 9_223_372_036_854_775_808 { return .max }
        if whole <= -9_223_372_036_854_775_808 { return .min }
        return whole.isNaN ? 0 : Int64(whole)
    }

    private static func type(_ argument: ForeignOrder.Argument) -> UnsafeMutablePointer<ffi_type>? {
        switch argument {
        case .rows, .output: return cffi_pointer()
        case .constant(let type, _), .column(let type, _), .count(let type, _):
            switch type {
            case .f32: return cffi_f32()
            case .f64: return cffi_f64()
            case .i32: return cffi_i32()
            case .i64: return cffi_i64()
            }
        }
    }

    private static func type(_ result: ForeignOrder.Result) -> UnsafeMutablePointer<ffi_type>? {
        switch result {
        case .void: cffi_void()
        case .f32: cffi_f32()
        case .f64: cffi_f64()
        case .i32: cffi_i32()
        }
    }
}

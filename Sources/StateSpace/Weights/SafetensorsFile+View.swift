extension SafetensorsFile {
    /// The tensor in place, without a copy; nil if it is stored as another kind, or not aligned for `Element`.
    ///
    /// The view is valid inside `body`.
    package func withView<Element: BitwiseCopyable, Result>(
        of name: String, as kind: TensorKind, _ element: Element.Type,
        _ body: (UnsafeBufferPointer<Element>) -> Result
    ) -> Result? {
        guard let tensor = tensor(name), tensor.kind == kind, MemoryLayout<Element>.stride == kind.width
        else { return nil }
        return withBytes(of: tensor) { bytes in
            guard let start = bytes.baseAddress,
                UInt(bitPattern: start) % UInt(MemoryLayout<Element>.alignment) == 0
            else {
                return nil
            }
            return body(bytes.assumingMemoryBound(to: Element.self))
            // assumingMemoryBound: size and alignment are checked above, and mapped bytes have no other type.
        }
    }

    /// Row of int8 weights and the like, copied.
    package func integers(_ name: String) -> [Int8]? {
        withView(of: name, as: .int8, Int8.self) { Array($0) }
    }
    package func bytes(_ name: String) -> [UInt8]? {
        withView(of: name, as: .uint8, UInt8.self) { Array($0) }
    }
}

/// IEEE binary16, by hand: Swift's `Float16` isn't there on every platform.
enum HalfFloat {
    static func float(_ half: UInt16) -> Float {
        let sign = UInt32(half & 0x8000) << 16
        let exponent = UInt32(half >> 10) & 0x1F
        let fraction = UInt32(half & 0x3FF)
        switch exponent {
        // A subnormal is fraction × 2^-24, exact in float32.
        case 0: return Float(sign: sign == 0 ? .plus : .minus, exponent: -24, significand: Float(fraction))
        case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}

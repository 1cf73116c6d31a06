/// Little-endian numbers out of bytes that may be anything: every read is checked, none can trap.
struct ELFBytes {
    let bytes: UnsafeRawBufferPointer

    var count: UInt64 { UInt64(bytes.count) }

    /// True if [offset, offset + length) lies inside.
    func holds(_ offset: UInt64, _ length: UInt64) -> Bool { offset <= count && length <= count - offset }

    func read<Number: FixedWidthInteger>(_ offset: UInt64, as type: Number.Type = Number.self) -> Number? {
        guard holds(offset, UInt64(MemoryLayout<Number>.size)) else { return nil }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: Int(offset), as: Number.self))
    }

    func slice(_ offset: UInt64, _ length: UInt64) -> UnsafeRawBufferPointer? {
        guard holds(offset, length) else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<Int(offset + length)])
    }

    /// A terminated text that begins at `offset` and ends before `limit`.
    func text(_ offset: UInt64, before limit: UInt64) -> String? {
        guard offset < limit, let rest = slice(offset, min(limit, count) - min(offset, count)),
            let end = rest.firstIndex(of: 0)
        else { return nil }
        return String(decoding: rest[..<end], as: UTF8.self)
    }
}

/// The bytes aren't a library that may be loaded.
package struct ELFError: Error, Sendable, Equatable {
    /// What is wrong, with what, and what is allowed.
    package let message: String

    init(_ message: String) { self.message = message }
}

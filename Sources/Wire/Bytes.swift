/// Writes numbers and texts one behind the other: the create order and its answer.
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func write(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func write(_ value: Double) { write(value.bitPattern) }

    package mutating func write(_ text: String) {
        let utf8 = Array(text.utf8)
        write(UInt32(utf8.count))
        bytes += utf8
    }

    package mutating func write(_ raw: UnsafeRawBufferPointer) {
        write(UInt32(raw.count))
        bytes.append(contentsOf: raw)
    }
}

/// Reads them back. Everything is checked: the bytes may come from a stranger's process.
package struct ByteReader {
    package struct Truncated: Error {}

    private let bytes: UnsafeRawBufferPointer
    private var place = 0

    package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    package mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(Truncated) -> Value {
        let size = MemoryLayout<Value>.size
        guard bytes.count - place >= size else { throw Truncated() }
        let value = bytes.loadUnaligned(fromByteOffset: place, as: Value.self)
        place += size
        return Value(littleEndian: value)
    }

    package mutating func number() throws(Truncated) -> Double { Double(bitPattern: try integer(UInt64.self)) }

    package mutating func raw() throws(Truncated) -> [UInt8] {
        let count = Int(try integer(UInt32.self))
        guard bytes.count - place >= count else { throw Truncated() }
        defer { place += count }
        return Array(bytes[place..<place + count])
    }

    package var isAtEnd: Bool { place == bytes.count }

    package mutating func text() throws(Truncated) -> String { String(decoding: try raw(), as: UTF8.self) }
}

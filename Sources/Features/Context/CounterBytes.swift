/// Bytes that aren't counters: damaged, or of a version that this code doesn't know.
package struct CounterBytesError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}

/// Little-endian bytes; counts as LEB128, since most of them are below 128.
struct CounterWriter {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    mutating func count(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func word(_ value: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    mutating func integer(_ value: Int64) { word(UInt64(bitPattern: value)) }
    mutating func number(_ value: Double) { word(value.bitPattern) }
}

/// Reads what `CounterWriter` wrote and refuses everything else: one value has one encoding.
struct CounterReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func byte() throws(CounterBytesError) -> UInt8 {
        guard place < bytes.count else { throw CounterBytesError("ends at byte \(place)") }
        defer { place += 1 }
        return bytes[place]
    }

    mutating func count() throws(CounterBytesError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let next = try byte()
            // The tenth byte has one bit left; a zero at the end would be a second way to write the same.
            if (shift == 63 && next > 1) || (next == 0 && shift > 0) { break }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
        }
        throw CounterBytesError("no count before byte \(place)")
    }

    mutating func word() throws(CounterBytesError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) { value |= UInt64(try byte()) << shift }
        return value
    }

    mutating func integer() throws(CounterBytesError) -> Int64 { Int64(bitPattern: try word()) }

    mutating func end() throws(CounterBytesError) {
        if place != bytes.count { throw CounterBytesError("\(bytes.count - place) bytes too many") }
    }

    mutating func version(_ known: UInt8) throws(CounterBytesError) {
        let found = try byte()
        if found != known { throw CounterBytesError("version \(found); known: \(known)") }
    }
}

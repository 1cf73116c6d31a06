/// A session as bytes, little-endian: the last event's time (Int64, Unix milliseconds), marks, then exact float32s or
/// compact int8s. Bytes come from a disk and may be anything: what doesn't fit is refused and changes nothing.
extension ScorerState {
    private static let hasEvent: UInt8 = 1
    private static let hasLastOutput: UInt8 = 2
    package static let headerBytes = 9

    package var exactByteCount: Int { Self.headerBytes + byteCount }

    package func exactBytes() -> [UInt8] {
        var bytes = header
        bytes.reserveCapacity(exactByteCount)
        for value in vector { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 } }
        return bytes
    }

    package func compactBytes(_ projection: CompactProjection) -> [UInt8] {
        header + projection.encode(self).map(UInt8.init(bitPattern:))
    }

    package func restore(exact bytes: [UInt8]) throws(ScorerStateError) {
        guard bytes.count == exactByteCount else { throw .size(found: bytes.count, expected: exactByteCount) }
        let (time, marks) = try Self.readHeader(bytes)
        var values: [Float] = []
        values.reserveCapacity((bytes.count - Self.headerBytes) / 4)
        for place in stride(from: Self.headerBytes, to: bytes.count, by: 4) {
            let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
            let value = Float(bitPattern: bits)
            guard value.isFinite else { throw .notFinite(place: values.count) }
            values.append(value)
        }
        vector = values
        lastMilliseconds = marks & Self.hasEvent != 0 ? time : nil
        hasOutput = marks & Self.hasLastOutput != 0
    }

    package func restore(compact bytes: [UInt8], _ projection: CompactProjection) throws(ScorerStateError) {
        let expected = Self.headerBytes + projection.count
        guard bytes.count == expected else { throw .size(found: bytes.count, expected: expected) }
        let (time, marks) = try Self.readHeader(bytes)
        projection.decode(bytes[Self.headerBytes...].map(Int8.init(bitPattern:)), into: self)
        lastMilliseconds = marks & Self.hasEvent != 0 ? time : nil
        hasOutput = marks & Self.hasLastOutput != 0
    }

    private var header: [UInt8] {
        withUnsafeBytes(of: (lastMilliseconds ?? 0).littleEndian) { Array($0) }
            + [(lastMilliseconds == nil ? 0 : Self.hasEvent) | (hasOutput ? Self.hasLastOutput : 0)]
    }

    private static func readHeader(_ bytes: [UInt8]) throws(ScorerStateError) -> (time: Int64, marks: UInt8) {
        let time = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << UInt64(8 * $1) }
        guard bytes[8] <= hasEvent | hasLastOutput else { throw .marks(bytes[8]) }
        return (Int64(bitPattern: time), bytes[8])
    }
}

package enum ScorerStateError: Error, Equatable, CustomStringConvertible {
    case size(found: Int, expected: Int)
    case notFinite(place: Int)
    case marks(UInt8)

    package var description: String {
        switch self {
        case .size(let found, let expected): "a state of \(found) bytes; these weights have \(expected)"
        case .notFinite(let place): "number \(place) of the state isn't finite"
        case .marks(let marks): "unknown marks \(marks) in the state; allowed: 0 to 3"
        }
    }
}

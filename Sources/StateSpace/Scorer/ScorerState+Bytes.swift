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
        // The output first, into a place of its own: a state that is refused changes nothing.
        let last = FloatBuffer(output.count)
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(StateError) in
                let split = Self.headerBytes + trunk.byteCount
                try StateBytes.restore(
                    UnsafeRawBufferPointer(rebasing: bytes[split...]), to: last) { _ in StateBytes.projected }
                try trunk.restore(from: UnsafeRawBufferPointer(rebasing: bytes[Self.headerBytes..<split]))
            }
        }
        if case .failure(let error) = result { throw .numbers(error) }
        output.start.update(from: last.start, count: last.count)
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
    case numbers(StateError)
    case marks(UInt8)

    package var description: String {
        switch self {
        case .size(let found, let expected): "a state of \(found) bytes; these weights have \(expected)"
        case .numbers(.notFinite(let index)): "number \(index) of the state isn't finite"
        case .numbers(.tooLarge(let index)): "number \(index) of the state is larger than events can make it"
        case .numbers(.wrongSize(let expected, let found)): "\(found) bytes of numbers; these weights have \(expected)"
        case .marks(let marks): "unknown marks \(marks) in the state; allowed: 0 to 3"
        }
    }
}

import PluginABI

/// Writes a state's payload into the host's buffer, and counts what doesn't fit: so one routine answers both
/// «how long?» and «write it».
public struct StateWriter: ~Copyable, ~Escapable {
    private let out: UnsafeMutableRawBufferPointer
    /// Bytes that the state needs so far.
    public private(set) var length = 0

    @_lifetime(borrow out)
    init(_ out: UnsafeMutableRawBufferPointer) { self.out = out }

    public mutating func append<Value: BitwiseCopyable>(_ value: Value) {
        withUnsafeBytes(of: value) { append($0) }
    }

    public mutating func append<Value: BitwiseCopyable>(contentsOf values: Span<Value>) {
        values.withUnsafeBytes { append($0) }
    }

    /// A payload that is made already.
    public mutating func append(bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if length + bytes.count <= out.count, let base = out.baseAddress, let from = bytes.baseAddress {
            (base + length).copyMemory(from: from, byteCount: bytes.count)
        }
        length += bytes.count
    }
}

/// Reads a state's payload; running out of bytes is an error, never a read outside.
public struct StateReader: ~Copyable, ~Escapable {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    @_lifetime(borrow bytes)
    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    public var remaining: Int { bytes.count - position }

    /// Integers and floats only: any pattern of bits must be a value of the type.
    public mutating func read<Value: BitwiseCopyable>(_ type: Value.Type = Value.self) throws(ScorerError)
        -> Value
    {
        let size = MemoryLayout<Value>.size
        guard remaining >= size else {
            throw .state("the state ends after \(bytes.count) bytes, inside a value of \(size)")
        }
        defer { position += size }
        return bytes.loadUnaligned(fromByteOffset: position, as: Value.self)
    }

    /// Fills `values` from the payload.
    public mutating func read<Value: BitwiseCopyable>(
        into values: inout MutableSpan<Value>
    ) throws(ScorerError) {
        let size = values.count * MemoryLayout<Value>.stride
        guard remaining >= size else {
            throw .state("the state ends after \(bytes.count) bytes, inside \(values.count) values")
        }
        let from = UnsafeRawBufferPointer(rebasing: bytes[position..<position + size])
        values.withUnsafeMutableBytes { $0.copyMemory(from: from) }
        position += size
    }

    /// Call it last: bytes left over mean a foreign state.
    public func finish() throws(ScorerError) {
        guard remaining == 0 else { throw .state("the state has \(remaining) bytes too many") }
    }
}

import PluginABI

/// Where a scorer answers. Higher is better for every head.
///
/// Buffers are the host's and pre-filled; a row that is never written counts as a fault.
@frozen public struct Scores: ~Copyable, ~Escapable {
    @usableFromInline let raw: UnsafeMutablePointer<mneme_scores>
    @usableFromInline let base: UnsafeMutableRawPointer
    /// Bytes between the lines of two heads.
    @usableFromInline let stride: Int
    /// Heads that are asked for, as bits of the manifest's heads.
    @usableFromInline let heads: UInt32
    public let count: Int

    @_lifetime(borrow raw)
    init(_ raw: UnsafeMutablePointer<mneme_scores>, for batch: borrowing Batch) throws(ScorerError) {
        base = try Self.check(raw, for: batch)
        self.raw = raw
        stride = Int(raw.pointee.values.stride)
        heads = batch.raw.pointee.heads
        count = batch.count
    }

    /// The score of a row under the first head that was asked for.
    @inlinable public subscript(row: Int) -> Float {
        get { self.line(0)[checked(row)] }
        set { self.line(0)[checked(row)] = newValue }
    }

    /// The score of a row under head i of the manifest; ignored if that head wasn't asked for.
    @inlinable public mutating func set(_ row: Int, head: Int, to score: Float) {
        guard let line = lineIndex(head) else { return }
        self.line(line)[checked(row)] = score
    }

    /// All scores of head i of the manifest; empty if that head wasn't asked for.
    @inlinable @_lifetime(&self)
    public mutating func all(head: Int = 0) -> MutableSpan<Float> {
        let line = lineIndex(head)
        // Unsafe: the array was checked to hold `count` floats per line; the span ends with this access.
        let span = MutableSpan(
            _unsafeStart: self.line(line ?? 0), count: line == nil ? 0 : count)
        return _overrideLifetime(span, mutating: &self)
    }

    /// This row has nothing to say under any head: no path, no vector. Its values stay unwritten.
    public mutating func abstain(_ row: Int) {
        guard let status = raw.pointee.row_status.data else { return }
        status.storeBytes(of: UInt8(MNEME_ROW_ABSTAIN), toByteOffset: checked(row), as: UInt8.self)
    }

    /// How sure the scorer is of a row: an input of the combiner, never a factor.
    public mutating func setConfidence(_ row: Int, to confidence: Float) {
        guard let list = raw.pointee.confidence.data else { return }
        list.storeBytes(of: confidence, toByteOffset: 4 * checked(row), as: Float.self)
    }

    /// The score of a path, so that feedback can reach it.
    public mutating func setPath(_ path: Int, to score: Float) {
        guard let list = raw.pointee.path_values.data else { return }
        precondition(path >= 0 && path < raw.pointee.path_values.listCount, "outside the paths")
        list.storeBytes(of: score, toByteOffset: 4 * path, as: Float.self)
    }

    @inlinable @inline(__always)
    func checked(_ row: Int) -> Int {
        precondition(row >= 0 && row < count, "outside the batch")
        return row
    }

    @inlinable @inline(__always)
    func line(_ index: Int) -> UnsafeMutablePointer<Float> {
        (base + index * stride).assumingMemoryBound(to: Float.self)
    }

    /// Values have one line per bit of `heads`, in bit order.
    @inlinable
    func lineIndex(_ head: Int) -> Int? {
        guard head >= 0, head < 32, heads & (1 << UInt32(head)) != 0 else { return nil }
        return (heads & ((1 << UInt32(head)) - 1)).nonzeroBitCount
    }
}

extension Scores {
    /// Checks every buffer once, and returns where the values begin.
    private static func check(
        _ raw: UnsafeMutablePointer<mneme_scores>, for batch: borrowing Batch
    ) throws(ScorerError) -> UnsafeMutableRawPointer {
        let needed = MemoryLayout<mneme_scores>.size
        guard raw.pointee.struct_size >= needed else {
            throw .invalid("mneme_scores has \(raw.pointee.struct_size) bytes; version 1 has \(needed)")
        }
        let rows = batch.count
        let heads = batch.raw.pointee.heads
        guard heads != 0, let base = raw.pointee.values.data else {
            throw .invalid(heads == 0 ? "the batch asks for no head" : "mneme_scores has no values")
        }
        try raw.pointee.values.check(
            Expected(name: "values", type: MNEME_F32, rows: heads.nonzeroBitCount, columns: rows))
        try raw.pointee.confidence.check(
            Expected(name: "confidence", type: MNEME_F32, rows: rows, isList: true))
        try raw.pointee.row_status.check(
            Expected(name: "row_status", type: MNEME_U8, rows: rows, isList: true))
        try raw.pointee.path_values.check(
            Expected(name: "path_values", type: MNEME_F32, rows: batch.pathCount, isList: true))
        try raw.pointee.parts.check(Expected(name: "parts", type: MNEME_F32, rows: rows))
        return base
    }
}

import PluginABI

/// One request: rows of numbers and what belongs to them, in the host's fused order, likeliest first.
///
/// It cannot be kept beyond the call (`~Escapable`): the memory is the host's.
@frozen public struct Batch: ~Copyable, ~Escapable {
    @usableFromInline let raw: UnsafePointer<mneme_batch>
    /// Rows to score.
    public let count: Int

    @_lifetime(borrow raw)
    init(_ raw: UnsafePointer<mneme_batch>, of shape: Shape) throws(ScorerError) {
        try Self.check(raw, shape)
        self.raw = raw
        count = Int(raw.pointee.rows)
    }

    /// Columns of every row, in the order of ``Setup/columns``.
    @inlinable public var rows: Matrix<Float> {
        @_lifetime(borrow self) get { bound(Matrix(raw.pointee.row_features)) }
    }

    /// Keyed hashes of stable ids; pairs have two columns.
    @inlinable public var ids: Matrix<UInt64> {
        @_lifetime(borrow self) get { bound(Matrix(raw.pointee.row_ids)) }
    }

    /// False: the column is absent in this request and holds its documented absent value.
    @inlinable public func isPresent(column: Int) -> Bool {
        let present = bytes(raw.pointee.column_present)
        return present.isEmpty || present[column] != 0
    }

    /// The answer is no longer wanted. One relaxed load: ask every 256 to 1,024 rows.
    @inlinable public var isCancelled: Bool { mneme_cancelled(raw) != 0 }

    /// Head i of the manifest is to be filled.
    @inlinable public func wants(head: Int) -> Bool {
        head >= 0 && head < 32 && raw.pointee.heads & (1 << UInt32(head)) != 0
    }

    /// What the rows are.
    public var target: Target { Target(rawValue: raw.pointee.target) }
    /// Retrieval id, for logs and traces.
    public var request: UInt64 { raw.pointee.request }
    /// The turn's time, Unix milliseconds UTC: the only clock of a deterministic scorer.
    public var nowMilliseconds: Int64 { raw.pointee.now_ms }
    /// The user's offset from UTC.
    public var utcOffsetSeconds: Int { Int(raw.pointee.utc_offset_s) }
    /// CLOCK_MONOTONIC; past it the answer goes out without this scorer.
    public var deadlineNanoseconds: Int64 { raw.pointee.deadline_ns }

    /// What a row stands for. The host proposes rows; a scorer never invents one.
    public struct Target: RawRepresentable, Equatable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let candidate = Target(rawValue: UInt32(MNEME_OVER_CANDIDATE))
        public static let aspect = Target(rawValue: UInt32(MNEME_OVER_ASPECT))
        public static let entity = Target(rawValue: UInt32(MNEME_OVER_ENTITY))
        public static let session = Target(rawValue: UInt32(MNEME_OVER_SESSION))
        public static let pair = Target(rawValue: UInt32(MNEME_OVER_PAIR))
        public static let path = Target(rawValue: UInt32(MNEME_OVER_PATH))
    }
}

// Views are made here, where their lifetime is tied to the batch's.
extension Batch {
    @inlinable @inline(__always) @_lifetime(borrow self)
    func bound<Element: BitwiseCopyable>(_ matrix: Matrix<Element>) -> Matrix<Element> {
        _overrideLifetime(matrix, borrowing: self)
    }

    /// A list, which passed `check` as dense.
    @inlinable @inline(__always) @_lifetime(borrow self)
    func list<Element: BitwiseCopyable>(_ array: mneme_array, of type: Element.Type) -> Span<Element> {
        let start = UnsafePointer(array.data?.assumingMemoryBound(to: Element.self))
        let span = Span(_unsafeElements: UnsafeBufferPointer(start: start, count: array.listCount))
        return _overrideLifetime(span, borrowing: self)
    }

    @inlinable @inline(__always) @_lifetime(borrow self)
    func bytes(_ array: mneme_array) -> Span<UInt8> { list(array, of: UInt8.self) }

    /// Entries [offsets[index], offsets[index + 1]) of a list of `total`.
    func range(_ offsets: mneme_array, _ index: Int, total: Int) -> Range<Int> {
        let offsets = list(offsets, of: UInt32.self)
        let lower = Int(offsets[index])
        let upper = Int(offsets[index + 1])
        precondition(lower <= upper && upper <= total, "the host's offsets run out of their list")
        return lower..<upper
    }
}

extension Batch {
    /// Checks every array once, so that the views need to check indices only.
    private static func check(_ raw: UnsafePointer<mneme_batch>, _ shape: Shape) throws(ScorerError) {
        let needed = MemoryLayout<mneme_batch>.size
        guard raw.pointee.struct_size >= needed else {
            throw .invalid("mneme_batch has \(raw.pointee.struct_size) bytes; version 1 has \(needed)")
        }
        guard raw.pointee.schema == shape.schema else {
            throw .schema(
                "the batch has schema \(raw.pointee.schema), the model was made for \(shape.schema)")
        }
        let rows = Int(raw.pointee.rows)
        try raw.pointee.column_present.check(
            Expected(name: "column_present", type: MNEME_U8, rows: shape.columns, isList: true))
        guard raw.pointee.row_features.data != nil || shape.columns == 0 || rows == 0 else {
            throw .invalid("row_features is absent; the model was made for \(shape.columns) columns")
        }
        try raw.pointee.row_features.check(
            Expected(name: "row_features", type: MNEME_F32, rows: rows, columns: shape.columns))
        try raw.pointee.row_ids.check(Expected(name: "row_ids", type: MNEME_U64, rows: rows))
        try raw.pointee.row_embeddings.checkVectors("row_embeddings", rows: rows)
        try raw.pointee.row_has_embedding.check(
            Expected(name: "row_has_embedding", type: MNEME_U8, rows: rows, isList: true))
        try raw.pointee.row_text_offsets.check(
            Expected(name: "row_text_offsets", type: MNEME_U32, rows: rows + 1, isList: true))
        try raw.pointee.row_text_bytes.check(Expected(name: "row_text_bytes", type: MNEME_U8, isList: true))
        try raw.pointee.query_embedding.check(
            Expected(name: "query_embedding", type: MNEME_F32, isList: true))
        try raw.pointee.query_text.check(Expected(name: "query_text", type: MNEME_U8, isList: true))
        try raw.pointee.focal_ids.check(Expected(name: "focal_ids", type: MNEME_U64, isList: true))
        if raw.pointee.path_offsets.data != nil { try checkPaths(raw, rows: rows, shape) }
    }
}

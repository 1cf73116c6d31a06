import PluginABI

/// Consecutive events of one session, oldest first. Event t is what is known when turn t begins, with the
/// outcome of turn t − 1.
@frozen public struct Events: ~Copyable, ~Escapable {
    @usableFromInline let raw: UnsafePointer<mneme_events>
    public let count: Int

    @_lifetime(borrow raw)
    init(_ raw: UnsafePointer<mneme_events>, of shape: Shape) throws(ScorerError) {
        try Self.check(raw, shape)
        self.raw = raw
        count = Int(raw.pointee.rows)
    }

    /// The host's number of the first event; the others follow without a gap.
    public var firstSequence: UInt64 { raw.pointee.first_sequence }

    /// Unix milliseconds UTC.
    public var times: Matrix<Int64> {
        @_lifetime(borrow self)
        get { _overrideLifetime(Matrix(raw.pointee.times_ms), borrowing: self) }
    }

    /// Columns of every event, in the order of ``Setup/eventColumns``.
    public var rows: Matrix<Float> {
        @_lifetime(borrow self)
        get { _overrideLifetime(Matrix(raw.pointee.features), borrowing: self) }
    }

    /// Where an event's ids stand in ``ids`` and ``roles``.
    public func idRange(_ event: Int) -> Range<Int> {
        guard raw.pointee.id_offsets.data != nil else { return 0..<0 }
        let offsets = list(raw.pointee.id_offsets, of: UInt32.self)
        let lower = Int(offsets[event])
        let upper = Int(offsets[event + 1])
        precondition(
            lower <= upper && upper <= raw.pointee.ids.listCount, "the host's offsets run out of their list")
        return lower..<upper
    }

    public var ids: Span<UInt64> {
        @_lifetime(borrow self) get { list(raw.pointee.ids, of: UInt64.self) }
    }

    /// MNEME_ROLE_*: 1 focal, 2 aspect, 3 injected, 4 referenced.
    public var roles: Span<UInt8> {
        @_lifetime(borrow self) get { list(raw.pointee.id_roles, of: UInt8.self) }
    }

    /// That turn's query vector, raw: projecting it is the model's affair.
    public var embeddings: Vectors {
        @_lifetime(borrow self)
        get { _overrideLifetime(Vectors(raw.pointee.embeddings), borrowing: self) }
    }

    public func hasEmbedding(_ event: Int) -> Bool {
        let has = list(raw.pointee.has_embedding, of: UInt8.self)
        return !has.isEmpty && has[event] != 0
    }

    @_lifetime(borrow self)
    private func list<Element: BitwiseCopyable>(_ array: mneme_array, of type: Element.Type) -> Span<Element>
    {
        let start = UnsafePointer(array.data?.assumingMemoryBound(to: Element.self))
        let span = Span(_unsafeElements: UnsafeBufferPointer(start: start, count: array.listCount))
        return _overrideLifetime(span, borrowing: self)
    }
}

extension Events {
    /// Checks every array once, so that the views need to check indices only.
    private static func check(_ raw: UnsafePointer<mneme_events>, _ shape: Shape) throws(ScorerError) {
        let needed = MemoryLayout<mneme_events>.size
        guard raw.pointee.struct_size >= needed else {
            throw .invalid("mneme_events has \(raw.pointee.struct_size) bytes; version 1 has \(needed)")
        }
        guard raw.pointee.schema == shape.schema else {
            throw .schema(
                "the events have schema \(raw.pointee.schema), the model was made for \(shape.schema)")
        }
        let rows = Int(raw.pointee.rows)
        try raw.pointee.times_ms.check(Expected(name: "times_ms", type: MNEME_I64, rows: rows))
        guard raw.pointee.features.data != nil || shape.eventColumns == 0 || rows == 0 else {
            throw .invalid("features are absent; the model was made for \(shape.eventColumns) columns")
        }
        try raw.pointee.features.check(
            Expected(name: "features", type: MNEME_F32, rows: rows, columns: shape.eventColumns))
        try raw.pointee.id_offsets.check(
            Expected(name: "id_offsets", type: MNEME_U32, rows: rows + 1, isList: true))
        try raw.pointee.ids.check(Expected(name: "ids", type: MNEME_U64, isList: true))
        try raw.pointee.id_roles.check(
            Expected(name: "id_roles", type: MNEME_U8, rows: raw.pointee.ids.listCount, isList: true))
        try raw.pointee.embeddings.checkVectors("embeddings", rows: rows)
        try raw.pointee.has_embedding.check(
            Expected(name: "has_embedding", type: MNEME_U8, rows: rows, isList: true))
    }
}

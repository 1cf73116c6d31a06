import PluginABI

// Texts and embeddings: there only if the manifest asks and plugins.json grants.
extension Batch {
    /// UTF-8; empty if not granted.
    public var queryText: Span<UInt8> {
        @_lifetime(borrow self) get { bytes(raw.pointee.query_text) }
    }

    /// UTF-8 of one row, cut by the host on a character boundary; empty if not granted.
    @_lifetime(borrow self)
    public func text(_ row: Int) -> Span<UInt8> {
        guard raw.pointee.row_text_offsets.data != nil else { return bytes(mneme_array()) }
        let all = bytes(raw.pointee.row_text_bytes)
        let range = range(raw.pointee.row_text_offsets, row, total: all.count)
        return _overrideLifetime(all.extracting(range), borrowing: self)
    }

    /// Empty if not granted, or if the turn has no query.
    public var queryEmbedding: Span<Float> {
        @_lifetime(borrow self) get { list(raw.pointee.query_embedding, of: Float.self) }
    }

    /// One vector per row; zero where ``hasEmbedding(_:)`` is false.
    public var embeddings: Vectors {
        @_lifetime(borrow self)
        get { _overrideLifetime(Vectors(raw.pointee.row_embeddings), borrowing: self) }
    }

    public func hasEmbedding(_ row: Int) -> Bool {
        let has = bytes(raw.pointee.row_has_embedding)
        return !has.isEmpty && has[row] != 0
    }

    /// The entities that the turn is about.
    public var focalIDs: Span<UInt64> {
        @_lifetime(borrow self) get { list(raw.pointee.focal_ids, of: UInt64.self) }
    }
}

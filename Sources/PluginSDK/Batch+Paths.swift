import PluginABI

// How rows were reached through the graph: row → paths → hops.
extension Batch {
    /// Paths of all rows together.
    public var pathCount: Int { raw.pointee.path_ids.listCount }

    /// Paths of a row; none if it was not reached through the graph.
    public func paths(_ row: Int) -> Range<Int> {
        guard raw.pointee.path_offsets.data != nil else { return 0..<0 }
        return range(raw.pointee.path_offsets, row, total: pathCount)
    }

    /// Hops of a path, from the focal entity outwards.
    public func hops(_ path: Int) -> Range<Int> {
        guard raw.pointee.hop_offsets.data != nil else { return 0..<0 }
        return range(raw.pointee.hop_offsets, path, total: raw.pointee.hop_kinds.listCount)
    }

    /// Columns of every hop, in the order of ``Setup/hopColumns``; at hop k they describe the prefix 1…k.
    public var hopRows: Matrix<Float> {
        @_lifetime(borrow self) get { bound(Matrix(raw.pointee.hop_features)) }
    }

    public var pathIDs: Span<UInt64> {
        @_lifetime(borrow self) get { list(raw.pointee.path_ids, of: UInt64.self) }
    }

    public var hopIDs: Span<UInt64> {
        @_lifetime(borrow self) get { list(raw.pointee.hop_ids, of: UInt64.self) }
    }

    /// MNEME_HOP_*: 1 entity, 2 aspect, 3 attribute, 4 memory.
    public var hopKinds: Span<UInt8> {
        @_lifetime(borrow self) get { bytes(raw.pointee.hop_kinds) }
    }

    static func checkPaths(_ raw: UnsafePointer<mneme_batch>, rows: Int, _ shape: Shape) throws(ScorerError) {
        try raw.pointee.path_offsets.check(
            Expected(name: "path_offsets", type: MNEME_U32, rows: rows + 1, isList: true))
        try raw.pointee.path_ids.check(Expected(name: "path_ids", type: MNEME_U64, isList: true))
        let paths = raw.pointee.path_ids.listCount
        try raw.pointee.hop_offsets.check(
            Expected(name: "hop_offsets", type: MNEME_U32, rows: paths + 1, isList: true))
        try raw.pointee.hop_kinds.check(Expected(name: "hop_kinds", type: MNEME_U8, isList: true))
        let hops = raw.pointee.hop_kinds.listCount
        try raw.pointee.hop_ids.check(Expected(name: "hop_ids", type: MNEME_U64, rows: hops, isList: true))
        try raw.pointee.hop_features.check(
            Expected(name: "hop_features", type: MNEME_F32, rows: hops, columns: shape.hopColumns))
    }
}

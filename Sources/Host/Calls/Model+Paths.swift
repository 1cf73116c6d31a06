import PluginABI

// Paths, for scorers that are granted them.
extension Model {
    /// All paths of the request.
    func withPaths(_ paths: PathBlock, _ slot: CallSlot, _ body: () -> Void) {
        let batch = slot.batch
        paths.rowOffsets.withUnsafeBufferPointer { rowOffsets in
            paths.pathIDs.withUnsafeBufferPointer { ids in
                paths.hopOffsets.withUnsafeBufferPointer { hopOffsets in
                    paths.hopIDs.withUnsafeBufferPointer { hopIDs in
                        paths.hopKinds.withUnsafeBufferPointer { kinds in
                            paths.values.withUnsafeBufferPointer { values in
                                let width = paths.columns.count
                                batch.pointee.path_offsets = .column(rowOffsets, MNEME_U32)
                                batch.pointee.path_ids = .column(ids, MNEME_U64)
                                batch.pointee.hop_offsets = .column(hopOffsets, MNEME_U32)
                                batch.pointee.hop_ids = .column(hopIDs, MNEME_U64)
                                batch.pointee.hop_kinds = .column(kinds, MNEME_U8)
                                batch.pointee.hop_features = .matrix(
                                    values.baseAddress, MNEME_F32, rows: paths.hopCount, columns: width,
                                    stride: width * 4, size: 4)
                                // Fewer rows than the request has: the first call's share only.
                                if maxRows < paths.rowCount { slot.chunk.narrow(batch, paths, rows: 0..<maxRows) }
                                body()
                                Self.forgetPaths(batch)
                            }
                        }
                    }
                }
            }
        }
    }

    /// The slot serves requests without paths too.
    private static func forgetPaths(_ batch: UnsafeMutablePointer<mneme_batch>) {
        batch.pointee.path_offsets = mneme_array()
        batch.pointee.path_ids = mneme_array()
        batch.pointee.hop_offsets = mneme_array()
        batch.pointee.hop_ids = mneme_array()
        batch.pointee.hop_kinds = mneme_array()
        batch.pointee.hop_features = mneme_array()
    }

    /// Where the paths of these rows are to be answered.
    @inline(__always)
    func pathValues(_ slot: CallSlot, _ sheet: SheetLayout, start: Int, rows: Int) -> mneme_array {
        guard sheet.pathCount > 0, let paths = slot.inputs?.extras?.paths else { return mneme_array() }
        let first = Int(paths.rowOffsets[start])
        let count = Int(paths.rowOffsets[start + rows]) - first
        return .matrix(sheet.paths + first, MNEME_F32, rows: 1, columns: count, stride: count * 4, size: 4)
    }
}

/// Offsets of a part of the rows: they count from the part's own first path and hop, so that a list's last offset is
/// its length here too.
final class PathChunk {
    // Not Sendable on purpose: it belongs to the slot's one call.
    private var offsets: UnsafeMutablePointer<UInt32>?
    private var capacity = 0

    deinit { offsets?.deallocate() }

    /// Leaves only the paths of `rows` in the batch, whose arrays lie in `paths`.
    func narrow(_ batch: UnsafeMutablePointer<mneme_batch>, _ paths: PathBlock, rows: Range<Int>) {
        let first = Int(paths.rowOffsets[rows.lowerBound])
        let end = Int(paths.rowOffsets[rows.upperBound])
        let firstHop = Int(paths.hopOffsets[first])
        let endHop = Int(paths.hopOffsets[end])
        let rowCount = rows.count + 1
        let place = reserve(rowCount + end - first + 1)
        for row in 0..<rowCount { place[row] = paths.rowOffsets[rows.lowerBound + row] - UInt32(first) }
        let hopPlace = place + rowCount
        for path in 0...(end - first) { hopPlace[path] = paths.hopOffsets[first + path] - UInt32(firstHop) }
        batch.pointee.path_offsets = .matrix(place, MNEME_U32, rows: rowCount, columns: 1, stride: 4, size: 4)
        batch.pointee.hop_offsets = .matrix(
            hopPlace, MNEME_U32, rows: end - first + 1, columns: 1, stride: 4, size: 4)
        // The arrays outlive the call (`withPaths`), so their addresses are the same here.
        paths.pathIDs.withUnsafeBufferPointer {
            batch.pointee.path_ids = .column(.init(rebasing: $0[first..<end]), MNEME_U64)
        }
        paths.hopIDs.withUnsafeBufferPointer {
            batch.pointee.hop_ids = .column(.init(rebasing: $0[firstHop..<endHop]), MNEME_U64)
        }
        paths.hopKinds.withUnsafeBufferPointer {
            batch.pointee.hop_kinds = .column(.init(rebasing: $0[firstHop..<endHop]), MNEME_U8)
        }
        let width = paths.columns.count
        paths.values.withUnsafeBufferPointer {
            batch.pointee.hop_features = .matrix(
                $0.baseAddress.map { $0 + firstHop * width }, MNEME_F32, rows: endHop - firstHop, columns: width,
                stride: width * 4, size: 4)
        }
    }

    private func reserve(_ count: Int) -> UnsafeMutablePointer<UInt32> {
        if let offsets, capacity >= count { return offsets }
        offsets?.deallocate()
        let made = UnsafeMutablePointer<UInt32>.allocate(capacity: count)
        capacity = count
        offsets = made
        return made
    }
}

import Glibc
import PluginABI
import Wire

/// The C view of a probe, for the length of one call: everything is allocated here and freed with it.
final class ProbeMemory {
    // Not Sendable on purpose: made, used and freed on one thread.
    let memory: UnsafeMutableRawPointer
    private var blocks: [UnsafeMutableRawPointer] = []

    private init() {
        memory = .allocate(byteCount: Packing.slotBytes, alignment: 64)
        memset(memory, 0, Packing.slotBytes)
        blocks.append(memory)
    }

    deinit { for block in blocks { block.deallocate() } }

    convenience init(_ probe: ProbeBatch, deadline: Int64) {
        self.init()
        let batch = memory.bindMemory(to: mneme_batch.self, capacity: 1)
        batch.pointee.struct_size = UInt32(MemoryLayout<mneme_batch>.size)
        batch.pointee.target = UInt32(MNEME_OVER_CANDIDATE)
        batch.pointee.rows = UInt32(probe.rowCount)
        batch.pointee.heads = probe.heads
        batch.pointee.schema = probe.schema
        batch.pointee.now_ms = probe.nowMilliseconds
        batch.pointee.deadline_ns = deadline
        batch.pointee.column_present = list(probe.present, MNEME_U8, asRow: true)
        batch.pointee.row_features = features(probe)
        batch.pointee.row_ids = list(probe.ids, MNEME_U64)
        if let texts = probe.texts {
            let block = TextBlock(texts)
            batch.pointee.row_text_offsets = list(block.offsets, MNEME_U32)
            batch.pointee.row_text_bytes = list(block.bytes, MNEME_U8)
        }
        if let query = probe.query { batch.pointee.query_text = list(Array(query.utf8), MNEME_U8) }
        if let vectors = probe.vectors {
            batch.pointee.row_embeddings = matrix(
                vectors.values, MNEME_F32, rows: probe.rowCount, columns: vectors.dimension)
            batch.pointee.row_has_embedding = list(vectors.present, MNEME_U8)
        }
        if let paths = probe.paths { place(paths, in: batch) }
        if let vector = probe.queryVector { batch.pointee.query_embedding = list(vector, MNEME_F32, asRow: true) }
    }

    convenience init(_ probe: ProbeEvents) {
        self.init()
        let events = memory.bindMemory(to: mneme_events.self, capacity: 1)
        events.pointee.struct_size = UInt32(MemoryLayout<mneme_events>.size)
        events.pointee.rows = UInt32(probe.timesMilliseconds.count)
        events.pointee.schema = probe.schema
        events.pointee.first_sequence = probe.firstSequence
        events.pointee.times_ms = list(probe.timesMilliseconds, MNEME_I64)
        if probe.columnCount > 0 {
            events.pointee.features = matrix(
                probe.features, MNEME_F32, rows: probe.timesMilliseconds.count, columns: probe.columnCount)
        }
        var offsets: [UInt32] = [0]
        for things in probe.things { offsets.append(offsets[offsets.count - 1] + UInt32(things.count)) }
        events.pointee.id_offsets = list(offsets, MNEME_U32)
        events.pointee.ids = list(probe.things.flatMap { $0.map(\.id) }, MNEME_U64)
        events.pointee.id_roles = list(probe.things.flatMap { $0.map(\.role) }, MNEME_U8)
    }

    private func place(_ paths: PathBlock, in batch: UnsafeMutablePointer<mneme_batch>) {
        batch.pointee.path_offsets = list(paths.rowOffsets, MNEME_U32)
        batch.pointee.path_ids = list(paths.pathIDs, MNEME_U64)
        batch.pointee.hop_offsets = list(paths.hopOffsets, MNEME_U32)
        batch.pointee.hop_ids = list(paths.hopIDs, MNEME_U64)
        batch.pointee.hop_kinds = list(paths.hopKinds, MNEME_U8)
        batch.pointee.hop_features = matrix(
            paths.values, MNEME_F32, rows: paths.hopCount, columns: paths.columns.count)
    }

    /// Rows of features with their padding.
    private func features(_ probe: ProbeBatch) -> mneme_array {
        let width = probe.columns.count
        guard probe.paddingBytes > 0, width > 0, probe.rowCount > 0 else {
            return matrix(probe.values, MNEME_F32, rows: probe.rowCount, columns: width)
        }
        let stride = width * 4 + probe.paddingBytes
        let bytes = (probe.rowCount - 1) * stride + width * 4
        let data = block(bytes)
        // Not a number: whoever reads the padding as features shows it.
        memset(data, 0xFF, bytes)
        probe.values.withUnsafeBytes { values in
            for row in 0..<probe.rowCount {
                _ = values.baseAddress.map { memcpy(data + row * stride, $0 + row * width * 4, width * 4) }
            }
        }
        return mneme_array(
            data: data, bytes: UInt64(bytes), rows: UInt32(probe.rowCount), cols: UInt32(width), stride: UInt32(stride),
            type: UInt32(MNEME_F32))
    }

    private func block(_ bytes: Int) -> UnsafeMutableRawPointer {
        let block = UnsafeMutableRawPointer.allocate(byteCount: max(bytes, 1), alignment: 64)
        blocks.append(block)
        return block
    }

    private func matrix<Element>(_ elements: [Element], _ type: Int, rows: Int, columns: Int) -> mneme_array {
        let size = MemoryLayout<Element>.stride
        guard rows > 0, columns > 0 else { return mneme_array() }
        let data = block(elements.count * size)
        elements.withUnsafeBytes { _ = $0.baseAddress.map { memcpy(data, $0, elements.count * size) } }
        return mneme_array(
            data: data, bytes: UInt64(rows * columns * size), rows: UInt32(rows), cols: UInt32(columns),
            stride: UInt32(columns * size), type: UInt32(type))
    }

    /// n × 1, or one row of n.
    private func list<Element>(_ elements: [Element], _ type: Int, asRow: Bool = false) -> mneme_array {
        matrix(elements, type, rows: asRow ? 1 : elements.count, columns: asRow ? elements.count : 1)
    }
}

import PluginABI

// Texts and vectors, for the few scorers that are given them.
extension Model {
    func withExtras(_ extras: CallInputs.Extras, _ slot: CallSlot, _ body: () -> Void) {
        let batch = slot.batch
        let texts = extras.rowTexts
        let vectors = extras.rowEmbeddings
        (texts?.offsets ?? []).withUnsafeBufferPointer { offsets in
            (texts?.bytes ?? []).withUnsafeBufferPointer { bytes in
                (vectors?.values ?? []).withUnsafeBufferPointer { embeddings in
                    (vectors?.present ?? []).withUnsafeBufferPointer { present in
                        (extras.queryText ?? []).withUnsafeBufferPointer { query in
                            (extras.queryEmbedding ?? []).withUnsafeBufferPointer { queryVector in
                                batch.pointee.row_text_offsets = .column(offsets, MNEME_U32)
                                batch.pointee.row_text_bytes = .column(bytes, MNEME_U8)
                                let dimension = vectors?.dimension ?? 0
                                batch.pointee.row_embeddings = .matrix(
                                    embeddings.baseAddress, MNEME_F32, rows: present.count,
                                    columns: dimension,
                                    stride: dimension * 4, size: 4)
                                batch.pointee.row_has_embedding = .column(present, MNEME_U8)
                                batch.pointee.query_text = .column(query, MNEME_U8)
                                batch.pointee.query_embedding = .list(queryVector, MNEME_F32)
                                if let paths = extras.paths { withPaths(paths, slot, body) } else { body() }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The next call's rows begin `rows` after the first call's.
    ///
    /// Offsets of texts stay absolute: they index the same bytes.
    func advanceExtras(_ slot: CallSlot, by start: Int) {
        guard let extras = slot.inputs?.extras else { return }
        let batch = slot.batch
        let rows = Int(batch.pointee.rows)
        func shift(_ array: inout mneme_array, to first: UnsafeRawPointer?, rows: Int) {
            guard array.data != nil, let first else { return }
            array.data = UnsafeMutableRawPointer(mutating: first + start * Int(array.stride))
            array.rows = UInt32(rows)
            array.bytes = UInt64(rows) * UInt64(array.stride)
        }
        // The arrays outlive the call (`withExtras`), so their addresses are the same here.
        extras.rowTexts?.offsets.withUnsafeBytes {
            shift(&batch.pointee.row_text_offsets, to: $0.baseAddress, rows: rows + 1)
        }
        extras.rowEmbeddings?.values.withUnsafeBytes {
            shift(&batch.pointee.row_embeddings, to: $0.baseAddress, rows: rows)
        }
        extras.rowEmbeddings?.present.withUnsafeBytes {
            shift(&batch.pointee.row_has_embedding, to: $0.baseAddress, rows: rows)
        }
        if let paths = extras.paths { slot.chunk.narrow(batch, paths, rows: start..<start + rows) }
    }
}

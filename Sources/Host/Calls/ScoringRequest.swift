/// What is to be scored: one turn's candidates and what belongs to them. Columns come separately, per scorer.
package struct ScoringRequest: Sendable {
    package var rowCount: Int
    /// Keyed hashes of stable ids; equal ids are the same thing for ever within one store.
    package var rowIDs: [UInt64]
    package var rowTexts: TextBlock?
    package var queryText: String?
    package var rowEmbeddings: VectorBlock?
    package var queryEmbedding: [Float]?
    /// How rows were reached through a graph; nil = nobody knows of a path.
    package var paths: PathBlock?
    /// The turn's time, Unix milliseconds UTC.
    package var nowMilliseconds: Int64
    package var utcOffsetSeconds: Int32 = 0
    /// Retrieval id, for logs and traces.
    package var requestID: UInt64 = 0
    /// Caller's deadline, CLOCK_MONOTONIC; nil = the configuration's budget, once per `rowsPerCall` rows.
    package var deadlineNanoseconds: Int64?
    /// For scorers with state; nil = every scorer is asked without a session.
    package var session: SessionTurn?
    /// A history of its own, instead of `session`: scorers with state see it and forget it.
    package var events: GivenEvents?
    /// What feedback took from scorers' weights in a gate: logarithms, at most 0, by id.
    package var trust: [String: Double] = [:]
    /// Explain every row.
    package var wantsParts = false
    /// Scorers to use instead of the combiner's: the first that answers ranks. nil = the configuration's.
    package var scorers: [String]?

    package init(rowIDs: [UInt64], nowMilliseconds: Int64) {
        self.rowIDs = rowIDs
        rowCount = rowIDs.count
        self.nowMilliseconds = nowMilliseconds
    }
}

/// Columns as they cross the ABI: row-major, contiguous, finite; in the order that was asked for.
package struct ColumnBlock: Sendable {
    package let rowCount: Int
    package let columnCount: Int
    package let values: [Float]
    /// Per column: 0 = this request can't know it, and its documented absent value stands in every row.
    package let present: [UInt8]

    package init(rowCount: Int, columnCount: Int, values: [Float], present: [UInt8]) {
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.values = values
        self.present = present
    }
}

/// One text per row.
package struct TextBlock: Sendable {
    /// rows + 1, ascending.
    package let offsets: [UInt32]
    package let bytes: [UInt8]

    package init(_ texts: [String]) {
        var offsets: [UInt32] = [0]
        var bytes: [UInt8] = []
        offsets.reserveCapacity(texts.count + 1)
        for text in texts {
            bytes += text.utf8
            offsets.append(UInt32(bytes.count))
        }
        self.init(offsets: offsets, bytes: bytes)
    }

    package init(offsets: [UInt32], bytes: [UInt8]) {
        self.offsets = offsets
        self.bytes = bytes
    }

    /// Every text cut to at most `limit` bytes, at a character boundary; itself if none is longer.
    package func cut(to limit: Int) -> TextBlock {
        let rows = offsets.count - 1
        guard (0..<rows).contains(where: { Int(offsets[$0 + 1] - offsets[$0]) > limit }) else { return self }
        var cutOffsets: [UInt32] = [0]
        var cutBytes: [UInt8] = []
        for row in 0..<rows {
            let start = Int(offsets[row])
            var end = min(Int(offsets[row + 1]), start + limit)
            // Continuation bytes (10xxxxxx) belong to the character before them.
            while end > start, end < Int(offsets[row + 1]), bytes[end] & 0xC0 == 0x80 { end -= 1 }
            cutBytes += bytes[start..<end]
            cutOffsets.append(UInt32(cutBytes.count))
        }
        return TextBlock(offsets: cutOffsets, bytes: cutBytes)
    }
}

/// One vector per row, zero where there is none.
package struct VectorBlock: Sendable {
    package let dimension: Int
    package let values: [Float]
    /// Per row: 0 = no vector.
    package let present: [UInt8]

    package init(dimension: Int, values: [Float], present: [UInt8]) {
        self.dimension = dimension
        self.values = values
        self.present = present
    }
}

import Kernels

/// Rows to score, where the caller has them.
package struct ScorerRows {
    /// Row r begins at `columns` + r × `stride` (floats) and has the model's F columns at the places `order`.
    package var columns: Floats
    package var stride: Int
    /// Ids per row, none = all zero; pairs have two.
    package var ids: UnsafePointer<UInt64>?
    package var idStride: Int
    package var idCount: Int
    /// The heuristic's score per row, where the model is a residual on it.
    package var base: Floats?

    package init(
        columns: Floats, stride: Int, ids: UnsafePointer<UInt64>?, idStride: Int = 1, idCount: Int = 1,
        base: Floats? = nil
    ) {
        self.columns = columns
        self.stride = stride
        self.ids = ids
        self.idStride = idStride
        self.idCount = idCount
        self.base = base
    }
}

/// What a row's first head is made of; the parts add up to it.
package struct ScorerParts: Sendable, Equatable {
    package static let names = ["heuristic", "columns", "trunk", "pointwise", "list", "bias"]
    package var values = SIMD8<Float>.zero

    package init() {}
}

extension SequenceScorer {
    /// Scores up to `ScorerScratch.blockRows` rows against the turn of the last `beginTurn`: out [rows, heads].
    ///
    /// - Parameter parts: nil = nobody asks; else one per row.
    package func score(
        _ rows: ScorerRows, range: Range<Int>, order: [Int], _ scratch: ScorerScratch, to out: MutableFloats,
        parts: UnsafeMutablePointer<ScorerParts>? = nil
    ) {
        precondition(range.count <= ScorerScratch.blockRows && order.count == shape.rowColumns, "the caller cuts blocks")
        let (count, heads) = (range.count, shape.heads)
        fill(rows, range, order, scratch)
        hidden(count, z: scratch.z.start, query: scratch.query.start, scratch)
        readHeads(count, scratch, to: out, parts: parts)
        if let list, let room = scratch.list {
            list.run(count, z: scratch.z.start, room)
            for row in 0..<count {
                out[row * heads] += room.score.start[row]
                parts?[row].values[4] = room.score.start[row]
            }
        }
        guard let base = rows.base, shape.isResidual else { return }
        for row in 0..<count {
            let value = residual * base[range.lowerBound + row]
            out[row * heads] += value
            parts?[row].values[0] = value
        }
    }

    /// z [rows, F + C].
    private func fill(_ rows: ScorerRows, _ range: Range<Int>, _ order: [Int], _ scratch: ScorerScratch) {
        let (columns, width) = (shape.rowColumns, shape.codeWidth)
        scales.rows.mean.withUnsafeBufferPointer { mean in
            scales.rows.scale.withUnsafeBufferPointer { scale in
                order.withUnsafeBufferPointer { order in
                    for (place, row) in range.enumerated() {
                        let from = rows.columns + row * rows.stride
                        let z = scratch.z.start + place * shape.rowInputs
                        for column in 0..<columns {
                            let scaled = (from[order[column]] - mean[column]) * scale[column]
                            z[column] = min(max(scaled, -ScorerScales.bound), ScorerScales.bound)
                        }
                    }
                }
            }
        }
        guard width > 0 else { return }
        for (place, row) in range.enumerated() {
            let z = scratch.z.start + place * shape.rowInputs + columns
            guard let ids = rows.ids, shape.hasTrunk else {
                z.update(repeating: 0, count: width)
                continue
            }
            // The codes of a pair multiply: their product is a code again, and stands for both.
            let signs = (0..<rows.idCount).reduce(UInt64(0)) { $0 ^ IDCode.signs(ids[row * rows.idStride + $1]) }
            IDCode.apply(signs, to: scratch.code.start, width: width, into: z)
        }
    }

    /// gelu(reader z + query y + b), gelu(pointwise z + b).
    private func hidden(_ count: Int, z: Floats, query: Floats, _ scratch: ScorerScratch) {
        let stride = shape.rowInputs
        if shape.readers > 0 {
            for row in 0..<count { (scratch.readerIn.start + row * shape.readers).update(from: query, count: shape.readers) }
            reader.apply(
                kernels, rows: count, z, stride: stride, to: scratch.readerIn.start, stride: shape.readers, adding: true)
            kernels.call.pointee.gelu(scratch.readerIn.start, count * shape.readers, scratch.reader.start)
        }
        if shape.pointwise > 0, shape.rowColumns > 0 {
            pointwise.apply(kernels, rows: count, z, stride: stride, to: scratch.pointwiseIn.start, stride: shape.pointwise)
            kernels.call.pointee.gelu(scratch.pointwiseIn.start, count * shape.pointwise, scratch.pointwise.start)
        }
    }

    private func readHeads(
        _ count: Int, _ scratch: ScorerScratch, to out: MutableFloats, parts: UnsafeMutablePointer<ScorerParts>?
    ) {
        let heads = shape.heads
        for row in 0..<count { (out + row * heads).update(from: headBias.start, count: heads) }
        /// What the first head gained since it was looked at.
        func note(_ part: Int, _ before: [Float]) {
            guard let parts else { return }
            for row in 0..<count { parts[row].values[part] = out[row * heads] - before[row] }
        }
        func now() -> [Float] { parts == nil ? [] : (0..<count).map { out[$0 * heads] } }
        if let parts {
            for row in 0..<count {
                parts[row] = ScorerParts()
                parts[row].values[5] = headBias.start[0]
            }
        }
        var before = now()
        headFeatures.apply(kernels, rows: count, scratch.z.start, stride: shape.rowInputs, to: out, stride: heads, adding: true)
        note(1, before)
        if shape.readers > 0 {
            before = now()
            headReader.apply(
                kernels, rows: count, scratch.reader.start, stride: shape.readers, to: out, stride: heads, adding: true)
            note(2, before)
        }
        if shape.pointwise > 0, shape.rowColumns > 0 {
            before = now()
            headPointwise.apply(
                kernels, rows: count, scratch.pointwise.start, stride: shape.pointwise, to: out, stride: heads, adding: true)
            note(3, before)
        }
    }
}

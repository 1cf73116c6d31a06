import GRDB

/// How many tokens FTS5 counted in each document: the second half of BM25.
///
/// FTS5 keeps them in `memory_text_docsize`, a varint per column. Its own `xColumnSize` seeks one row
/// at a time, which took half of a search's time; here few documents are sought and many are read in
/// one sweep.
enum DocumentLengths {
    /// A sweep reads a row about eight times faster than a seek finds one.
    private static let sweepFactor = 8

    /// - Parameters:
    ///   - rowids: Of one scope, ascending.
    ///   - firstColumn: 0 = with the author's name, 1 = text and caption only.
    static func read(
        _ rowids: [Int64], firstColumn: Int32, documentCount: Int, _ database: Database
    ) throws -> [Int32] {
        guard let first = rowids.first, let last = rowids.last else { return [] }
        var lengths = [Int32](repeating: 0, count: rowids.count)
        if rowids.count * sweepFactor < documentCount {
            let seek = try RawStatement(database, "SELECT sz FROM memory_text_docsize WHERE id = ?")
            for (row, rowid) in rowids.enumerated() {
                seek.bind(rowid, at: 1)
                if try seek.step() { lengths[row] = length(seek.bytes(0), firstColumn: firstColumn) }
                seek.reset()
            }
            return lengths
        }
        let sweep = try RawStatement(
            database, "SELECT id, sz FROM memory_text_docsize WHERE id BETWEEN ? AND ?")
        defer { sweep.reset() }
        sweep.bind(first, at: 1)
        sweep.bind(last, at: 2)
        var row = 0
        while row < rowids.count, try sweep.step() {
            let rowid = sweep.int64(0)
            while row < rowids.count, rowids[row] < rowid { row += 1 }
            guard row < rowids.count, rowids[row] == rowid else { continue }
            lengths[row] = length(sweep.bytes(1), firstColumn: firstColumn)
            row += 1
        }
        return lengths
    }

    /// Sums the varints (7 bits a byte, most significant first) from `firstColumn` on.
    private static func length(_ sizes: UnsafeRawBufferPointer, firstColumn: Int32) -> Int32 {
        var total: Int32 = 0
        var value: Int32 = 0
        var column: Int32 = 0
        for byte in sizes {
            value = value << 7 | Int32(byte & 0x7f)
            guard byte & 0x80 == 0 else { continue }
            if column >= firstColumn { total &+= value }
            value = 0
            column += 1
        }
        return total
    }
}

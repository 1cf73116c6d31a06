/// Where a worker puts its answer, from the start of its region. Host and worker compute it alike.
package struct OutputLayout: Sendable {
    package let values: Int
    package let confidence: Int
    package let pathValues: Int
    package let parts: Int
    package let statuses: Int
    package let end: Int

    /// nil if it would end beyond `limit`. The counts may be anything: `rows` × `heads` of a damaged page doesn't fit an Int.
    package init?(start: Int, rows: Int, heads: Int, parts partCount: Int, paths: Int, limit: Int) {
        // By division: a product might not fit. After it no sum comes near the end of Int.
        func fits(_ lines: Int, _ columns: Int) -> Bool { columns == 0 || lines <= limit / 4 / columns }
        guard start >= 0, limit >= start,
            [rows, heads, partCount, paths].allSatisfy({ $0 >= 0 && $0 <= limit }),
            fits(rows, heads), fits(rows, partCount)
        else { return nil }
        func aligned(_ offset: Int) -> Int { (offset + 63) & ~63 }
        values = aligned(start)
        confidence = aligned(values + heads * rows * 4)
        pathValues = aligned(confidence + rows * 4)
        parts = aligned(pathValues + paths * 4)
        statuses = aligned(parts + rows * partCount * 4)
        end = statuses + rows
        guard end <= limit else { return nil }
    }
}

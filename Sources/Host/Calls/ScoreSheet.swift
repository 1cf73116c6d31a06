import PluginABI

/// What became of one row.
package enum RowStatus: UInt8, Sendable {
    case ok = 0
    /// The scorer has nothing to say about it.
    case abstained = 1
    /// Never written.
    case unwritten = 2
    /// Not a finite number, or an unknown status: the plugin's fault.
    case invalid = 3
}

/// A scorer's answer: the buffers that it wrote, checked in place.
///
/// Reused: the slot that filled it takes it again once nobody else holds it.
package final class ScoreSheet: @unchecked Sendable {
    // @unchecked Sendable: written only by the call whose slot holds the single reference; constant from the
    // moment it is handed out.
    private(set) var layout: SheetLayout
    private var memory: UnsafeMutableRawPointer
    private var capacity = 64

    init() {
        memory = .allocate(byteCount: 64, alignment: 64)
        layout = SheetLayout(memory, rows: 0, heads: 0, parts: 0, paths: 0)
    }

    deinit { memory.deallocate() }

    /// Makes room and pre-fills: the sentinel everywhere, every row OK.
    func prepare(rows: Int, heads: Int, parts: Int, paths: Int) -> SheetLayout {
        let bytes = SheetLayout.bytes(rows: rows, heads: heads, parts: parts, paths: paths)
        if bytes > capacity {
            memory.deallocate()
            capacity = (bytes * 3 / 2 + 63) & ~63
            memory = .allocate(byteCount: capacity, alignment: 64)
        }
        let made = SheetLayout(memory, rows: rows, heads: heads, parts: parts, paths: paths)
        made.fill()
        layout = made
        return made
    }

    package var rowCount: Int { layout.rowCount }
    /// One line of values per head that was asked for.
    package var headCount: Int { layout.headCount }
    package var partCount: Int { layout.partCount }
    /// Paths of all rows that were sent; 0 = none were.
    package var pathCount: Int { layout.pathCount }

    package func status(_ row: Int) -> RowStatus {
        precondition(row >= 0 && row < rowCount)
        return RowStatus(rawValue: layout.statuses[row]) ?? .invalid
    }

    /// The value of a row whose status is `ok`, under the first head that was asked for.
    package func value(_ row: Int, head: Int = 0) -> Float {
        precondition(row >= 0 && row < rowCount && head >= 0 && head < headCount)
        return layout.values[head * rowCount + row]
    }

    /// nil = not given.
    package func confidence(_ row: Int) -> Float? {
        precondition(row >= 0 && row < rowCount)
        let value = layout.confidences[row]
        return value.isFinite ? value : nil
    }

    /// Increments that add up to the row's value; empty = not explained.
    package func parts(_ row: Int) -> [Float] {
        precondition(row >= 0 && row < rowCount)
        let parts = (0..<partCount).map { layout.parts[row * partCount + $0] }
        return parts.allSatisfy(\.isFinite) ? parts : []
    }

    /// What a path is worth; nil = not said, or no finite number.
    package func path(_ path: Int) -> Float? {
        precondition(path >= 0 && path < pathCount)
        let value = layout.paths[path]
        return value.isFinite ? value : nil
    }

    /// All values under the first head, without copying.
    package func withValues<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result
    {
        try body(UnsafeBufferPointer(start: layout.values, count: rowCount))
    }
}

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
    package private(set) var rowCount = 0
    /// One line of values per head that was asked for.
    package private(set) var headCount = 0
    package private(set) var partCount = 0
    private var memory: UnsafeMutableRawPointer
    private var capacity = 0

    private(set) var values: UnsafeMutablePointer<Float>
    private(set) var confidences: UnsafeMutablePointer<Float>
    private(set) var partValues: UnsafeMutablePointer<Float>
    private(set) var statuses: UnsafeMutablePointer<UInt8>

    init() {
        memory = .allocate(byteCount: 64, alignment: 64)
        values = memory.assumingMemoryBound(to: Float.self)
        confidences = values
        partValues = values
        statuses = memory.assumingMemoryBound(to: UInt8.self)
    }

    deinit { memory.deallocate() }

    /// Makes room and pre-fills: the sentinel everywhere, every row OK.
    func prepare(rows: Int, heads: Int, parts: Int) {
        rowCount = rows
        headCount = heads
        partCount = parts
        let floats = rows * (heads + 1 + parts)
        let bytes = floats * 4 + rows
        if bytes > capacity {
            memory.deallocate()
            capacity = (bytes * 3 / 2 + 63) & ~63
            memory = .allocate(byteCount: capacity, alignment: 64)
        }
        let words = memory.assumingMemoryBound(to: UInt32.self)
        words.update(repeating: UInt32(MNEME_UNWRITTEN_BITS), count: floats)
        values = memory.assumingMemoryBound(to: Float.self)
        confidences = values + rows * heads
        partValues = confidences + rows
        statuses = (memory + floats * 4).assumingMemoryBound(to: UInt8.self)
        statuses.update(repeating: 0, count: rows)
    }

    package func status(_ row: Int) -> RowStatus {
        precondition(row >= 0 && row < rowCount)
        return RowStatus(rawValue: statuses[row]) ?? .invalid
    }

    /// The value of a row whose status is `ok`, under the first head that was asked for.
    package func value(_ row: Int, head: Int = 0) -> Float {
        precondition(row >= 0 && row < rowCount && head >= 0 && head < headCount)
        return values[head * rowCount + row]
    }

    /// nil = not given.
    package func confidence(_ row: Int) -> Float? {
        precondition(row >= 0 && row < rowCount)
        let value = confidences[row]
        return value.isFinite ? value : nil
    }

    /// Increments that add up to the row's value; empty = not explained.
    package func parts(_ row: Int) -> [Float] {
        precondition(row >= 0 && row < rowCount)
        let parts = (0..<partCount).map { partValues[row * partCount + $0] }
        return parts.allSatisfy(\.isFinite) ? parts : []
    }

    /// All values under the first head, without copying.
    package func withValues<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try body(UnsafeBufferPointer(start: values, count: rowCount))
    }
}

import PluginABI

/// Where the buffers of one answer lie in a sheet's memory.
///
/// values f32 [heads, rows] · confidences f32 [rows] · parts f32 [rows, parts] · paths f32 [paths] · statuses u8 [rows]
struct SheetLayout {
    let rowCount: Int
    let headCount: Int
    let partCount: Int
    let pathCount: Int
    let values: UnsafeMutablePointer<Float>
    let confidences: UnsafeMutablePointer<Float>
    let parts: UnsafeMutablePointer<Float>
    let paths: UnsafeMutablePointer<Float>
    let statuses: UnsafeMutablePointer<UInt8>

    static func bytes(rows: Int, heads: Int, parts: Int, paths: Int) -> Int {
        (rows * (heads + 1 + parts) + paths) * 4 + rows
    }

    init(_ memory: UnsafeMutableRawPointer, rows: Int, heads: Int, parts: Int, paths pathCount: Int) {
        rowCount = rows
        headCount = heads
        partCount = parts
        self.pathCount = pathCount
        values = memory.assumingMemoryBound(to: Float.self)
        confidences = values + rows * heads
        self.parts = confidences + rows
        paths = self.parts + rows * parts
        statuses = UnsafeMutableRawPointer(paths + pathCount).assumingMemoryBound(to: UInt8.self)
    }

    /// Every number unwritten, every row OK.
    func fill() {
        let words = UnsafeMutableRawPointer(values).assumingMemoryBound(to: UInt32.self)
        let count = rowCount * (headCount + 1 + partCount) + pathCount
        for index in 0..<count { words[index] = UInt32(MNEME_UNWRITTEN_BITS) }
        for row in 0..<rowCount { statuses[row] = 0 }
    }
}

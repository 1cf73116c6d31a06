import PluginABI

extension mneme_array {
    @inline(__always)
    static func matrix<Element>(
        _ data: UnsafePointer<Element>?, _ type: Int, rows: Int, columns: Int, stride: Int, size: Int
    ) -> mneme_array {
        guard let data, rows > 0, columns > 0 else { return mneme_array() }
        return mneme_array(
            data: UnsafeMutableRawPointer(mutating: data),
            bytes: UInt64((rows - 1) * stride + columns * size),
            rows: UInt32(rows), cols: UInt32(columns), stride: UInt32(stride), type: UInt32(type))
    }

    @inline(__always)
    static func matrix<Element>(
        _ data: UnsafeMutablePointer<Element>, _ type: Int, rows: Int, columns: Int, stride: Int, size: Int
    ) -> mneme_array {
        matrix(Optional(UnsafePointer(data)), type, rows: rows, columns: columns, stride: stride, size: size)
    }

    /// One line of elements.
    @inline(__always)
    static func list<Element>(_ elements: UnsafeBufferPointer<Element>, _ type: Int) -> mneme_array {
        let size = MemoryLayout<Element>.stride
        return matrix(
            elements.baseAddress, type, rows: 1, columns: elements.count, stride: elements.count * size,
            size: size)
    }

    /// n × 1.
    @inline(__always)
    static func column<Element>(_ elements: UnsafeBufferPointer<Element>, _ type: Int) -> mneme_array {
        let size = MemoryLayout<Element>.stride
        return matrix(
            elements.baseAddress, type, rows: elements.count, columns: 1, stride: size, size: size)
    }
}

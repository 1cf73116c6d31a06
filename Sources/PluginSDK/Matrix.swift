import PluginABI

/// Rows × columns of one of the host's arrays, read in place.
///
/// Bounds are checked at every access, the array itself once, before the scorer sees it. It cannot be kept:
/// the compiler ties it to the call (`~Escapable`).
@frozen public struct Matrix<Element: BitwiseCopyable>: ~Escapable {
    @usableFromInline let base: UnsafeRawPointer?
    /// Bytes from one row to the next; at least `columns` elements.
    @usableFromInline let stride: Int
    public let rows: Int
    public let columns: Int

    /// `array` has passed `checked`.
    @_lifetime(immortal)
    @usableFromInline
    init(_ array: mneme_array) {
        base = UnsafeRawPointer(array.data)
        stride = Int(array.stride)
        rows = base == nil ? 0 : Int(array.rows)
        columns = base == nil ? 0 : Int(array.cols)
    }

    /// The host sent nothing here.
    @inlinable public var isAbsent: Bool { base == nil }

    @inlinable public subscript(row: Int, column: Int) -> Element {
        precondition(row >= 0 && row < rows && column >= 0 && column < columns, "outside the matrix")
        return start(of: row)[column]
    }

    /// One row, without copying.
    @inlinable public subscript(row: Int) -> Span<Element> {
        @_lifetime(copy self)
        get {
            precondition(row >= 0 && row < rows, "outside the matrix")
            let span = Span(_unsafeStart: start(of: row), count: columns)
            // The span reads the memory that this view reads, so it lives as long as the view may.
            return _overrideLifetime(span, copying: self)
        }
    }

    /// One row, for callers that prefer a scope.
    @inlinable public func withRow<Result, Failure: Error>(
        _ row: Int, _ body: (Span<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(self[row])
    }

    /// All rows at once for a routine that strides through memory itself: the elements from the first to
    /// the last one, and how many elements lie between the starts of two rows.
    @inlinable public func withElements<Result, Failure: Error>(
        _ body: (Span<Element>, _ rowStride: Int) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let width = MemoryLayout<Element>.stride
        guard let base, rows > 0, columns > 0 else { return try body(Span(), 0) }
        let count = (rows - 1) * (stride / width) + columns
        return try body(
            Span(_unsafeStart: base.assumingMemoryBound(to: Element.self), count: count), stride / width)
    }

    @inlinable @inline(__always)
    func start(of row: Int) -> UnsafePointer<Element> {
        // Unsafe: `row` was checked by the caller, and `base` is null only where there are no rows.
        (base.unsafelyUnwrapped + row * stride).assumingMemoryBound(to: Element.self)
    }
}

/// What an array of the contract must be before a view is made of it.
struct Expected {
    let name: StaticString
    let type: Int
    /// `nil` = any.
    var rows: Int?
    var columns: Int?
    /// A list has no shape of its own: n × 1 and 1 × n say the same.
    var isList = false
}

extension mneme_array {
    /// Refuses an array that a view would read or write outside of: type, shape, alignment, bytes.
    @inline(__always)
    func check(_ expected: @autoclosure () -> Expected) throws(ScorerError) {
        if data == nil { return }
        try checkPresent(expected())
    }

    func checkPresent(_ expected: Expected) throws(ScorerError) {
        let width = elementBytes
        guard Int(type) == expected.type else {
            throw .invalid("\(expected.name) has type \(type), not \(expected.type)")
        }
        let rows = Int(rows)
        let columns = Int(cols)
        let stride = Int(stride)
        if expected.isList {
            if let wanted = expected.rows, rows * columns != wanted {
                throw .invalid("\(expected.name) has \(rows * columns) entries, not \(wanted)")
            }
        } else {
            if let wanted = expected.rows, wanted != rows {
                throw .invalid("\(expected.name) has \(rows) rows, not \(wanted)")
            }
            if let wanted = expected.columns, wanted != columns {
                throw .invalid("\(expected.name) has \(columns) columns, not \(wanted)")
            }
        }
        guard Int(bitPattern: data) % width == 0, stride % width == 0 else {
            throw .invalid("\(expected.name) is not aligned to its \(width)-byte elements")
        }
        guard rows > 0, columns > 0 else { return }
        let dense = columns * width
        guard rows == 1 || stride >= dense, !expected.isList || rows == 1 || (columns == 1 && stride == width)
        else { throw .invalid("\(expected.name) has a stride of \(stride) bytes") }
        let (last, overflow) = (rows - 1).multipliedReportingOverflow(by: stride)
        guard !overflow, UInt64(last) + UInt64(dense) <= bytes else {
            throw .invalid("\(expected.name) holds \(bytes) bytes, too few for its \(rows) x \(columns)")
        }
    }

    /// Entries of a list.
    @usableFromInline var listCount: Int { data == nil ? 0 : Int(rows) * Int(cols) }

    private var elementBytes: Int {
        switch Int(type) {
        case MNEME_F32, MNEME_U32: 4
        case MNEME_F16: 2
        case MNEME_U64, MNEME_I64: 8
        default: 1
        }
    }
}

import PluginABI

/// Memory of one call: crossing structs in zeroed kilobyte slots (a newer minor's plugin may write further than
/// ours knows), inputs retained, outputs private. A late call goes on writing here and nowhere else; the slot lives
/// until the call has returned (abi-decisions 1, 9).
final class CallSlot: @unchecked Sendable {
    // @unchecked Sendable: the turn fills it before the hand-over and reads it after `done`; in between only the
    // scoring thread touches it. A slot that was abandoned is never read again.
    let batch: UnsafeMutablePointer<mneme_batch>
    let scores: UnsafeMutablePointer<mneme_scores>
    let error: UnsafeMutablePointer<mneme_error>
    let cancel: UnsafeMutablePointer<UInt32>
    private let structs: UnsafeMutableRawPointer
    private(set) var values: UnsafeMutablePointer<Float>
    private(set) var confidence: UnsafeMutablePointer<Float>
    private(set) var status: UnsafeMutablePointer<UInt8>
    private(set) var parts: UnsafeMutablePointer<Float>
    private var capacityRows = 0
    private var capacityParts = 0
    private var inputs: [Float] = []
    private var present: [UInt8] = []
    private var ids: [UInt64] = []
    private var query: [UInt8] = []
    private(set) var rows = 0
    private(set) var partCount = 0
    var outcome: mneme_status = 0
    /// The floating-point mode was not what it had been before the call.
    var changedFloatMode = false

    static let slotBytes = 1024

    init() {
        structs = .allocate(byteCount: 4 * Self.slotBytes, alignment: 64)
        structs.initializeMemory(as: UInt8.self, repeating: 0, count: 4 * Self.slotBytes)
        batch = structs.assumingMemoryBound(to: mneme_batch.self)
        scores = (structs + Self.slotBytes).assumingMemoryBound(to: mneme_scores.self)
        error = (structs + 2 * Self.slotBytes).assumingMemoryBound(to: mneme_error.self)
        cancel = (structs + 3 * Self.slotBytes).assumingMemoryBound(to: UInt32.self)
        values = .allocate(capacity: 1)
        confidence = .allocate(capacity: 1)
        status = .allocate(capacity: 1)
        parts = .allocate(capacity: 1)
        batch.pointee.struct_size = UInt32(MemoryLayout<mneme_batch>.size)
        scores.pointee.struct_size = UInt32(MemoryLayout<mneme_scores>.size)
        error.pointee.struct_size = UInt32(MemoryLayout<mneme_error>.size)
        batch.pointee.cancel = UnsafePointer(cancel)
    }

    deinit {
        structs.deallocate()
        values.deallocate()
        confidence.deallocate()
        status.deallocate()
        parts.deallocate()
    }

    /// Takes the request's arrays and pre-fills the outputs with the sentinel.
    func fill(inputs: [Float], columns: Int, present: [UInt8], ids: [UInt64], query: [UInt8], rows: Int, partCount: Int) {
        self.inputs = inputs
        self.present = present
        self.ids = ids
        self.query = query
        self.rows = rows
        self.partCount = partCount
        reserve(rows: rows, parts: partCount)
        let sentinel = Float(bitPattern: MNEME_UNWRITTEN_BITS)
        values.update(repeating: sentinel, count: rows)
        confidence.update(repeating: sentinel, count: rows)
        status.update(repeating: UInt8(MNEME_ROW_OK), count: rows)
        if partCount > 0 { parts.update(repeating: sentinel, count: rows * partCount) }
        cancel.pointee = 0
        outcome = 0
        changedFloatMode = false
        error.pointee.code = 0
        error.pointee.message.0 = 0

        // The arrays are retained above and not mutated until the next `fill`, so their storage stays put.
        batch.pointee.target = UInt32(MNEME_OVER_CANDIDATE)
        batch.pointee.heads = 1
        batch.pointee.rows = UInt32(rows)
        batch.pointee.row_features = Self.array(self.inputs, rows: rows, cols: columns, type: MNEME_F32)
        batch.pointee.column_present = Self.array(self.present, rows: 1, cols: columns, type: MNEME_U8)
        batch.pointee.row_ids = Self.array(self.ids, rows: rows, cols: 1, type: MNEME_U64)
        batch.pointee.query_text = query.isEmpty ? mneme_array() : Self.array(self.query, rows: 1, cols: query.count, type: MNEME_U8)
        scores.pointee.rows_done = 0
        scores.pointee.values = Self.array(values, rows: 1, cols: rows, type: MNEME_F32)
        scores.pointee.confidence = Self.array(confidence, rows: 1, cols: rows, type: MNEME_F32)
        scores.pointee.row_status = Self.array(status, rows: 1, cols: rows, type: MNEME_U8)
        scores.pointee.parts = partCount > 0 ? Self.array(parts, rows: rows, cols: partCount, type: MNEME_F32) : mneme_array()
    }

    private func reserve(rows: Int, parts partCount: Int) {
        if rows > capacityRows {
            values.deallocate()
            confidence.deallocate()
            status.deallocate()
            values = .allocate(capacity: rows)
            confidence = .allocate(capacity: rows)
            status = .allocate(capacity: rows)
            capacityRows = rows
        }
        if rows * partCount > capacityParts {
            parts.deallocate()
            parts = .allocate(capacity: rows * partCount)
            capacityParts = rows * partCount
        }
    }

    private static func array<Element>(_ storage: [Element], rows: Int, cols: Int, type: Int) -> mneme_array {
        storage.withUnsafeBytes { bytes in
            descriptor(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count, rows, cols, MemoryLayout<Element>.stride, type)
        }
    }

    private static func array<Element>(_ storage: UnsafeMutablePointer<Element>, rows: Int, cols: Int, type: Int) -> mneme_array {
        descriptor(UnsafeMutableRawPointer(storage), rows * cols * MemoryLayout<Element>.stride, rows, cols, MemoryLayout<Element>.stride, type)
    }

    private static func descriptor(_ data: UnsafeMutableRawPointer?, _ bytes: Int, _ rows: Int, _ cols: Int, _ element: Int, _ type: Int) -> mneme_array {
        mneme_array(
            data: data, bytes: UInt64(bytes), rows: UInt32(rows), cols: UInt32(cols), stride: UInt32(cols * element), type: UInt32(type))
    }

    /// The message a plugin left, terminated or not.
    var message: String {
        withUnsafeBytes(of: &error.pointee.message) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

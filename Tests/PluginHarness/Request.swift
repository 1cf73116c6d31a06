import PluginABI

/// A batch and the buffers for its answer, each array against a guard page of its own, inputs read-only.
package final class Request {
    package let batch = Guarded<mneme_batch>()
    package let scores = Guarded<mneme_scores>()
    package let count: Int
    package let partCount: Int
    private var memory: [GuardedMemory] = []
    private let cancel = GuardedMemory(bytes: 4)

    /// `rowPadding`: floats behind every row that a reader must skip.
    package init(
        rows: [[Float]], present: [UInt8]? = nil, heads: UInt32 = 1, parts: Int = 0, rowPadding: Int = 0
    ) {
        count = rows.count
        partCount = parts
        let width = rows.first?.count ?? present?.count ?? 0
        var flat: [Float] = []
        for (index, row) in rows.enumerated() {
            flat += row
            if index + 1 < rows.count { flat += Array(repeating: .infinity, count: rowPadding) }
        }
        let columns = present ?? Array(repeating: 1, count: width)

        let target = batch.pointer
        target.pointee.struct_size = UInt32(MemoryLayout<mneme_batch>.size)
        target.pointee.target = UInt32(MNEME_OVER_CANDIDATE)
        target.pointee.rows = UInt32(rows.count)
        target.pointee.heads = heads
        target.pointee.schema = PluginModel.schema
        target.pointee.cancel = UnsafePointer(cancel.start.assumingMemoryBound(to: UInt32.self))
        target.pointee.column_present = input(columns, MNEME_U8, rows: 1, columns: columns.count)
        target.pointee.row_features = input(
            flat, MNEME_F32, rows: rows.count, columns: width, stride: (width + rowPadding) * 4)
        target.pointee.row_ids = input(
            (0..<rows.count).map { UInt64($0) + 1 }, MNEME_U64, rows: rows.count, columns: 1)

        let answer = scores.pointer
        answer.pointee.struct_size = UInt32(MemoryLayout<mneme_scores>.size)
        answer.pointee.values = floats(heads.nonzeroBitCount, rows.count)
        answer.pointee.confidence = floats(1, rows.count)
        answer.pointee.row_status = output(
            bytes: rows.count, MNEME_U8, rows: 1, columns: rows.count, width: 1)
        if parts > 0 { answer.pointee.parts = floats(rows.count, parts) }
    }

    package func cancelNow() { cancel.start.storeBytes(of: 1, as: UInt32.self) }

    /// The score of a row in the line of the n-th head that was asked for; nil if it was never written.
    package func value(_ row: Int, line: Int = 0) -> Float? {
        written(scores.pointer.pointee.values, line, row)
    }

    package func parts(_ row: Int) -> [Float?] {
        (0..<partCount).map { written(scores.pointer.pointee.parts, row, $0) }
    }

    package func abstains(_ row: Int) -> Bool {
        // Force unwrap: made in `init`.
        scores.pointer.pointee.row_status.data!.load(fromByteOffset: row, as: UInt8.self)
            == UInt8(MNEME_ROW_ABSTAIN)
    }

    package var values: [Float?] { (0..<count).map { value($0) } }
    package var rowsDone: Int { Int(scores.pointer.pointee.rows_done) }

    /// Adds an input array to the batch.
    package func input<Element>(
        _ elements: [Element], _ type: Int, rows: Int, columns: Int, stride: Int? = nil
    ) -> mneme_array {
        let width = MemoryLayout<Element>.stride
        let block = GuardedMemory(bytes: elements.count * width)
        block.start.assumingMemoryBound(to: Element.self).initialize(from: elements, count: elements.count)
        block.makeReadOnly()
        memory.append(block)
        return mneme_array(
            data: block.start, bytes: UInt64(elements.count * width), rows: UInt32(rows),
            cols: UInt32(columns),
            stride: UInt32(stride ?? columns * width), type: UInt32(type))
    }

    private func floats(_ rows: Int, _ columns: Int) -> mneme_array {
        let array = output(bytes: rows * columns * 4, MNEME_F32, rows: rows, columns: columns, width: 4)
        for index in 0..<(rows * columns) {
            // Force unwrap: the array was made in the line above.
            array.data!.storeBytes(of: MNEME_UNWRITTEN_BITS, toByteOffset: index * 4, as: UInt32.self)
        }
        return array
    }

    private func output(bytes: Int, _ type: Int, rows: Int, columns: Int, width: Int) -> mneme_array {
        let block = GuardedMemory(bytes: bytes)
        memory.append(block)
        return mneme_array(
            data: block.start, bytes: UInt64(bytes), rows: UInt32(rows), cols: UInt32(columns),
            stride: UInt32(columns * width), type: UInt32(type))
    }

    private func written(_ array: mneme_array, _ row: Int, _ column: Int) -> Float? {
        // Force unwrap: asked only for arrays made in `init`.
        let bits = array.data!.load(fromByteOffset: row * Int(array.stride) + column * 4, as: UInt32.self)
        return bits == MNEME_UNWRITTEN_BITS ? nil : Float(bitPattern: bits)
    }
}

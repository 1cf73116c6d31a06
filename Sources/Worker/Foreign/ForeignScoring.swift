import Platform
import PluginABI
import Wire

// The function as a scorer's `score`.
extension ForeignFunction {
    /// How many rows are called between two looks at the cancel word.
    private static let rowsPerPoll = 256

    func score(_ batch: UnsafePointer<mneme_batch>, _ scores: UnsafeMutablePointer<mneme_scores>)
        -> mneme_status
    {
        let rows = Int(batch.pointee.rows)
        let features = batch.pointee.row_features
        guard let data = features.data, let values = scores.pointee.values.data, features.rows == rows,
            features.cols == order.columnCount, scores.pointee.values.cols == rows
        else { return mneme_status(MNEME_SCHEMA) }
        let table = Table(base: UnsafeRawPointer(data), stride: Int(features.stride))
        let answer = values.assumingMemoryBound(to: Float.self)
        return order.isBatch
            ? scoreBatch(batch, table, rows, answer, scores) : scoreRows(batch, table, rows, answer, scores)
    }

    /// The batch's f32 columns.
    private struct Table {
        let base: UnsafeRawPointer
        let stride: Int

        @inline(__always)
        func value(_ row: Int, _ column: Int) -> Double {
            Double((base + row * stride).assumingMemoryBound(to: Float.self)[column])
        }
    }

    private func scoreRows(
        _ batch: UnsafePointer<mneme_batch>, _ table: Table, _ rows: Int,
        _ answer: UnsafeMutablePointer<Float>,
        _ scores: UnsafeMutablePointer<mneme_scores>
    ) -> mneme_status {
        // Constants were set once.
        let changing = order.arguments.enumerated().compactMap { index, argument in
            if case .column(let type, let column) = argument { (index, type, column) } else { nil }
        }
        for row in 0..<rows {
            if row % Self.rowsPerPoll == 0, mneme_cancelled(batch) != 0 {
                scores.pointee.rows_done = UInt32(row)
                return mneme_status(MNEME_CANCELLED)
            }
            for (index, type, column) in changing { call.set(index, type, table.value(row, column)) }
            call.call()
            answer[row] = Float(call.value(order.result))
        }
        scores.pointee.rows_done = UInt32(rows)
        return mneme_status(MNEME_OK)
    }

    private func scoreBatch(
        _ batch: UnsafePointer<mneme_batch>, _ table: Table, _ rows: Int,
        _ answer: UnsafeMutablePointer<Float>,
        _ scores: UnsafeMutablePointer<mneme_scores>
    ) -> mneme_status {
        guard mneme_cancelled(batch) == 0 else { return mneme_status(MNEME_CANCELLED) }
        var written: (memory: UnsafeMutableRawPointer, type: ForeignOrder.Element)?
        for (index, argument) in order.arguments.enumerated() {
            switch argument {
            case .constant, .column: break
            case .count(let type, let what):
                call.set(index, type, Double(what == .rows ? rows : order.matrixWidth))
            case .rows(let type, let columns):
                guard let copy = gather(table, rows, columns, type, inputs[index]) else {
                    return mneme_status(MNEME_MEMORY)
                }
                call.set(index, copy)
            case .output(let type):
                guard let memory = output.take(rows * type.bytes) else { return mneme_status(MNEME_MEMORY) }
                type.markUnwritten(memory, rows)
                call.set(index, memory)
                written = (memory, type)
            }
        }
        guard let written else { return mneme_status(MNEME_INTERNAL) }
        call.call()
        written.type.copy(written.memory, rows, to: answer)
        scores.pointee.rows_done = UInt32(rows)
        return mneme_status(MNEME_OK)
    }

    /// The named columns, dense and in this order.
    private func gather(
        _ table: Table, _ rows: Int, _ columns: [Int], _ type: ForeignOrder.Element, _ buffer: GuardedBuffer
    ) -> UnsafeMutableRawPointer? {
        guard let memory = buffer.take(rows * columns.count * type.bytes) else { return nil }
        var next = 0
        for row in 0..<rows {
            for column in columns {
                let value = table.value(row, column)
                switch type {
                case .f32: memory.assumingMemoryBound(to: Float.self)[next] = Float(value)
                case .f64: memory.assumingMemoryBound(to: Double.self)[next] = value
                }
                next += 1
            }
        }
        return memory
    }
}

extension ForeignOrder.Element {
    var bytes: Int { self == .f32 ? 4 : 8 }

    /// A NaN that no computation makes: what still holds it afterwards was never written.
    private static let unwritten: UInt64 = 0x7FF8_0000_7FC0_DEAD

    func markUnwritten(_ memory: UnsafeMutableRawPointer, _ count: Int) {
        switch self {
        case .f32:
            for index in 0..<count {
                memory.assumingMemoryBound(to: UInt32.self)[index] = UInt32(MNEME_UNWRITTEN_BITS)
            }
        case .f64:
            for index in 0..<count { memory.assumingMemoryBound(to: UInt64.self)[index] = Self.unwritten }
        }
    }

    /// Into the answer, which is pre-filled as unwritten.
    func copy(_ memory: UnsafeMutableRawPointer, _ count: Int, to answer: UnsafeMutablePointer<Float>) {
        switch self {
        case .f32: answer.update(from: memory.assumingMemoryBound(to: Float.self), count: count)
        case .f64:
            let values = memory.assumingMemoryBound(to: Double.self)
            for index in 0..<count where values[index].bitPattern != Self.unwritten {
                answer[index] = Float(values[index])
            }
        }
    }
}

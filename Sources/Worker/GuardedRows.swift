import Glibc
import PluginABI
import Wire

/// Copies of one call's arrays, each ending where readable memory ends: who reads or writes past an array dies at
/// once, and who writes into an input is seen by comparing.
final class GuardedRows {
    // Not Sendable on purpose: it belongs to the one thread that answers the host.
    private struct Block {
        let mapping: UnsafeMutableRawPointer
        let mappedBytes: Int
        let data: UnsafeMutableRawPointer
        let bytes: Int
        /// Of an input: what was copied.
        let original: UnsafeRawPointer
    }

    private static let pageBytes = 4096
    private var inputs: [(index: Int, block: Block)] = []
    private var outputs: [Block?] = []

    func guardArrays(of batch: UnsafeMutablePointer<mneme_batch>, _ scores: UnsafeMutablePointer<mneme_scores>) {
        let kind = PackedKind.batch
        for index in 0..<kind.arrayCount {
            let field = UnsafeMutableRawPointer(batch) + kind.arraysAt + index * MemoryLayout<mneme_array>.stride
            if let block = copy(field.assumingMemoryBound(to: mneme_array.self), index) { inputs.append((index, block)) }
        }
        // Force unwrap: a stored field of an imported C struct has an offset.
        let first = UnsafeMutableRawPointer(scores) + MemoryLayout<mneme_scores>.offset(of: \.values)!
        outputs = (0..<5).map { index in
            let field = first + index * MemoryLayout<mneme_array>.stride
            return copy(field.assumingMemoryBound(to: mneme_array.self), kind.arrayCount + index)
        }
    }

    private func copy(_ array: UnsafeMutablePointer<mneme_array>, _ index: Int) -> Block? {
        guard let data = array.pointee.data, array.pointee.bytes > 0 else { return nil }
        let bytes = Int(array.pointee.bytes)
        let whole = (bytes + Self.pageBytes - 1) / Self.pageBytes * Self.pageBytes
        guard let start = mmap(nil, whole + Self.pageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            start != MAP_FAILED
        else { return nil }
        mprotect(start + whole, Self.pageBytes, PROT_NONE)
        Diagnosis.note(start + whole, Self.pageBytes, isStruct: false, index: index)
        let place = start + whole - bytes
        memcpy(place, data, bytes)
        array.pointee.data = place
        return Block(mapping: start, mappedBytes: whole + Self.pageBytes, data: place, bytes: bytes, original: data)
    }

    /// 1 + index of the first input that isn't what it was; 0 = all are.
    var changedInput: UInt32 {
        let changed = inputs.first { memcmp($0.block.data, $0.block.original, $0.block.bytes) != 0 }
        return changed.map { UInt32($0.index + 1) } ?? 0
    }

    func copyOutputs(to base: UnsafeMutableRawPointer, _ layout: AnswerLayout) {
        for (block, offset) in zip(outputs, layout.offsets) {
            if let block { memcpy(base + offset, block.data, block.bytes) }
        }
    }

    func release() {
        Diagnosis.forgetRows()
        for block in inputs.map(\.block) + outputs.compactMap(\.self) { munmap(block.mapping, block.mappedBytes) }
        inputs.removeAll()
        outputs.removeAll()
    }
}

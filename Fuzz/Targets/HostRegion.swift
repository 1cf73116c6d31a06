import Glibc
import Platform
import PluginABI
import Wire

/// A host whose region is damaged: whatever its control page says, the worker may only refuse.
///
/// Input: 1 byte for the kind of struct, the head of the control page, and the arena.
func fuzzHostRegion(_ input: UnsafeRawBufferPointer) {
    let headBytes = MemoryLayout<mneme_host_page>.size
    guard input.count > 1 + headBytes else { return }
    let page = input.loadUnaligned(fromByteOffset: 1, as: mneme_host_page.self)
    let arena = UnsafeRawBufferPointer(rebasing: input.dropFirst(1 + headBytes))
    // Memory of exactly that size: AddressSanitizer sees the first byte beyond.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(arena.count, 1), alignment: 64)
    defer { memory.deallocate() }
    Regions.copy(arena[...], to: memory)

    readOrder(UnsafeRawBufferPointer(start: memory, count: arena.count))
    readStruct(page, [.batch, .events, .outcomes][Int(input[0] % 3)], memory, arena.count)
    placeOutputs(page)
}

private func readOrder(_ bytes: UnsafeRawBufferPointer) {
    guard let order = try? CreateOrder(decoding: bytes) else { return }
    _ = ConfigMemory(order, assets: nil)
    // Compared as encoded: a text that wasn't UTF-8 is read as replacement characters, once.
    let again = order.encoded.withUnsafeBytes { try? CreateOrder(decoding: $0) }
    precondition(again?.encoded == order.encoded, "an order that was read can't be written")
}

private func readStruct(
    _ page: mneme_host_page, _ kind: PackedKind, _ memory: UnsafeMutableRawPointer, _ count: Int
) {
    let slot = UnsafeMutableRawPointer.allocate(byteCount: Packing.slotBytes, alignment: 64)
    defer { slot.deallocate() }
    memset(slot, 0, Packing.slotBytes)
    guard
        Packing.unpack(
            memory, at: Int(truncatingIfNeeded: page.struct_at), byteCount: count, kind, into: slot)
    else { return }
    for index in 0..<kind.arrayCount {
        let array = (slot + kind.arraysAt + index * MemoryLayout<mneme_array>.stride).load(
            as: mneme_array.self)
        if let data = array.data { touch(array, UnsafeRawPointer(data)) }
    }
}

/// Reads the first and last byte of the rows, as a plugin would.
private func touch(_ array: mneme_array, _ data: UnsafeRawPointer) {
    let sizes: [UInt32: Int] = [1: 4, 2: 2, 3: 1, 4: 4, 5: 8, 6: 8]
    guard array.rows > 0, array.cols > 0, let size = sizes[array.type] else { return }
    precondition(Int(bitPattern: data) % size == 0, "an element isn't aligned")
    var sum: UInt8 = 0
    for row in [0, Int(array.rows) / 2, Int(array.rows) - 1] {
        let line = data + row * Int(array.stride)
        sum ^= line.load(as: UInt8.self)
        sum ^= (line + Int(array.cols) * size - 1).load(as: UInt8.self)
    }
    Regions.keep(sum)
}

/// Where `score` would write, in a region of the usual size.
private func placeOutputs(_ page: mneme_host_page) {
    let limit = 64 << 20
    guard
        let layout = OutputLayout(
            start: Int(MNEME_LANE_PAGE), rows: Int(UInt32(truncatingIfNeeded: page.struct_at)),
            heads: Int(page.head_count),
            parts: Int(page.part_count), paths: Int(page.path_count), limit: limit)
    else { return }
    let places = [
        layout.values, layout.confidence, layout.pathValues, layout.parts, layout.statuses, layout.end,
    ]
    precondition(places == places.sorted() && layout.end <= limit, "outputs overlap or leave the region")
}

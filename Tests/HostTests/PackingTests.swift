import Glibc
import PluginABI
import Testing
import Wire

/// What crosses a process, when the other side lies about it.
@Suite struct PackingTests {
    private static let bytes = 4096

    /// A region whose first array descriptor of a batch is `array`; what `unpack` says to it.
    private func unpacks(_ array: mneme_array, at offset: Int = 0) -> Bool {
        let region = UnsafeMutableRawPointer.allocate(byteCount: Self.bytes, alignment: 64)
        let slot = UnsafeMutableRawPointer.allocate(byteCount: Packing.slotBytes, alignment: 64)
        defer {
            region.deallocate()
            slot.deallocate()
        }
        memset(region, 0, Self.bytes)
        (region + PackedKind.batch.arraysAt).storeBytes(of: array, as: mneme_array.self)
        return Packing.unpack(region, at: offset, byteCount: Self.bytes, .batch, into: slot)
    }

    private func array(
        at start: Int = 1024, bytes: UInt64 = 64, rows: UInt32 = 2, columns: UInt32 = 4, stride: UInt32 = 16,
        type: Int = MNEME_F32
    ) -> mneme_array {
        mneme_array(
            data: UnsafeMutableRawPointer(bitPattern: start), bytes: bytes, rows: rows, cols: columns,
            stride: stride,
            type: UInt32(type))
    }

    @Test func anArrayThatFitsIsTaken() {
        #expect(unpacks(array()))
    }

    @Test func aShapeBeyondAllNumbersIsRefused() {
        #expect(!unpacks(array(rows: .max, columns: .max, stride: .max, type: MNEME_U64)))
    }

    @Test func aPlaceBeyondAllNumbersIsRefused() {
        #expect(!unpacks(array(), at: .max))
    }

    @Test func anArrayThatLeavesTheRegionIsRefused() {
        #expect(!unpacks(array(at: Self.bytes - 8)))
        #expect(!unpacks(array(bytes: 16)))
    }

    @Test func elementsThatArentAlignedAreRefused() {
        #expect(!unpacks(array(at: 1025)))
        #expect(!unpacks(array(stride: 17)))
    }

    @Test func anArrayOfAnUnknownTypeIsRefused() {
        #expect(!unpacks(array(type: 7)))
    }

    @Test func outputsBeyondAllNumbersHaveNoLayout() {
        let most = Int(UInt32.max)
        #expect(
            OutputLayout(start: 0, rows: most, heads: most, parts: most, paths: most, limit: 64 << 20) == nil)
        #expect(OutputLayout(start: 0, rows: 16, heads: 1, parts: 0, paths: 0, limit: 64) == nil)
        #expect(OutputLayout(start: 0, rows: 16, heads: 1, parts: 0, paths: 0, limit: 4096) != nil)
    }

    @Test func noAddressOfThisProcessCrosses() throws {
        let region = UnsafeMutableRawPointer.allocate(byteCount: Self.bytes, alignment: 64)
        defer { region.deallocate() }
        var word: UInt32 = 0
        try withUnsafePointer(to: &word) { cancel in
            var batch = mneme_batch()
            batch.cancel = cancel
            _ = try #require(Packing.pack(&batch, .batch, into: region, at: 0, limit: Self.bytes))
        }
        #expect(region.load(as: mneme_batch.self).cancel == nil)
    }
}

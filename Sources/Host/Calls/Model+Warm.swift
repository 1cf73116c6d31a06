import Platform

extension Model {
    /// One batch of zeros before the first turn: pages are touched, lazy work is done. What it answers is nobody's
    /// business, and it counts nowhere.
    func warm() {
        guard lane?.tryAcquire() ?? true else { return }
        let rows = 16
        var request = ScoringRequest(rowIDs: (1...UInt64(rows)).map { $0 }, nowMilliseconds: 0)
        request.wantsParts = true
        let block = ColumnBlock(
            rowCount: rows, columnCount: columns.count, values: [Float](repeating: 0, count: rows * columns.count),
            present: [UInt8](repeating: 0, count: columns.count))
        let slot = takeSlot()
        let inputs = CallInputs(request, columns: block, for: self)
        slot.deadline = platform_monotonic_ns() + Self.warmNanoseconds
        slot.inputs = inputs
        _ = perform(slot, inputs)
        slot.inputs = nil
        giveBack(slot)
        releaseLane()
    }

    private static let warmNanoseconds: Int64 = 1_000_000_000
}

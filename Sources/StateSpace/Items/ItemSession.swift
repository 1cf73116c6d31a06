/// One sequence that goes on: a step per event with carried state, scores at any moment. Allocates nothing per event.
///
/// What it answers is the training forward's, bit for bit. `step` changes it; any number of threads may score it
/// meanwhile no one steps.
package final class ItemSession {
    package let model: ItemModel
    private let state: MambaState
    private let tape: ItemTape
    /// h [D] behind the last event.
    private let hidden: FloatBuffer
    /// Unix milliseconds of the last event; nil before the first, when there is nothing to score by.
    package private(set) var lastMilliseconds: Int64?

    package init(_ model: ItemModel) {
        self.model = model
        state = model.network.makeState()
        tape = ItemTape(model.network.shape, capacity: 1, trains: false)
        hidden = FloatBuffer(model.network.shape.width)
    }

    package var hasEvents: Bool { lastMilliseconds != nil }

    /// One event. Time is ignored where the model's doesn't count; a clock that went backwards is no gap.
    package func step(item id: Int64, atMilliseconds time: Int64) {
        let before = lastMilliseconds ?? time
        lastMilliseconds = time
        withUnsafePointer(to: model.row(of: id)) { item in
            guard let unit = model.gapUnit else { return step(ItemPass(items: item, rows: 1)) }
            let seconds = time > before ? (Double(time) - Double(before)) / 1000 : 0
            withUnsafePointer(to: model.network.gapRule(Float(seconds / unit))) {
                step(ItemPass(items: item, gaps: $0, rows: 1))
            }
        }
    }

    private func step(_ pass: ItemPass) {
        var dropout = Dropout.none
        model.network.forward(pass, state: state, tape: tape, dropout: &dropout, to: hidden.start)
    }

    /// The logit of one item; nil where the model doesn't know it, and before the first event.
    package func score(_ id: Int64) -> Float? {
        let row = model.row(of: id)
        guard row > 0, hasEvents else { return nil }
        var score: Float = 0
        withUnsafePointer(to: row) { model.network.score(hidden.start, items: $0, count: 1, to: &score) }
        return score
    }
}

@available(*, unavailable)
extension ItemSession: Sendable {}

/// A session as bytes, little-endian: the last event's time (Int64), whether there was one (UInt8), h [D] and the exact
/// state as float32s. Bytes come from a disk and may be anything: what doesn't fit is refused and changes nothing.
extension ItemSession {
    private static let headerBytes = 9
    package var exactByteCount: Int { Self.headerBytes + hidden.count * 4 + state.byteCount }

    package func exactBytes() -> [UInt8] {
        var bytes = withUnsafeBytes(of: (lastMilliseconds ?? 0).littleEndian) { Array($0) }
        bytes.append(hasEvents ? 1 : 0)
        for value in hidden.array { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 } }
        return bytes + state.exported()
    }

    package func restore(exact bytes: [UInt8]) throws(StateError) {
        guard bytes.count == exactByteCount else {
            throw .wrongSize(expected: exactByteCount, found: bytes.count)
        }
        let time = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << UInt64(8 * $1) }
        guard bytes[8] <= 1 else { throw .notFinite(index: -1) }
        let values = (0..<hidden.count).map { index in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[Self.headerBytes + index * 4 + $1]) << UInt32(8 * $1) }
        }.map(Float.init(bitPattern:))
        if let place = values.firstIndex(where: { !$0.isFinite }) { throw .notFinite(index: place) }
        let rest = Array(bytes[(Self.headerBytes + hidden.count * 4)...])
        // Typed throws cross a closure as a result.
        try rest.withUnsafeBytes { bytes in
            Result { () throws(StateError) in try state.restore(from: bytes) }
        }.get()
        for (index, value) in values.enumerated() { hidden.start[index] = value }
        lastMilliseconds = bytes[8] == 1 ? Int64(bitPattern: time) : nil
    }
}

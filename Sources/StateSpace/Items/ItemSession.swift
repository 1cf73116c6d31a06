/// One sequence that goes on: a step per event with carried state, scores at any moment. Allocates nothing per event.
///
/// Belongs to one thread. What it answers is the training forward's, bit for bit.
package final class ItemSession {
    package let model: ItemModel
    package let state: MambaState
    private let tape: ItemTape
    /// h [D] behind the last event.
    private let hidden: FloatBuffer
    /// Before the first event there is nothing to score by.
    package private(set) var events = 0

    package init(_ model: ItemModel) {
        self.model = model
        state = model.network.makeState()
        tape = ItemTape(model.network.shape, capacity: 1, trains: false)
        hidden = FloatBuffer(model.network.shape.width)
    }

    /// One event; `seconds` since the one before, ignored where the model's time doesn't count.
    package func step(item id: Int64, seconds: Double = 0) {
        var row = model.row(of: id)
        var dropout = Dropout.none
        guard let unit = model.gapUnit else {
            model.network.forward(
                ItemPass(items: &row, rows: 1), state: state, tape: tape, dropout: &dropout, to: hidden.start)
            events += 1
            return
        }
        var gap = model.network.gapRule(events == 0 ? 0 : Float(seconds / unit))
        withUnsafePointer(to: &row) { items in
            withUnsafePointer(to: &gap) { gaps in
                model.network.forward(
                    ItemPass(items: items, gaps: gaps, rows: 1), state: state, tape: tape, dropout: &dropout,
                    to: hidden.start)
            }
        }
        events += 1
    }

    /// Logits of items; those that the model doesn't know get -∞.
    package func scores(_ ids: [Int64]) -> [Float] {
        let rows = ids.map(model.row(of:))
        var scores = [Float](repeating: 0, count: ids.count)
        model.network.score(hidden.start, items: rows, count: rows.count, to: &scores)
        for (index, row) in rows.enumerated() where row == 0 { scores[index] = -.infinity }
        return scores
    }

    package func reset() {
        state.reset()
        hidden.clear()
        events = 0
    }
}

@available(*, unavailable)
extension ItemSession: Sendable {}

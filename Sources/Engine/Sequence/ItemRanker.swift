import StateSpace

/// The trained network: its trunk over the context, then every item's logit in one product.
final class ItemRanker: SequenceRanker {
    let name = "mamba"
    private let network: ItemNetwork
    private let gapUnit: Double?
    /// Longest context; older events are left out.
    private let length: Int
    private let tape: ItemTape
    private let state: MambaState
    private let hidden: FloatBuffer

    /// Rows of the network's table must be the catalogue's.
    init(_ network: ItemNetwork, gapUnit: Double?, length: Int) {
        self.network = network
        self.gapUnit = gapUnit
        self.length = length
        tape = ItemTape(network.shape, capacity: length, trains: false)
        state = network.makeState()
        hidden = FloatBuffer(length * network.shape.width)
    }

    func score(_ context: IndexedSequence, to scores: inout [Float]) {
        let shape = network.shape
        let context = context.suffix(length)
        var dropout = Dropout.none
        state.reset()
        let gaps = gapUnit.flatMap { Gaps.aged(context.seconds, unit: $0, rule: network.gapRule) }
        context.rows.withUnsafeBufferPointer { rows in
            // Force unwraps, here and below: a context has an event, a catalogue an item.
            let items = rows.baseAddress!
            if let gaps {
                gaps.withUnsafeBufferPointer {
                    network.forward(
                        ItemPass(items: items, gaps: $0.baseAddress!, rows: rows.count), state: state,
                        tape: tape, dropout: &dropout, to: hidden.start)
                }
            } else {
                network.forward(
                    ItemPass(items: items, rows: rows.count), state: state, tape: tape, dropout: &dropout,
                    to: hidden.start)
            }
        }
        let last = hidden.start + (context.rows.count - 1) * shape.width
        scores.withUnsafeMutableBufferPointer { scores in
            network.scoreAll(last, to: scores.baseAddress!)
        }
    }
}

enum Gaps {
    /// g(δ) of every event, 0 for the first; nil where nobody knows the times.
    static func aged(_ seconds: [Double]?, unit: Double, rule: GapRule) -> [Float]? {
        guard let seconds else { return nil }
        return seconds.indices.map { $0 == 0 ? 0 : rule(Float((seconds[$0] - seconds[$0 - 1]) / unit)) }
    }

    /// The median of the gaps above zero, in seconds: the unit of δ.
    static func medianUnit(_ sequences: [IndexedSequence]) -> Double? {
        let gaps = sequences.flatMap { sequence -> [Double] in
            guard let seconds = sequence.seconds else { return [] }
            return zip(seconds.dropFirst(), seconds).map { $0 - $1 }.filter { $0 > 0 }
        }
        return gaps.isEmpty ? nil : gaps.sorted()[gaps.count / 2]
    }
}

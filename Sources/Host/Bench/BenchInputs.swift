/// Rows of plausible numbers, texts of 300 bytes and vectors, as far as a model is given them.
struct BenchInputs {
    private static let textBytes = 300

    let inputs: CallInputs
    /// What must cross: the packed batch, and the values, confidences and statuses of the answer.
    let requestBytes: Int
    let answerBytes: Int

    init(rows: Int, _ model: Model, dimension: Int) {
        let width = model.columns.count
        var random = Numbers()
        let block = ColumnBlock(
            rowCount: rows, columnCount: width, values: random.take(rows * width),
            present: [UInt8](repeating: 1, count: width))
        var request = ScoringRequest(rowIDs: (0..<UInt64(rows)).map { $0 + 1 }, nowMilliseconds: 0)
        request.queryText = "why does a late scorer not write into the next turn?"
        if model.inputs[.rowTexts] != nil {
            request.rowTexts = TextBlock(
                Array(
                    repeating: String(repeating: "memory ", count: 43).prefix(Self.textBytes).description,
                    count: rows))
        }
        if model.inputs[.rowEmbeddings] != nil {
            request.rowEmbeddings = VectorBlock(
                dimension: dimension, values: random.take(rows * dimension),
                present: [UInt8](repeating: 1, count: rows))
        }
        if model.inputs[.queryEmbedding] != nil { request.queryEmbedding = random.take(dimension) }
        inputs = CallInputs(request, columns: block, for: model)
        requestBytes = Self.packedBytes(inputs)
        answerBytes = rows * (4 + 4 + 1)
    }

    /// As Packing lays them out: the struct's slot, then every array on a cache line.
    private static func packedBytes(_ inputs: CallInputs) -> Int {
        var sizes = [inputs.columns.present.count, inputs.columns.values.count * 4, inputs.rowIDs.count * 8]
        if let extras = inputs.extras {
            sizes += [
                (extras.rowTexts?.offsets.count ?? 0) * 4, extras.rowTexts?.bytes.count ?? 0,
                extras.queryText?.count ?? 0,
                (extras.rowEmbeddings?.values.count ?? 0) * 4, extras.rowEmbeddings?.present.count ?? 0,
                (extras.queryEmbedding?.count ?? 0) * 4,
            ]
        }
        return sizes.reduce(1024) { ($0 + 63) & ~63 + $1 }
    }

    /// Numbers from 0 to 1, the same in every run.
    private struct Numbers {
        private var state: UInt32 = 1

        mutating func take(_ count: Int) -> [Float] {
            (0..<count).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return Float(state >> 8) / 16_777_216
            }
        }
    }
}

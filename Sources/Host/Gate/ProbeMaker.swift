/// Makes probes: the same seed gives the same bits, on every machine.
package struct ProbeMaker: Sendable {
    package let columns: [String]
    package let spans: [ColumnSpan]
    package var schema: UInt64
    package var heads: UInt32
    package var inputs: Set<Grant>
    package var vectorDimension: Int
    /// Of events.
    package var eventColumnCount = 0
    /// Of hops.
    package var hopColumns: [String] = []
    package var hopSpans: [ColumnSpan] = []
    /// Of row texts; nil = no limit.
    package var textLimit: Int?
    package let seed: UInt64

    package init(
        columns: [String], schema: UInt64, heads: UInt32, inputs: Set<Grant>, vectorDimension: Int, textLimit: Int? = nil,
        seed: UInt64, span: (String) -> ColumnSpan?
    ) {
        self.columns = columns
        self.schema = schema
        self.heads = heads
        self.inputs = inputs
        self.vectorDimension = vectorDimension
        self.textLimit = textLimit
        self.seed = seed
        spans = columns.map { span($0) ?? .standard }
    }

    /// - Parameter number: which of the seed's probes.
    package func batch(rows: Int, number: Int) -> ProbeBatch {
        var random = ProbeRandom(seed: seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
        var batch = empty(rows: rows)
        for row in 0..<rows {
            for (column, span) in spans.enumerated() {
                // A few rows at the ends of the range: that is where formulas break.
                let draw = random.next() % 16
                let share: Float = draw == 0 ? 0 : draw == 1 ? 1 : random.unit()
                batch.set(row, column, span.at(share))
            }
            batch.ids[row] = random.next() | 1
        }
        addExtras(to: &batch, &random)
        return batch
    }

    /// Every row is what nothing is known of: no column is present.
    package func absent(rows: Int) -> ProbeBatch {
        var batch = empty(rows: rows)
        batch.present = columns.map { _ in 0 }
        var random = ProbeRandom(seed: seed)
        for row in 0..<rows {
            batch.ids[row] = random.next() | 1
            for (column, span) in spans.enumerated() { batch.set(row, column, span.absent) }
        }
        if inputs.contains(.rowTexts) { batch.texts = (0..<rows).map { _ in "" } }
        if inputs.contains(.paths) { batch.paths = absentPaths(rows: rows) }
        return batch
    }

    /// Rows of golden records: columns that a record doesn't name are absent.
    package func batch(of records: [GoldenRecord]) -> ProbeBatch {
        let rows = records.map(\.row)
        var batch = empty(rows: rows.count)
        batch.present = columns.map { name in rows.contains { $0[name] != nil } ? 1 : 0 }
        for (row, named) in rows.enumerated() {
            batch.ids[row] = UInt64(row + 1)
            for (column, name) in columns.enumerated() {
                batch.set(row, column, named[name].map { Float($0) } ?? spans[column].absent)
            }
        }
        var random = ProbeRandom(seed: seed)
        addExtras(to: &batch, &random)
        if inputs.contains(.paths) { batch.paths = paths(of: records) }
        return batch
    }

    private func empty(rows: Int) -> ProbeBatch {
        ProbeBatch(
            columns: columns, values: [Float](repeating: 0, count: rows * columns.count), present: columns.map { _ in 1 },
            ids: (0..<UInt64(rows)).map { $0 + 1 }, schema: schema, heads: heads)
    }

    private func addExtras(to batch: inout ProbeBatch, _ random: inout ProbeRandom) {
        let rows = batch.rowCount
        if inputs.contains(.rowTexts) { batch.texts = (0..<rows).map { _ in cut(text(&random)) } }
        if inputs.contains(.queryText) { batch.query = cut(text(&random) + " backup") }
        if inputs.contains(.paths) { batch.paths = paths(rows: rows, &random) }
        guard vectorDimension > 0 else { return }
        if inputs.contains(.rowEmbeddings) {
            var present: [UInt8] = []
            var values: [Float] = []
            for _ in 0..<rows {
                let has = random.next() % 8 != 0
                present.append(has ? 1 : 0)
                values += has ? vector(&random) : [Float](repeating: 0, count: vectorDimension)
            }
            batch.vectors = VectorBlock(dimension: vectorDimension, values: values, present: present)
        }
        if inputs.contains(.queryEmbedding) { batch.queryVector = vector(&random) }
    }

    private func vector(_ random: inout ProbeRandom) -> [Float] {
        let raw = (0..<vectorDimension).map { _ in random.unit() * 2 - 1 }
        let length = max(raw.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-6)
        return raw.map { $0 / length }
    }

    private static let words = [
        "backup", "nightly", "Büro", "日本語", "restore", "of", "the", "a", "NAS", "😀", "meeting", "Anna", "3", "invoice", "ÄÖÜ", "e\u{301}",
    ]

    /// Nothing, or words of several scripts.
    private func text(_ random: inout ProbeRandom) -> String {
        if random.next() % 16 == 0 { return "" }
        let count = Int(random.next() % 24) + 1
        return (0..<count).map { _ in Self.words[Int(random.next() % UInt64(Self.words.count))] }.joined(separator: " ")
    }

    private func cut(_ text: String) -> String {
        guard let textLimit, text.utf8.count > textLimit else { return text }
        let block = TextBlock([text]).cut(to: textLimit)
        return String(decoding: block.bytes, as: UTF8.self)
    }
}

/// SplitMix64: small, and the same everywhere.
package struct ProbeRandom: Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    /// 0 ≤ … < 1, with 24 bits.
    package mutating func unit() -> Float { Float(next() >> 40) / Float(1 << 24) }

    /// The numbers below `count`, in an order of their own.
    package mutating func order(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for place in stride(from: count - 1, to: 0, by: -1) { order.swapAt(place, Int(next() % UInt64(place + 1))) }
        return order
    }
}

import Gate
import StateSpace

/// What a turn's combining costs beside its scorers: robust z, weights, scores, confidence and every contribution.
enum GateBench {
    /// Three scorers and eight columns.
    static func run(rows count: Int, _ repetitions: Int) -> Engine.Figure {
        let shape = GateShape(
            scorers: [("heuristic", .rankOnly), ("mamba", .logit), ("s4d-paths", .logit)].map { .init(id: $0, scale: $1) },
            columns: GateShape.standardColumns.map { .init(name: $0, mean: 0, scale: 1) })
        let weights = GateWeights(shape)
        var numbers = SplitMix64(seed: 2)
        let said = shape.scorers.map { _ in (0..<count).map { _ in Float(numbers.normal()) } }
        let columns = (0..<count * shape.columns.count).map { _ in Float(numbers.normal()) }
        var microseconds: [Double] = []
        var total = 0.0
        for _ in 0..<max(repetitions, 1) {
            let start = ContinuousClock.now
            var rows = GateRows(shape, count: count)
            for (index, values) in said.enumerated() { rows.set(scorer: index, values) }
            rows.set(columns: columns)
            var pass = GatePass(weights)
            pass.forward(rows)
            for row in 0..<count { for scorer in said.indices { total += pass.contribution(row: row, scorer: scorer) } }
            total += pass.confidence ?? 0
            microseconds.append((ContinuousClock.now - start) / .microseconds(1))
        }
        precondition(total.isFinite, "what is measured must be used")
        microseconds.sort()
        return Engine.Figure(
            size: "\(count) rows, 3 scorers", unit: "µs/turn", p50: microseconds[microseconds.count / 2],
            p99: microseconds[min(microseconds.count - 1, microseconds.count * 99 / 100)], repetitions: microseconds.count)
    }
}

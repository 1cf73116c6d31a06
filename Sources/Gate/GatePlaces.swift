/// Where a gate's numbers lie in its flat vector. S scorers, C columns.
package struct GatePlaces: Sendable, Equatable {
    /// What one place is called, and whether training shrinks it towards 0 (the start, which knows availability alone).
    package struct Entry: Sendable, Equatable {
        package let name: String
        package let shape: [Int]
        package let range: Range<Int>
        package let decays: Bool
        /// No trained gate comes near; beyond it numbers overflow.
        package let largest: Float
    }

    package private(set) var entries: [Entry] = []
    package private(set) var count = 0

    /// [S], U: the weight's logit.
    package private(set) var logit = 0..<0
    /// [S, S], B: by how much it moves where another answered too. The diagonal is unused, here and below.
    package private(set) var logitBeside = 0..<0
    /// [S, C], F: by how much it moves per unit of a column.
    package private(set) var logitColumns = 0..<0
    /// [S], σ: logarithm of what a unit of robust z is worth.
    package private(set) var logScale = 0..<0
    /// [S], α: logarithm of what a unit of the head's own logit is worth; unused where the head ranks only.
    package private(set) var logSlope = 0..<0
    /// [S], b: what an ordinary row of the scorer is worth, against the null candidate at 0.
    package private(set) var offset = 0..<0
    /// [S, S], G: logarithm of the gain of its evidence where another answered too.
    package private(set) var gainBeside = 0..<0
    /// [1 + S]: the confidence's offset, and what each scorer that answered adds.
    package private(set) var confidenceOffset = 0..<0
    /// [S, S]: what each pair that answered adds.
    package private(set) var confidenceOffsetBeside = 0..<0
    /// [1 + S] and [S, S]: the same for the logarithm of the confidence's slope.
    package private(set) var confidenceLogSlope = 0..<0
    package private(set) var confidenceLogSlopeBeside = 0..<0

    package init(_ shape: GateShape) {
        let (scorers, columns) = (shape.scorers.count, shape.columns.count)
        logit = add("logit", [scorers])
        logitBeside = add("logitBeside", [scorers, scorers], decays: true)
        logitColumns = add("logitColumns", [scorers, columns], decays: true)
        logScale = add("logScale", [scorers], largest: 10)
        logSlope = add("logSlope", [scorers], largest: 10)
        offset = add("offset", [scorers])
        gainBeside = add("gainBeside", [scorers, scorers], decays: true, largest: 10)
        confidenceOffset = add("confidenceOffset", [1 + scorers])
        confidenceOffsetBeside = add("confidenceOffsetBeside", [scorers, scorers])
        confidenceLogSlope = add("confidenceLogSlope", [1 + scorers])
        confidenceLogSlopeBeside = add("confidenceLogSlopeBeside", [scorers, scorers])
    }

    private mutating func add(_ name: String, _ shape: [Int], decays: Bool = false, largest: Float = 50) -> Range<Int> {
        let range = count..<count + shape.reduce(1, *)
        entries.append(Entry(name: name, shape: shape, range: range, decays: decays, largest: largest))
        count = range.upperBound
        return range
    }

    /// Equal weights whoever answered, whatever the row; confidence as the null candidate's share says it.
    package func initialParameters() -> [Float] {
        var values = [Float](repeating: 0, count: count)
        // e^−2: a head's own logit begins as a hint beside its ranking.
        for place in logSlope { values[place] = -2 }
        return values
    }
}

import StateSpace

/// Mean and 1/deviation per column over what training sees.
struct ColumnMoments {
    private var count = 0.0
    private var sums, squares: [Double]

    init(_ columns: Int) {
        sums = Array(repeating: 0, count: columns)
        squares = sums
    }

    mutating func add(_ values: some Collection<Float>) {
        count += 1
        for (place, value) in values.enumerated() {
            sums[place] += Double(value)
            squares[place] += Double(value) * Double(value)
        }
    }

    var affine: ScorerScales.Affine {
        let total = max(count, 1)
        let means = sums.map { $0 / total }
        let scales = zip(squares, means).map { square, mean -> Float in
            let deviation = max(0, square / total - mean * mean).squareRoot()
            // A column that never changed says nothing, whatever it is multiplied by.
            return deviation > 1e-6 ? Float(1 / deviation) : 1
        }
        return ScorerScales.Affine(mean: means.map { Float($0) }, scale: scales)
    }
}

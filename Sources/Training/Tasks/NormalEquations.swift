/// Loss, gradient and a symmetric positive matrix of second derivatives, of a few dozen numbers.
struct NormalEquations {
    var loss = 0.0
    var gradient: [Double]
    private var matrix: [Double]
    private let count: Int

    init(_ count: Int) {
        self.count = count
        gradient = [Double](repeating: 0, count: count)
        matrix = [Double](repeating: 0, count: count * count)
    }

    subscript(row: Int, column: Int) -> Double {
        get { matrix[row * count + column] }
        set { matrix[row * count + column] = newValue }
    }

    /// Solves (M + damping · diag M) x = gradient by Cholesky's decomposition; nil = not positive.
    func step(_ damping: Double) -> [Double]? {
        var factor = matrix
        for place in 0..<count {
            for row in place..<count {
                var sum = matrix[row * count + place] * (row == place ? 1 + damping : 1)
                for inner in 0..<place { sum -= factor[row * count + inner] * factor[place * count + inner] }
                if row == place {
                    guard sum > 0 else { return nil }
                    factor[row * count + row] = sum.squareRoot()
                } else {
                    factor[row * count + place] = sum / factor[place * count + place]
                }
            }
        }
        var x = gradient
        for row in 0..<count {
            for inner in 0..<row { x[row] -= factor[row * count + inner] * x[inner] }
            x[row] /= factor[row * count + row]
        }
        for row in (0..<count).reversed() {
            for inner in row + 1..<count { x[row] -= factor[inner * count + row] * x[inner] }
            x[row] /= factor[row * count + row]
        }
        return x
    }
}

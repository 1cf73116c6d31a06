/// The spectrum of HiPPO-LegS' normal part -½ I - S (ssm-math §1.2): the positive eigenvalues of i S, descending.
///
/// S is real and antisymmetric, so SᵀS is symmetric and has the square of every eigenvalue twice. Jacobi rotations in
/// double find them for any N, to 1e-12; the smallest frequency's square is 4e-7 of the largest at N = 64.
struct LegendreSpectrum {
    let frequencies: [Double]
    /// |V* b| per mode, b_j = √(2j+1): what the full reference starts |B| with. The phase isn't defined.
    let inputMagnitudes: [Double]

    init(stateSize n: Int) {
        let p = (0..<n).map { (Double($0) + 0.5).squareRoot() }
        func s(_ j: Int, _ k: Int) -> Double { j == k ? 0 : j > k ? p[j] * p[k] : -p[j] * p[k] }
        var product = [Double](repeating: 0, count: n * n)
        for j in 0..<n {
            for k in 0..<n { product[j * n + k] = (0..<n).reduce(0) { $0 + s($1, j) * s($1, k) } }
        }
        var rotation = JacobiRotation(matrix: product, size: n)
        rotation.diagonalise()
        let pairs = (0..<n).sorted { rotation.eigenvalue($0) > rotation.eigenvalue($1) }
        frequencies = (0..<n / 2).map { rotation.eigenvalue(pairs[2 * $0]).squareRoot() }
        // A pair's two real eigenvectors x, y span the plane of v = (x + i y)/√2, whatever the phase.
        inputMagnitudes = (0..<n / 2).map { mode in
            let parts = (0..<2).map { side -> Double in
                let vector = pairs[2 * mode + side]
                return (0..<n).reduce(0) {
                    $0 + rotation.vectors[$1 * n + vector] * Double(2 * $1 + 1).squareRoot()
                }
            }
            return ((parts[0] * parts[0] + parts[1] * parts[1]) / 2).squareRoot()
        }
    }
}

/// Cyclic Jacobi for a symmetric matrix (Golub and Van Loan, §8.5).
private struct JacobiRotation {
    private var matrix: [Double]
    /// Column k belongs to eigenvalue k.
    private(set) var vectors: [Double]
    private let size: Int

    init(matrix: [Double], size: Int) {
        self.matrix = matrix
        self.size = size
        vectors = (0..<size * size).map { $0 / size == $0 % size ? 1 : 0 }
    }

    func eigenvalue(_ k: Int) -> Double { matrix[k * size + k] }

    mutating func diagonalise() {
        // Converges quadratically; eight sweeps are enough for N = 64, and a sweep without work costs little.
        for _ in 0..<14 {
            for p in 0..<size {
                for q in p + 1..<max(size, p + 1) where matrix[p * size + q] != 0 { rotate(p, q) }
            }
        }
    }

    private mutating func rotate(_ p: Int, _ q: Int) {
        let tau = (eigenvalue(q) - eigenvalue(p)) / (2 * matrix[p * size + q])
        let t = (tau >= 0 ? 1 : -1) / (abs(tau) + (1 + tau * tau).squareRoot())
        let c = 1 / (1 + t * t).squareRoot()
        for k in 0..<size { Self.turn(&matrix, k * size + p, k * size + q, c, t * c) }
        for k in 0..<size { Self.turn(&matrix, p * size + k, q * size + k, c, t * c) }
        for k in 0..<size { Self.turn(&vectors, k * size + p, k * size + q, c, t * c) }
    }

    private static func turn(_ values: inout [Double], _ i: Int, _ j: Int, _ c: Double, _ s: Double) {
        let a = values[i]
        let b = values[j]
        values[i] = c * a - s * b
        values[j] = s * a + c * b
    }
}

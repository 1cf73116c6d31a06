import Evaluation
import Glibc

extension PathNoise {
    func draw(_ random: inout SplitMix64) -> Double {
        switch self {
        case .gaussian: return random.normal()
        case .uniform: return (2 * random.unit() - 1) * 3.0.squareRoot()
        case .laplace:
            let share = random.unit() - 0.5
            // Variance of Laplace(b) is 2b².
            return -log(max(1 - 2 * abs(share), 1e-12)) * (share < 0 ? -1 : 1) * 0.5.squareRoot()
        case .heavyTailed:
            let squares = (0..<3).reduce(0.0) { sum, _ in
                let draw = random.normal()
                return sum + draw * draw
            }
            // Variance of t₃ is 3.
            return random.normal() / (max(squares, 1e-9) / 3).squareRoot() / 3.0.squareRoot()
        }
    }
}

import Glibc

/// The standard normal distribution.
package enum NormalDistribution {
    /// P(Z ≤ x).
    package static func cumulative(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

    /// The x with P(Z ≤ x) = p; ∓∞ at 0 and 1.
    ///
    /// Source: P. Acklam's rational approximation (2003) and one Halley step: error below 1e-14.
    package static func quantile(_ p: Double) -> Double {
        guard p > 0 else { return -.infinity }
        guard p < 1 else { return .infinity }
        let x = approximation(p)
        let error = cumulative(x) - p
        let u = error * (2 * Double.pi).squareRoot() * exp(x * x / 2)
        return x - u / (1 + x * u / 2)
    }

    private static let a = [
        -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02,
        -3.066479806614716e+01, 2.506628277459239e+00,
    ]
    private static let b = [
        -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
        -1.328068155288572e+01, 1,
    ]
    private static let c = [
        -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00,
        4.374664141464968e+00, 2.938163982698783e+00,
    ]
    private static let d = [
        7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00, 1,
    ]

    private static func approximation(_ p: Double) -> Double {
        func polynomial(_ coefficients: [Double], _ x: Double) -> Double {
            coefficients.reduce(0) { $0 * x + $1 }
        }
        if p < 0.02425 {
            let q = (-2 * log(p)).squareRoot()
            return polynomial(c, q) / polynomial(d, q)
        }
        if p > 1 - 0.02425 {
            let q = (-2 * log1p(-p)).squareRoot()
            return -polynomial(c, q) / polynomial(d, q)
        }
        let q = p - 0.5
        return q * polynomial(a, q * q) / polynomial(b, q * q)
    }
}

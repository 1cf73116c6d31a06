import Glibc

/// A complex number in double: the few operations that discretisation and its gradient need.
struct Complex: Sendable, Equatable {
    var re: Double
    var im: Double

    init(_ re: Double, _ im: Double = 0) {
        self.re = re
        self.im = im
    }

    var conjugate: Complex { Complex(re, -im) }
    var magnitude: Double { hypot(re, im) }

    static func + (a: Complex, b: Complex) -> Complex { Complex(a.re + b.re, a.im + b.im) }
    static func - (a: Complex, b: Complex) -> Complex { Complex(a.re - b.re, a.im - b.im) }
    static func * (a: Complex, b: Complex) -> Complex {
        Complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
    }
    static func * (a: Double, b: Complex) -> Complex { Complex(a * b.re, a * b.im) }
    static func / (a: Complex, b: Complex) -> Complex {
        let scale = 1 / (b.re * b.re + b.im * b.im)
        return scale * (a * b.conjugate)
    }

    static func exp(_ w: Complex) -> Complex { Glibc.exp(w.re) * Complex(cos(w.im), sin(w.im)) }

    /// e^w - 1 without cancellation near zero (ssm-math §0, cexpm1).
    static func expMinusOne(_ w: Complex) -> Complex {
        let half = sin(w.im / 2)
        return Complex(expm1(w.re) * cos(w.im) - 2 * half * half, Glibc.exp(w.re) * sin(w.im))
    }
}

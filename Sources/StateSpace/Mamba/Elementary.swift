import Glibc

/// Scalar functions of math 0 that no loop is hot in, with their derivatives.
package enum Elementary {
    package static func heavy(_ v: Float) -> Float { v >= 0 ? 1 + v : 1 / (1 - v) }
    /// At exactly 0 autograd over the authors' two clamps counts both sides, 2: recorded tensors and PyTorch runs hold
    /// that value, so it is kept.
    package static func heavyDerivative(_ v: Float) -> Float {
        if v == 0 { return 2 }
        return v > 0 ? 1 : 1 / ((1 - v) * (1 - v))
    }
    package static func softplus(_ v: Float) -> Float { max(v, 0) + log1p(exp(-abs(v))) }
    package static func tanhDerivative(_ v: Float) -> Float {
        // 1/cosh²: 1 - tanh² would cancel where tanh is near 1.
        let c = cosh(min(abs(v), 60))
        return 1 / (c * c)
    }
    package static func sigmoidDerivative(_ v: Float) -> Float {
        let e = exp(-abs(v))
        return e / ((1 + e) * (1 + e))
    }
    /// The tanh approximation of gelu, for files that were made with it.
    package static func geluTanh(_ v: Float) -> Float { 0.5 * v * (1 + tanh(geluInner(v))) }
    package static func geluTanhDerivative(_ v: Float) -> Float {
        let inner = geluInner(v)
        let slope = tanhDerivative(inner) * 0.797_884_6 * (1 + 3 * 0.044715 * v * v)
        return 0.5 * (1 + tanh(inner)) + (slope == 0 ? 0 : 0.5 * v * slope)
    }
    private static func geluInner(_ v: Float) -> Float { 0.797_884_6 * (v + 0.044715 * v * v * v) }
}

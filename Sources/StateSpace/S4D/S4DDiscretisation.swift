/// From continuous to discrete time: x' = A x + B u becomes x_t = ρ x_{t-1} + (B b) u_t (ssm-math §1.3).
package enum S4DDiscretisation: String, Sendable, CaseIterable {
    /// The input is held between samples; exact for steps. The reference's default.
    case zeroOrderHold = "zoh"
    case bilinear

    /// One mode at one step size, with what the gradient needs.
    struct Mode {
        var rho: Complex
        /// Discrete B over continuous B.
        var b: Complex
        /// ∂ρ/∂w, w = dt A.
        var rhoByW: Complex
        /// ∂b/∂dt at fixed A.
        var bByStep: Complex
        /// ∂b/∂A at fixed dt.
        var bByA: Complex
    }

    func mode(a: Complex, step dt: Double) -> Mode {
        let w = dt * a
        switch self {
        case .zeroOrderHold:
            let rho = Complex.exp(w)
            let b = Complex.expMinusOne(w) / a
            // (dt e^w - b)/A loses every digit as w → 0; its series doesn't.
            let series = (dt * dt) * (Complex(0.5) + (1.0 / 3) * w + 0.125 * (w * w))
            let bByA = w.magnitude < 1e-3 ? series : (dt * rho - b) / a
            return Mode(rho: rho, b: b, rhoByW: rho, bByStep: rho, bByA: bByA)
        case .bilinear:
            let denominator = Complex(1) - 0.5 * w
            let square = Complex(1) / (denominator * denominator)
            return Mode(
                rho: (Complex(1) + 0.5 * w) / denominator, b: Complex(dt) / denominator, rhoByW: square,
                bByStep: square, bByA: (dt * dt / 2) * square)
        }
    }
}

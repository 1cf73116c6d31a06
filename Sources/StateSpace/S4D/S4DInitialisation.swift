/// Where the eigenvalues A of a new layer start (ssm-math §1.2).
package enum S4DInitialisation: String, Sendable, CaseIterable {
    case linear = "lin"
    case inverse = "inv"
    case legendre = "legs"
    case real

    /// Re A and Im A of the N/2 stored modes; Im A ≥ 0 (the full reference stores its negative).
    package func eigenvalues(stateSize: Int) -> (real: [Double], imaginary: [Double]) {
        precondition(stateSize > 0 && stateSize % 2 == 0, "N must be even: modes come in conjugate pairs")
        let modes = 0..<stateSize / 2
        let size = Double(stateSize)
        switch self {
        case .linear: return (modes.map { _ in -0.5 }, modes.map { .pi * Double($0) })
        case .inverse:
            return (modes.map { _ in -0.5 }, modes.map { size / .pi * (size / Double(2 * $0 + 1) - 1) })
        case .real: return (modes.map { -Double($0 + 1) }, modes.map { _ in 0 })
        case .legendre: return (modes.map { _ in -0.5 }, LegendreSpectrum(stateSize: stateSize).frequencies)
        }
    }
}

import Glibc

/// A 95 % interval of a mean by the bias-corrected and accelerated bootstrap (Efron 1987) over queries or sessions.
package struct BootstrapInterval: Sendable, Equatable {
    package var mean: Double
    package var low: Double
    package var high: Double

    /// - Parameters:
    ///   - values: one per query or session; a paired difference gives a paired interval.
    ///   - seed: the same seed repeats the interval to the bit.
    package init(_ values: [Double], resamples: Int = 2000, seed: UInt64 = 1) {
        let n = values.count
        let mean = n > 0 ? values.reduce(0, +) / Double(n) : 0
        self.mean = mean
        low = mean
        high = mean
        guard n > 1, values.contains(where: { $0 != values[0] }) else { return }
        var state = seed
        func next() -> UInt64 {
            // SplitMix64
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        var means: [Double] = []
        means.reserveCapacity(resamples)
        for _ in 0..<resamples {
            var sum = 0.0
            for _ in 0..<n { sum += values[Int(next().multipliedFullWidth(by: UInt64(n)).high)] }
            means.append(sum / Double(n))
        }
        means.sort()
        let below = Double(means.count { $0 < mean }) + 0.5 * Double(means.count { $0 == mean })
        let bias = Self.normalQuantile(min(max(below / Double(resamples), 1e-6), 1 - 1e-6))
        // Acceleration from the jackknife; for a mean it is the skewness of the values.
        let deviations = values.map { $0 - mean }
        let squares = deviations.reduce(0) { $0 + $1 * $1 }
        let acceleration = deviations.reduce(0) { $0 + $1 * $1 * $1 } / (6 * pow(squares, 1.5))
        func place(_ z: Double) -> Double {
            let shifted = bias + z
            let p = Self.normalCDF(bias + shifted / (1 - acceleration * shifted))
            let index = p * Double(resamples - 1)
            let floor = min(max(Int(index), 0), resamples - 1)
            return means[floor] + (index - Double(floor)) * (means[min(floor + 1, resamples - 1)] - means[floor])
        }
        low = place(-1.959963984540054)
        high = place(1.959963984540054)
    }

    static func normalCDF(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

    /// By bisection of the distribution function: exact to 1e-12, and quick enough for one call per interval.
    static func normalQuantile(_ p: Double) -> Double {
        var (low, high) = (-10.0, 10.0)
        for _ in 0..<80 {
            let middle = (low + high) / 2
            if normalCDF(middle) < p { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}

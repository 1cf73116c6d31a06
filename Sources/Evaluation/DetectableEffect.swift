/// How small a difference a sample of this size and spread can show: stands beside every verdict, so that
/// "no difference" isn't read as "the same".
package enum DetectableEffect {
    /// (z_{1−α/2} + z_power)·s/√n for the mean of a paired sample, in the units of its values.
    ///
    /// Clusters enter as their contribution to the mean; ∞ of fewer than two.
    package static func smallest(_ sample: Sample, alpha: Double = 0.05, power: Double = 0.8) -> Double {
        let n = Double(sample.clusterCount)
        guard n > 1 else { return .infinity }
        let mean = sample.mean
        let averageCount = sample.counts.reduce(0, +) / n
        // Linearised ratio: deviation of each cluster's sum from what its size leads to expect.
        let squares = sample.sums.indices.reduce(0.0) { total, index in
            let deviation = (sample.sums[index] - mean * sample.counts[index]) / averageCount
            return total + deviation * deviation
        }
        let standardError = (squares / (n - 1) / n).squareRoot()
        return (NormalDistribution.quantile(1 - alpha / 2) + NormalDistribution.quantile(power))
            * standardError
    }
}

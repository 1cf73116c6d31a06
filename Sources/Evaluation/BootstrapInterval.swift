import Glibc

/// A BCa (bias-corrected and accelerated) bootstrap interval of a mean.
///
/// Source: B. Efron, "Better bootstrap confidence intervals", 1987; ties counted half and percentiles
/// interpolated, as in `scipy.stats.bootstrap`.
package struct BootstrapInterval: Sendable, Equatable {
    package let mean: Double
    package let low: Double
    package let high: Double
    /// For example 0.95.
    package let level: Double

    package var excludesZero: Bool { low > 0 || high < 0 }

    /// Paired comparison: give it `Sample.paired`.
    ///
    /// - Parameters:
    ///   - sample: At least two clusters; of fewer, or of equal values, the interval is the mean alone.
    ///   - resamples: 10,000 give the ends of a 95 % interval to about a hundredth of its width.
    package init(_ sample: Sample, level: Double = 0.95, resamples: Int = 10_000, seed: UInt64 = 1) {
        precondition(level > 0 && level < 1 && resamples > 0, "a level in 0…1 and something to draw")
        let mean = sample.mean
        self.mean = mean
        self.level = level
        let count = sample.clusterCount
        let means = Self.resampledMeans(sample, resamples, seed).sorted()
        guard count > 1, let least = means.first, let greatest = means.last, least < greatest else {
            low = mean
            high = mean
            return
        }
        // Means that differ only by the order of summation are ties.
        let slack = 1e-12 * (greatest - least)
        let below =
            Double(means.count { $0 < mean - slack }) + 0.5 * Double(means.count { abs($0 - mean) <= slack })
        // Kept off 0 and 1, where the correction is infinite.
        let share = min(max(below / Double(resamples), 0.5 / Double(resamples)), 1 - 0.5 / Double(resamples))
        let bias = NormalDistribution.quantile(share)
        let acceleration = Self.acceleration(sample)
        func end(_ tail: Double) -> Double {
            let z = bias + NormalDistribution.quantile(tail)
            let corrected = NormalDistribution.cumulative(bias + z / (1 - acceleration * z))
            return Self.percentile(means, corrected)
        }
        low = end((1 - level) / 2)
        high = end((1 + level) / 2)
    }

    private static func resampledMeans(_ sample: Sample, _ resamples: Int, _ seed: UInt64) -> [Double] {
        let clusters = sample.clusterCount
        guard clusters > 0 else { return [] }
        var generator = SplitMix64(seed: seed)
        return (0..<resamples).map { _ in
            var sum = 0.0
            var count = 0.0
            for _ in 0..<clusters {
                let cluster = generator.index(below: clusters)
                sum += sample.sums[cluster]
                count += sample.counts[cluster]
            }
            return sum / count
        }
    }

    /// Skewness of the jackknife, one cluster left out at a time.
    private static func acceleration(_ sample: Sample) -> Double {
        let sum = sample.sums.reduce(0, +)
        let count = sample.counts.reduce(0, +)
        let without = sample.sums.indices.map { (sum - sample.sums[$0]) / (count - sample.counts[$0]) }
        let centre = without.reduce(0, +) / Double(without.count)
        let squares = without.reduce(0) { $0 + pow(centre - $1, 2) }
        let cubes = without.reduce(0) { $0 + pow(centre - $1, 3) }
        return squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0
    }

    /// - Parameter sorted: Ascending, not empty.
    private static func percentile(_ sorted: [Double], _ share: Double) -> Double {
        let position = min(max(share, 0), 1) * Double(sorted.count - 1)
        let index = Int(position)
        guard index + 1 < sorted.count else { return sorted[sorted.count - 1] }
        let fraction = position - Double(index)
        return sorted[index] + fraction * (sorted[index + 1] - sorted[index])
    }
}
